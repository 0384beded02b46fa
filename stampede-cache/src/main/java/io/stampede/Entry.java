package io.stampede;

import io.stampede.spi.Token;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An entry of L1. Immutable. Times are of the node's own clock and compared by difference only.
 *
 * <p>There are as many as L1 has room for, so that each field counts. Most entries die when they stop being fresh, are
 * served by L1 until then, and carry no tags: what the others need beside is in {@link Special}.
 *
 * @param <V> the type of values
 */
class Entry<V> {

    /** Null if it is known that the source has none. */
    final @Nullable V value;

    final Era era;

    /** Two fields instead of a {@link Token}, which would be one more object for every entry. */
    private final long versionHigh;

    private final long versionLow;

    private final long since;
    private final long freshUntil;

    /** As exact as the chance that it goes into. */
    private final float delta;

    /**
     * The times of an entry.
     *
     * @param since when it was loaded or put
     * @param freshUntil its soft expiry
     * @param deadAt its hard expiry
     * @param delta how long a load of it takes
     */
    record Life(long since, long freshUntil, long deadAt, long delta) {}

    private Entry(@Nullable V value, Token version, Era era, Life life) {
        this.value = value;
        this.era = era;
        this.versionHigh = version.high();
        this.versionLow = version.low();
        this.since = life.since;
        this.freshUntil = life.freshUntil;
        this.delta = life.delta;
    }

    /**
     * An entry.
     *
     * @param localUntil until when L1 may serve it without asking L2; no later than it is fresh
     */
    static <V> Entry<V> of(@Nullable V value, Token version, Era era, TagEra[] tags, Life life, long localUntil) {
        return tags.length == 0 && life.deadAt == life.freshUntil && localUntil == life.freshUntil
                ? new Entry<>(value, version, era, life)
                : new Special<>(value, version, era, tags, life, localUntil);
    }

    /** An entry that has tags, or may be served stale, or only for a while without asking L2. */
    private static final class Special<V> extends Entry<V> {

        private final TagEra[] tags;
        private final long deadAt;
        private final long localUntil;

        private Special(@Nullable V value, Token version, Era era, TagEra[] tags, Life life, long localUntil) {
            super(value, version, era, life);
            // One array for all that have none.
            this.tags = tags.length == 0 ? TagEra.NONE : tags;
            this.deadAt = life.deadAt;
            this.localUntil = localUntil;
        }

        @Override
        TagEra[] tags() {
            return tags;
        }

        @Override
        long deadAt() {
            return deadAt;
        }

        @Override
        long localUntil() {
            return localUntil;
        }
    }

    TagEra[] tags() {
        return TagEra.NONE;
    }

    /** Its hard expiry. */
    long deadAt() {
        return freshUntil;
    }

    /** Until when L1 may serve it without asking L2. */
    long localUntil() {
        return freshUntil;
    }

    Token version() {
        return new Token(versionHigh, versionLow);
    }

    private Life life() {
        return new Life(since, freshUntil, deadAt(), (long) delta);
    }

    /** Whether L1 may answer with it, with nothing else to be asked. */
    boolean isHit(Era current, long now) {
        return era == current && current.isTrusted(now) && localUntil() - now > 0 && !isRefused();
    }

    /** For a suspect entry, how long it has not been known whether it is still right. */
    long suspectFor(long now) {
        long provenAt = era.provenAt();
        return now - (since - provenAt > 0 ? since : provenAt);
    }

    boolean isFresh(long now) {
        return freshUntil - now > 0;
    }

    /** Whether it is stale, for no longer than the window. That the source has none is never served stale. */
    boolean isStaleWithin(long window, long now) {
        long staleFor = now - freshUntil;
        return value != null && staleFor >= 0 && staleFor < window && deadAt() - now > 0;
    }

    boolean isTagged() {
        return tags().length > 0;
    }

    /** Whether one of its tags has been invalidated since. */
    boolean isRefused() {
        for (TagEra tag : tags()) {
            if (tag.isOver()) {
                return true;
            }
        }
        return false;
    }

    boolean mayRefreshEarly(Freshness freshness, long now) {
        return freshness.mayRefreshEarly(freshUntil - now, freshUntil - since, (long) delta);
    }

    boolean refreshesEarly(Freshness freshness, long now, double uniform) {
        return freshness.refreshesEarly(freshUntil - now, (long) delta, uniform);
    }

    long staleNanos(long now) {
        return now - freshUntil;
    }

    long lifeLeft(long now) {
        return deadAt() - now;
    }

    Result<V> as(Result.Source source, long now) {
        return new Result<>(value, source, null, age(now));
    }

    Result<V> asStale(Result.StaleReason reason, long now) {
        return new Result<>(value, Result.Source.STALE, reason, age(now));
    }

    Duration age(long now) {
        return Duration.ofNanos(Math.max(0, now - since));
    }

    Entry<V> in(Era newEra) {
        return of(value, version(), newEra, tags(), life(), localUntil());
    }

    Entry<V> staleFrom(long now) {
        return isFresh(now)
                ? of(value, version(), era, tags(), new Life(since, now, deadAt(), (long) delta), now)
                : this;
    }
}
