package io.stampede;

import io.stampede.Backoff.Pause;
import io.stampede.Result.StaleReason;
import io.stampede.spi.BusMessage;
import io.stampede.spi.Environment;
import io.stampede.spi.LoadOutcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the loads of a cache on this node have in common: the room for them, and what becomes of their ends. */
final class Loads<K, V> {

    /** The share of the newest load in the average: the last ten or so count. */
    private static final double WEIGHT = 0.2;

    final LoadPermits permits;

    private final Settings<K, V> settings;
    private final Environment environment;
    private final Events events;

    /** Keys whose load has failed while there was nothing fresh to serve. */
    private final Backoff<K> failing;

    /** Keys that were fresh when an early refresh of them failed: that says nothing to those who have no value. */
    private final Backoff<K> failingEarly;

    private final @Nullable SourceBreaker sourceBreaker;
    private final QuietLog log;
    private volatile double averageNanos;

    Loads(Settings<K, V> settings, Environment environment, Events events) {
        this.settings = settings;
        this.environment = environment;
        this.events = events;
        this.log = new QuietLog(Loads.class, environment);
        Settings.Protection<K, V> protection = settings.protection();
        this.permits = new LoadPermits(protection.maxConcurrentLoads());
        Settings.Breaking breaking = protection.sourceBreaker();
        this.sourceBreaker =
                breaking == null ? null : new SourceBreaker(settings.name(), breaking, environment, events);
        this.failing = new Backoff<>(environment, protection.firstBackoff(), protection.longestBackoff());
        this.failingEarly = new Backoff<>(environment, protection.firstBackoff(), protection.longestBackoff());
    }

    /** What a loader has returned, as it is to be stored. */
    Fresh<V> fresh(Loaded<V> loaded, @Nullable Entry<V> old, CallOptions options, long returnedAt, long took) {
        V value = loaded.value();
        if (loaded.isNotModified()) {
            if (old == null || old.value == null) {
                throw new IllegalStateException("The loader of cache '" + settings.name()
                        + "' returned Loaded.notModified(), but there was no old value; LoadContext.old() was null");
            }
            value = old.value;
        }
        averageNanos = averageNanos == 0 ? took : averageNanos + WEIGHT * (took - averageNanos);
        if (!loaded.isStored()) {
            return Fresh.notKept(value, returnedAt, took);
        }
        Set<String> tags = new LinkedHashSet<>(options.tags());
        tags.addAll(loaded.tags());
        Duration itsTtl = loaded.ttl() != null ? loaded.ttl() : value == null ? null : options.ttl();
        // A loader's ttl for nulls is for caches that remember them at all.
        long usual = usualTtl(value);
        long ttl = usual == 0 ? 0 : Durations.nanosOr(itsTtl, usual);
        return fresh(value, tags, ttl, returnedAt, took);
    }

    /** What a caller puts. How long loads take of late stands in for how long one of this value would. */
    Fresh<V> put(@Nullable V value, CallOptions options, long now) {
        long ttl = Durations.nanosOr(options.ttl(), usualTtl(value));
        return fresh(value, options.tags(), ttl, now, (long) averageNanos);
    }

    private long usualTtl(@Nullable V value) {
        return value == null
                ? settings.freshness().negativeTtl()
                : settings.freshness().ttl();
    }

    private Fresh<V> fresh(@Nullable V value, Set<String> tags, long ttl, long since, long delta) {
        return new Fresh<>(value, tags, since, settings.freshness().drawLifetime(ttl, environment.random()), delta);
    }

    /** Whether a failure is a trouble of the source or its answer. */
    Failure judged(Throwable thrown) {
        if (thrown instanceof LoadTimeoutException timeout) {
            return Failure.timeout(timeout);
        }
        if (thrown instanceof LoadRejectedException rejected) {
            return Failure.rejected(rejected);
        }
        boolean outage;
        try {
            outage = settings.protection().isOutage().test(thrown);
        } catch (RuntimeException | Error e) {
            if (e != thrown) {
                thrown.addSuppressed(e); // a predicate that fails must not hide what failed before it
            }
            outage = true;
        }
        return outage ? Failure.outage(thrown) : Failure.plain(thrown);
    }

