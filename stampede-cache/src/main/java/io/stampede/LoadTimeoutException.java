package io.stampede;

import org.jspecify.annotations.Nullable;

/** A load took longer than {@code loaderDeadline}: it was interrupted or cancelled, and the key is free again. */
public final class LoadTimeoutException extends StampedeException {

    private static final long serialVersionUID = 1L;

    LoadTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
