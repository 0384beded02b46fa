package io.stampede.redis;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A zone's clock as this node knows it: by how much it is ahead of the node's own monotonic clock, as a range. An answer
 * that reads the clock between the question and its arrival narrows the range, time widens it again, and where two answers
 * contradict each other the newer one is believed.
 *
 * <p>Times in microseconds. Thread-safe.
 */
final class ZoneClock {

    /** How much two clocks may drift apart: twice what time synchronisation slews at most. */
    private static final long DRIFT_DIVISOR = 1_000;

    private volatile @Nullable Range range;

    private record Range(long low, long high, long learnedAt) {

        Range at(long then) {
            long drift = Math.abs(then - learnedAt) / DRIFT_DIVISOR + 1;
            return new Range(low - drift, high + drift, then);
        }
    }

    synchronized void learn(long sentNanos, long receivedNanos, long serverMicros) {
        long received = micros(receivedNanos);
        Range said = new Range(serverMicros - received - 1, serverMicros - micros(sentNanos), received);
        Range known = range;
        if (known != null) {
            Range kept = known.at(received);
            long low = Math.max(kept.low, said.low);
            long high = Math.min(kept.high, said.high);
            if (low <= high) {
                said = new Range(low, high, received);
            }
        }
        range = said;
    }

    boolean isKnown() {
        return range != null;
    }

    /** The least by which this clock may be ahead of another: what is told earlier by it is not told later by that. */
    long leastAheadOf(ZoneClock other, long nowNanos) {
        return rangeAt(nowNanos).low - other.rangeAt(nowNanos).high;
    }

    private Range rangeAt(long nanos) {
        Range known = range;
        if (known == null) {
            throw new IllegalStateException("The zone's clock is asked for before it was learned");
        }
        return known.at(micros(nanos));
    }

    /** No later than this clock at our own moment. */
    long earliestMicros(long nanos) {
        return micros(nanos) + rangeAt(nanos).low;
    }

    private static long micros(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos);
    }
}