    /** A load has failed: the key is left alone for a while. Inside a step; what it returns runs after it. */
    Runnable failed(K key, Failure failure, @Nullable Entry<V> known) {
        return paused(key, failure.cause().getClass().getName(), backoff(known).failed(key, failure));
    }

    /** A load on another node has ended; if it has failed, this node leaves the key alone, too. */
    Runnable failedElsewhere(K key, BusMessage message) {
        Backoff<K> backoff = message.outcome() == LoadOutcome.Kind.FAILED
                ? failing
                : message.outcome() == LoadOutcome.Kind.REFRESH_FAILED ? failingEarly : null;
        return backoff == null
                ? LocalTier.NOTHING
                : paused(key, message.detail(), backoff.failed(key, pause -> elsewhere(key, message, pause)));
    }

    private Runnable paused(K key, String failure, long pause) {
        return () -> {
            log.warn(
                    () -> "The load of " + settings.subject(key) + " failed with " + failure + "; it is left alone for "
                            + pause / 1_000_000 + " ms",
                    null);
            if (pause > 0) {
                events.tell(listener -> listener.onBackoff(pause));
            }
        };
    }

    /** There is a value again, by whatever way. */
    void recovered(K key) {
        failing.succeeded(key);
        failingEarly.succeeded(key);
    }

    /** Why the key is not to be loaded just now, or null if it may. */
    @Nullable
    Failure pauseOf(K key, @Nullable Entry<V> known) {
        Pause pause = failing.pauseOf(key);
        if (pause == null) {
            pause = backoff(known).pauseOf(key);
        }
        return pause == null ? null : pause.failure().remembered();
    }

    /** Whether a load of the key has failed just before, early or not: no time to refresh what is fresh. */
    boolean isFailing(K key) {
        return failing.pauseOf(key) != null || failingEarly.pauseOf(key) != null;
    }

    /** Null without one. */
    @Nullable
    SourceBreaker sourceBreaker() {
        return sourceBreaker;
    }

    /** Why a stale value is as good as it gets for now, since a load would not be let through to the source; or null. */
    @Nullable
    StaleReason reasonNotToLoad(K key, Entry<V> known) {
        if (pauseOf(key, known) != null) {
            return StaleReason.BACKING_OFF;
        }
        return isSourceLeftAlone() ? StaleReason.REJECTED : null;
    }

    /** After a step that has asked the breaker or told it something. */
    void tellOfBreaker() {
        if (sourceBreaker != null) {
            sourceBreaker.tell();
        }
    }

    boolean isSourceLeftAlone() {
        return sourceBreaker != null && sourceBreaker.isRefusing();
    }

    private Backoff<K> backoff(@Nullable Entry<V> known) {
        return isFresh(known) ? failingEarly : failing;
    }

    boolean isFresh(@Nullable Entry<V> known) {
        return known != null && known.isFresh(environment.nanoTime()) && !known.isRefused();
    }

    /** What those get who have waited for a load that failed on another node. */
    Failure failureElsewhere(K key, BusMessage message) {
        Pause pause = failing.pauseOf(key);
        return elsewhere(key, message, pause == null ? 0 : Math.max(0, pause.until() - environment.nanoTime()));
    }

    private Failure elsewhere(K key, BusMessage message, long pause) {
        Instant failedAt = Instant.EPOCH.plus(message.serverMicros(), ChronoUnit.MICROS);
        LoadFailedElsewhereException exception = new LoadFailedElsewhereException(
                settings.subject(key), message.detail(), failedAt, failedAt.plusNanos(pause));
        return message.outcome() == LoadOutcome.Kind.ANSWERED ? Failure.plain(exception) : Failure.outage(exception);
    }
}
