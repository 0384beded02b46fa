package io.stampede;

import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A cache's options, checked. Durations in nanoseconds unless the name says otherwise.
 *
 * @param copier makes the copies that callers get, where values are mutable; else null
 */
record Settings<K, V>(
        String name,
        long maximumSize,
        boolean redactsKeys,
        Freshness freshness,
        Timeouts timeouts,
        Protection<K, V> protection,
        Away away,
        @Nullable UnaryOperator<V> copier) {

    private static final long HOUR_MILLIS = 3_600_000;
    private static final double NANOS_PER_MILLI = 1e6;

    /**
     * How long what may take.
     *
     * @param soft a wait for a load, before a stale value is served; {@link Long#MAX_VALUE} for no limit
     * @param hard a wait for a load; {@link Long#MAX_VALUE} for no limit
     * @param deadline a load
     * @param remote L2 for one call
     * @param leaseMillis a lease without a renewal, in milliseconds
     */
    record Timeouts(long soft, long hard, long deadline, long remote, long leaseMillis) {

        boolean hasSoft() {
            return soft != Long.MAX_VALUE;
        }

        boolean hasHard() {
            return hard != Long.MAX_VALUE;
        }
    }

    /**
     * What keeps the source from harm.
     *
     * @param maxConcurrentLoads how many loads run on this node at a time
     * @param maxLoadWait how long a load waits for its turn
     * @param firstBackoff the pause after a first failure; 0 for none
     * @param longestBackoff the longest pause
     * @param sourceBreaker when the whole source is left alone; null for never
     * @param isOutage which failures are a trouble of the source, not its answer
     * @param fallback what callers get when there is nothing else; or null
     */
    record Protection<K, V>(
            int maxConcurrentLoads,
            long maxLoadWait,
            long firstBackoff,
            long longestBackoff,
            @Nullable Breaking sourceBreaker,
            Predicate<? super Throwable> isOutage,
            @Nullable BiFunction<? super K, ? super Throwable, ? extends @Nullable V> fallback) {}

    /**
     * What happens when the remote tier, or some of what it says, does not come through.
     *
     * @param suspectAfter how long L1 is trusted without a proof that no message was missed
     * @param cutOffTtl how long an entry of L1 is served while that is not known and L2 can't be asked
     * @param maxConcurrentRemoteCalls how many questions L2 is asked at a time
     * @param maxQueuedInvalidations how many writes wait for L2 before they become a clear
     * @param failoverWindow for how long a server that takes over may not have heard of a write
     */
    record Away(
            long suspectAfter,
            long cutOffTtl,
            int maxConcurrentRemoteCalls,
            int maxQueuedInvalidations,
            long failoverWindow) {}

    /**
     * When the source is left alone.
     *
     * @param failureRate the share of the last loads, above 0 and up to 1, that must have failed
     * @param pause for how long
     */
    record Breaking(double failureRate, long pause) {}

    /** How a message names a key. */
    String subject(K key) {
        String named = redactsKeys ? "#" + Integer.toHexString(key.hashCode()) : "'" + key + "'";
        return "key " + named + " of cache '" + name + "'";
    }

    /** A value as a caller may have it. */
    @Nullable
    V copy(@Nullable V value) {
        return copier == null || value == null ? value : copier.apply(value);
    }

    /**
     * The generation lives longer than any entry that was written under it: twice the longest hard expiry, counted from
     * the last heartbeat, and an hour at least.
     */
    long generationTtlMillis() {
        double doubled = 2 * ((double) freshness.longestLife() / NANOS_PER_MILLI);
        return (long) Math.min((double) Durations.LONGEST.toMillis(), Math.max((double) HOUR_MILLIS, doubled));
    }
}
