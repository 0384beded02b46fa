package io.stampede.benchmarks.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How old a value may be that a node is given: what was written here counts from the moment the write has returned, what
 * was written elsewhere only after the bound. Thread-safe. Times are milliseconds of one clock.
 */
final class Versions {

    private final Map<String, OfKey> keys = new ConcurrentHashMap<>();
    private volatile long boundMillis;

    Versions(Duration bound) {
        this.boundMillis = bound.toMillis();
    }

    /** Holds for writes from now on. */
    void bound(Duration bound) {
        boundMillis = bound.toMillis();
    }

    /** A write on this node has returned. */
    void writtenHere(String key, long version) {
        of(key).here(version);
    }

    /** A write on another node returned at this time, and told all others. */
    void writtenElsewhere(String key, long version, long atMillis) {
        of(key).elsewhere(version, atMillis + boundMillis);
    }

    /** A write on another node returned that could not tell the others yet. */
    void queuedElsewhere(String key, long version) {
        of(key).known(version);
    }

    /** No read that begins now may be given an older one. */
    long oldestHere(String key) {
        return of(key).here;
    }

    /** No read that begins at this time may be given an older one as fresh. */
    long oldestElsewhere(String key, long atMillis) {
        return of(key).bindingAt(atMillis);
    }

    /** The last one whose write has returned anywhere, as far as this node was told. */
    long newest(String key) {
        return of(key).newest;
    }

    private OfKey of(String key) {
        return keys.computeIfAbsent(key, any -> new OfKey());
    }

    private record Due(long version, long atMillis) {}

    private static final class OfKey {

        private final Deque<Due> dues = new ArrayDeque<>();
        private volatile long here;
        private volatile long newest;
        private long binding;

        synchronized void here(long version) {
            here = Math.max(here, version);
            known(version);
        }

        synchronized void known(long version) {
            newest = Math.max(newest, version);
        }

        synchronized void elsewhere(long version, long dueMillis) {
            known(version);
            dues.add(new Due(version, dueMillis));
        }

        synchronized long bindingAt(long atMillis) {
            for (Due due = dues.peek(); due != null && due.atMillis <= atMillis; due = dues.peek()) {
                binding = Math.max(binding, due.version);
                dues.remove();
            }
            return binding;
        }
    }
}
