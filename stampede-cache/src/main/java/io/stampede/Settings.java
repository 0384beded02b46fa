package io.stampede;

import org.jspecify.annotations.Nullable;

/** A cache's options, checked. Durations in nanoseconds unless the name says otherwise. */
record Settings<K, V>(
        String name,
        long ttlNanos,
        long maximumSize,
        long loaderDeadlineNanos,
        long remoteTimeoutNanos,
        long leaseMillis,
        @Nullable KeyCodec<K> keyCodec,
        @Nullable Codec<V> codec) {

    /** How a message names a key. */
    String subject(K key) {
        return "key '" + key + "' of cache '" + name + "'";
    }

    /**
     * The generation lives longer than any entry that was written under it: twice the longest hard expiry, counted from
     * the last heartbeat, and an hour at least.
     */
    long generationTtlMillis() {
        return Math.max(3_600_000, 2 * (ttlNanos / 1_000_000));
    }
}
