package io.stampede;

import org.jspecify.annotations.Nullable;

/**
 * A value did not come in time. Either its load took longer than {@code loaderDeadline}: then it was interrupted or
 * cancelled, and the key is free again. Or a caller had waited for {@code hardTimeout}: then the load goes on without it.
 */
public final class LoadTimeoutException extends StampedeException {

    private static final long serialVersionUID = 1L;

    LoadTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
