package io.stampede;

import io.stampede.spi.Token;

/**
 * An entry of L1. Immutable. Times are of the node's own clock and compared by difference only.
 *
 * @param <V> the type of values
 */
final class Entry<V> {

    final V value;
    final Era era;
    /** Two fields instead of a {@link Token}, because there is one for every entry. */
    private final long versionHigh;

    private final long versionLow;

    final long freshUntil;
    final long deadAt;

    Entry(V value, Token version, Era era, long freshUntil, long deadAt) {
        this.value = value;
        this.era = era;
        this.versionHigh = version.high();
        this.versionLow = version.low();
        this.freshUntil = freshUntil;
        this.deadAt = deadAt;
    }

    Token version() {
        return new Token(versionHigh, versionLow);
    }

    boolean isFresh(long now) {
        return freshUntil - now > 0;
    }

    Entry<V> in(Era newEra) {
        return new Entry<>(value, version(), newEra, freshUntil, deadAt);
    }

    Entry<V> staleFrom(long now) {
        return isFresh(now) ? new Entry<>(value, version(), era, now, deadAt) : this;
    }
}
