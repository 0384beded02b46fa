package io.stampede;

import org.jspecify.annotations.Nullable;

/**
 * The calling thread was interrupted while it waited for a value. The thread's interrupt flag is set again. Nobody
 * else's wait is touched.
 */
public final class LoadInterruptedException extends StampedeException {

    private static final long serialVersionUID = 1L;

    LoadInterruptedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
