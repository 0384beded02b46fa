package io.stampede.spring;

import org.jspecify.annotations.Nullable;

/** The application can't start as it is configured. */
final class StampedeConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String property;
    private final transient @Nullable Object value;

    /**
     * A mistake.
     *
     * @param property the property, or the place in the code, that is to be mended
     * @param value what it is now
     * @param message what is wrong with it and what is allowed
     */
    StampedeConfigurationException(String property, @Nullable Object value, String message) {
        this(property, value, message, null);
    }

    StampedeConfigurationException(String property, @Nullable Object value, String message, @Nullable Throwable cause) {
        super(property + (value == null ? "" : " = " + value) + ": " + message, cause);
        this.property = property;
        this.value = value;
    }

    String property() {
        return property;
    }

    @Nullable
    Object value() {
        return value;
    }
}
