package io.stampede;

import io.stampede.spi.Token;

/**
 * A stretch of time in which this node knows of every write to its cache: one generation, one unbroken life of the bus.
 * Compared by identity: an entry of the current era is beyond doubt, one of an earlier era with the same generation is
 * suspect, one of another generation is refused.
 */
final class Era {

    final Token generation;

    Era(Token generation) {
        this.generation = generation;
    }

    boolean sameGeneration(Era other) {
        return generation.equals(other.generation);
    }
}
