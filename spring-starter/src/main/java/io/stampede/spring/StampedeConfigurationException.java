package io.stampede.spring;

import org.jspecify.annotations.Nullable;

/** A property that can't be used: which one, its value, and what is allowed. Fails the start of the application. */
final class StampedeConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String property;
    private final transient @Nullable Object value;
    private final String problem;

    /**
     * One mistake.
     *
     * @param property the full name, such as {@code stampede.redis.uri}
     * @param value what it is set to, without secrets; null if it is not set
     * @param message what is wrong, and what is allowed
     */
    StampedeConfigurationException(String property, @Nullable Object value, String message) {
        super(property + (value == null ? "" : "=" + value) + ": " + message);
        this.property = property;
        this.value = value;
        this.problem = message;
    }

    /** As above, found by an exception that says more. */
    StampedeConfigurationException(String property, @Nullable Object value, String message, Throwable cause) {
        this(property, value, message);
        initCause(cause);
    }

    String property() {
        return property;
    }

    @Nullable
    Object value() {
        return value;
    }

    /** What is wrong with it, and what is allowed. */
    String problem() {
        return problem;
    }
}
