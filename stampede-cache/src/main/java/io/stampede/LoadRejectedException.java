package io.stampede;

/**
 * A load was refused on this node: {@code maxConcurrentLoads} of the cache were running, and none of them ended within
 * {@code maxLoadWait}; or the {@code sourceBreaker} is open. The source was not asked.
 */
public final class LoadRejectedException extends StampedeException {

    private static final long serialVersionUID = 1L;

    LoadRejectedException(String message) {
        super(message, null);
    }
}
