package io.stampede;

/** The cache was closed before or during the call. */
public final class CacheClosedException extends StampedeException {

    private static final long serialVersionUID = 1L;

    CacheClosedException(String cache) {
        super("Cache '" + cache + "' is closed", null);
    }
}
