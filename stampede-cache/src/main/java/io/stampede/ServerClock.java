package io.stampede;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The remote tier's time as this node knows it: the node's own monotonic clock plus an offset, learned from replies that
 * carry the store's clock. No two nodes' clocks are ever compared.
 *
 * <p>A reply whose store read {@code t} while our own clock went from {@code sent} to {@code received} says that the
 * offset lies between {@code t - received} and {@code t - sent}. What several replies say is intersected; when they
 * contradict each other the store's clock was set, or it is another store, and the newest reply is believed. Callers ask
 * for the end of that range which makes freshness end early.
 *
 * <p>Thread-safe.
 */
final class ServerClock {

    /** How much two monotonic clocks may drift apart: twice what time synchronisation slews at most. */
    private static final long DRIFT_DIVISOR = 1_000;

    /** As far as nanoseconds can be told from each other; only garbage is further away. */
    private static final long FAR_MICROS = Long.MAX_VALUE / 2_000;

    private volatile @Nullable Range range;

    /** Both ends of the offset; and since when, by our clock, nothing has contradicted that the two clocks go alike. */
    private record Range(long low, long high, long learnedAtMicros, long steadySinceNanos) {

        /** What is still certain at another time, be it later or earlier. */
        Range at(long thenMicros) {
            long drift = Math.abs(thenMicros - learnedAtMicros) / DRIFT_DIVISOR;
            return new Range(low - drift, high + drift, thenMicros, steadySinceNanos);
        }
    }

    synchronized void learn(long sentNanos, long receivedNanos, long serverMicros) {
        long received = ceilMicros(receivedNanos);
        Range said = new Range(serverMicros - received, serverMicros - floorMicros(sentNanos), received, receivedNanos);
        Range known = range;
        if (known != null) {
            Range kept = known.at(received);
            long low = Math.max(kept.low, said.low);
            long high = Math.min(kept.high, said.high);
            if (low <= high) {
                said = new Range(low, high, received, known.steadySinceNanos);
            }
        }
        range = said;
    }

    /**
     * A message that the store has sent at a time of its clock, who knows how long ago. If we believed that this was still
     * to come, then the store's clock was set or ours has stood still, as it does in a virtual machine that is suspended:
     * until a reply says how late it is, it may be any time later.
     */
    void heard(long receivedNanos, long serverMicros) {
        Range known = range;
        if (known != null && isBehind(known, receivedNanos, serverMicros)) {
            correct(receivedNanos, serverMicros);
        }
    }

    private synchronized void correct(long receivedNanos, long serverMicros) {
        if (isBehind(requireNonNull(range), receivedNanos, serverMicros)) {
            long low = serverMicros - ceilMicros(receivedNanos);
            range = new Range(low, low + FAR_MICROS, ceilMicros(receivedNanos), receivedNanos);
        }
    }

    private static boolean isBehind(Range known, long receivedNanos, long serverMicros) {
        long received = ceilMicros(receivedNanos);
        return serverMicros - received > known.at(received).high;
    }

    /** Whether {@link #latestMicros} means something: not between a message that contradicts and the next reply. */
    boolean isBounded() {
        return known().high - known().low < FAR_MICROS;
    }

    boolean isKnown() {
        return range != null;
    }

    /** No later than the store's clock at our own {@code nanos}. */
    long earliestMicros(long nanos) {
        return floorMicros(nanos) + rangeAt(nanos).low;
    }

    /** No earlier than the store's clock at our own {@code nanos}. */
    long latestMicros(long nanos) {
        return ceilMicros(nanos) + rangeAt(nanos).high;
    }

    /** The moment of our own clock, rounded early, at which the store's clock reaches {@code micros}, whatever that is. */
    long nanosAt(long micros, long nowNanos) {
        long latest = latestMicros(nowNanos);
        long left = micros - latest;
        boolean overflow = ((micros ^ latest) & (micros ^ left)) < 0;
        long bounded = overflow ? (micros < 0 ? -FAR_MICROS : FAR_MICROS) : left;
        return nowNanos + Math.max(-FAR_MICROS, Math.min(FAR_MICROS, bounded)) * 1_000;
    }

    /** A moment of our own clock at which the store's clock had certainly reached {@code micros}, a time of the past. */
    long nanosAfter(long micros, long nowNanos) {
        Range now = rangeAt(nowNanos);
        long age = Math.min(FAR_MICROS, Math.max(0, floorMicros(nowNanos) + now.low - micros));
        return nowNanos - age * 1_000 + age * 1_000 / DRIFT_DIVISOR;
    }

    /**
     * The moment of our own clock before which it must not be compared with the store's: one of the two was set, or stood
     * still, or the store is another one since.
     */
    long steadySince() {
        return known().steadySinceNanos;
    }

    private Range rangeAt(long nanos) {
        return known().at(floorMicros(nanos));
    }

    private Range known() {
        Range known = range;
        if (known == null) {
            throw new IllegalStateException("The store's clock is asked for before it was learned");
        }
        return known;
    }

    private static long floorMicros(long nanos) {
        return Math.floorDiv(nanos, 1_000L);
    }

    private static long ceilMicros(long nanos) {
        return Math.floorDiv(nanos + 999, 1_000L);
    }
}
