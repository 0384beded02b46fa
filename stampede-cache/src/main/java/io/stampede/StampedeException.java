package io.stampede;

import org.jspecify.annotations.Nullable;

/** The root of the exceptions that a cache itself makes. What a loader throws unchecked is passed on unchanged. */
public abstract class StampedeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StampedeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
