package io.stampede;

/** A loader threw a checked exception: {@link #getCause()} is that exception, unchanged. */
public final class LoadException extends StampedeException {

    private static final long serialVersionUID = 1L;

    LoadException(String subject, Throwable cause) {
        super("The loader of " + subject + " failed: " + cause, cause);
    }
}
