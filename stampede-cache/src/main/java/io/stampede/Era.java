package io.stampede;

import io.stampede.spi.Token;

/**
 * A stretch of time in which this node knows of every write to its cache: one generation, one unbroken life of the bus,
 * no message missed. Compared by identity: an entry of the current era is beyond doubt, one of an earlier era with the
 * same generation is suspect, one of another generation is refused.
 *
 * <p>That nothing was missed has to be proven again and again. Once the last proof is older than {@code suspectAfter} the
 * era is over, whether or not anybody has got round to saying so: a process that was paused must not go on as before.
 */
final class Era {

    final Token generation;

    private final long trustNanos;

    /** A moment at which this node has known of every write. */
    private volatile long provenAt;

    Era(Token generation, long trustNanos, long provenAt) {
        this.generation = generation;
        this.trustNanos = trustNanos;
        this.provenAt = provenAt;
    }

    /** The era of an entry that L2 does not know of: over from the start. */
    static Era alone(Token generation, long now) {
        return new Era(generation, 0, now);
    }

    boolean isTrusted(long now) {
        return now - provenAt < trustNanos;
    }

    void prove(long at) {
        provenAt = at;
    }

    long provenAt() {
        return provenAt;
    }

    boolean sameGeneration(Era other) {
        return generation.equals(other.generation);
    }
}
