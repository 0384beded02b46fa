package io.stampede;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be stored: a value, or the news that the source has none, and how long it lives. Times in nanoseconds.
 *
 * @param value the value, or null
 * @param tags its tags
 * @param since when its load returned or it was put, by the node's clock
 * @param lifetime how long it is fresh from then on, drawn once for all nodes; 0 if it is not to be kept at all
 * @param delta how long a load of it takes
 */
record Fresh<V>(@Nullable V value, Set<String> tags, long since, long lifetime, long delta) {

    /** A value for those who wait for it, and for no tier. */
    static <V> Fresh<V> notKept(@Nullable V value, long since, long delta) {
        return new Fresh<>(value, Set.of(), since, 0, delta);
    }

    /** What the caller gets who has loaded it, at that moment. */
    Result<V> asLoaded() {
        return new Result<>(value, Result.Source.LOADED, null, Duration.ZERO);
    }

    boolean isKept() {
        return lifetime > 0;
    }

    /** For how long it can be served after it has stopped being fresh. That the source has none is never served stale. */
    long staleWindow(Freshness freshness) {
        return value == null ? 0 : freshness.staleWindow();
    }
}
