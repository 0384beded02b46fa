package io.stampede;

import java.util.function.LongSupplier;

/**
 * Is told what happens in a cache: for metrics, logs and tests. All methods do nothing by default.
 *
 * <p>They are called on whatever thread it happens on, hits included: they must be thread-safe and quick, and neither
 * block nor call the cache.
 * What they throw is logged, at most once in a while, and harms nobody. Times are in nanoseconds.
 */
public interface CacheListener {

    /**
     * The cache has been built. Called once, before anything else.
     *
     * @param cache the cache's name
     * @param localSize tells about how many entries L1 holds
     */
    default void onBuilt(String cache, LongSupplier localSize) {}

    /**
     * A read of a key has been answered. Each {@code get}, {@code getAsync}, {@code getIfPresent} and {@code getResult},
     * and each key of a {@code getAll}, ends in exactly one call of either this method or {@link #onReadFailed}.
     * What the cache does on its own or by way of {@code refresh} is no read, nor is a call refused for its arguments.
     *
     * @param source where the value came from
     */
    default void onRead(Result.Source source) {}

    /**
     * A read has ended in an exception, or its caller has given it up.
     *
     * @param failure the exception
     */
    default void onReadFailed(Throwable failure) {}

    /**
     * A stale value was served; {@link #onRead} follows.
     *
     * @param reason why it was stale
     */
    default void onStale(Result.StaleReason reason) {}

    /**
     * A read that L1 could not answer has been answered.
     *
     * @param source where the value came from
     * @param nanos how long the caller waited
     */
    default void onWait(Result.Source source, long nanos) {}

    /** A load begins, and asks the source. {@link #onLoad} follows when it ends. */
    default void onLoadBegun() {}

    /**
     * A load has ended, whenever that was.
     *
     * @param end how
     * @param nanos how long it ran
     */
    default void onLoad(LoadEnd end, long nanos) {}

    /** How a load has ended. */
    enum LoadEnd {
        /** With a value, or the news that the old one is still right. */
        VALUE,
        /** The source has none. */
        ABSENT,
        /** The loader failed, or was interrupted. */
        FAILED,
        /** Later than its deadline, in whatever way; its value was stored nowhere. */
        OVERDUE
    }

    /** A read has found its fresh value near the end of its life, and begins to rebuild it in the background. */
    default void onEarlyRefresh() {}

    /** A load was refused because too many others of the cache were running, or because the source's breaker is open. */
    default void onRejected() {}

    /**
     * A key is left alone after its load failed.
     *
     * @param nanos until a load is allowed again
     */
    default void onBackoff(long nanos) {}

    /**
     * The breaker of the source has changed; only with {@code sourceBreaker}.
     *
     * @param open true when the source begins to be left alone, also after a trial load that has failed; false when loads
     *     are let through as usual again
     */
    default void onSourceBreaker(boolean open) {}

    /**
     * A wait for another node's lease has ended.
     *
     * @param nanos how long it took
     */
    default void onLeaseWait(long nanos) {}

    /** A value was loaded, and the remote tier refused it because a newer write came first or the lease was lost. */
    default void onPublishRefused() {}

    /** Bytes found in the remote tier could not be read: a miss, and they will be replaced. */
    default void onUndecodable() {}

    /** A value could not be written to the remote tier (its codec failed, or it is too large); it stays on its node. */
    default void onNotStorable() {}

    /**
     * The remote tier has been asked something.
     *
     * @param operation the operation's name
     * @param nanos how long it took
     * @param answered whether there was an answer in time
     */
    default void onRemote(String operation, long nanos, boolean answered) {}

    /**
     * A put, an invalidation, an expiry or a clear was made on this node.
     *
     * @param result whether it has taken effect everywhere
     */
    default void onWrite(WriteResult result) {}

    /** L1 has dropped an entry because it was full. */
    default void onEviction() {}
}
