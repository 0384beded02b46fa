package io.stampede;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.stampede.spi.Environment;
import java.time.Duration;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keys that are left alone for a while after a failed load: each failure doubles the pause, a success ends it. Bounded:
 * beyond that many failing keys the oldest pauses are forgotten, which costs a load.
 *
 * <p>Thread-safe.
 */
final class Backoff<K> {

    private static final int MOST_KEYS = 10_000;
    private static final int MOST_DOUBLINGS = 62;

    /** Pauses differ by up to this share, so that keys which failed together don't come back together. */
    private static final double JITTER = 0.2;

    private final Environment environment;
    private final long first;
    private final long longest;
    private final Cache<K, Pause> pauses;

    /**
     * A pause after a failure.
     *
     * @param failures how many there were in a row
     * @param until when the next attempt is allowed, by the node's clock
     * @param failure the last one
     */
    record Pause(int failures, long until, Failure failure) {}

    Backoff(Environment environment, long first, long longest) {
        this.environment = environment;
        this.first = first;
        this.longest = Math.max(first, longest);
        this.pauses = Caffeine.newBuilder()
                .maximumSize(MOST_KEYS)
                // A key that nobody has asked for since begins anew.
                .expireAfterWrite(Duration.ofNanos(Math.max(1, 4 * this.longest)))
                .ticker(environment::nanoTime)
                .executor(Runnable::run)
                .build();
    }

    /** The pause that begins with this failure, in nanoseconds. */
    long failed(K key, Failure failure) {
        return failed(key, pause -> failure);
    }

    /** As above, for a failure that tells how long the pause is that begins with it. */
    long failed(K key, LongFunction<Failure> failure) {
        if (first == 0) {
            return 0;
        }
        Pause next = pauses.asMap().compute(key, (same, before) -> {
            int failures = before == null ? 1 : before.failures + 1;
            int doublings = Math.min(failures - 1, MOST_DOUBLINGS);
            long pause = first > longest >> doublings ? longest : first << doublings; // which can't overflow then
            long nanos = (long) (pause * (1 - JITTER * environment.random().nextDouble()));
            return new Pause(failures, environment.nanoTime() + nanos, failure.apply(nanos));
        });
        return next.until - environment.nanoTime();
    }

    void succeeded(K key) {
        if (!pauses.asMap().isEmpty()) { // as nearly always, and then there is nothing to look for
            pauses.invalidate(key);
        }
    }

    /** The pause in which the key is, or null. */
    @Nullable
    Pause pauseOf(K key) {
        Pause pause = pauses.getIfPresent(key);
        return pause != null && pause.until - environment.nanoTime() > 0 ? pause : null;
    }
}
