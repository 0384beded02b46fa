package io.stampede.benchmarks.chaos;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What has been written of each key, and so how old a value is that a node is given. Thread-safe. Times are milliseconds of
 * one clock.
 */
final class Versions {

    private static final int REMEMBERED = 64;

    private final Map<String, OfKey> keys = new ConcurrentHashMap<>();

    /** A write on this node has returned. */
    void writtenHere(String key, long version) {
        of(key).here(version);
    }

    /** A write on another node returned at this time, and told all others. Those of one key come in their order. */
    void writtenElsewhere(String key, long version, long atMillis) {
        of(key).elsewhere(version, atMillis);
    }

    /** A write on another node returned that could not tell the others yet. */
    void queuedElsewhere(String key, long version) {
        of(key).known(version);
    }

    /** No read that begins now may be given an older one. */
    long oldestHere(String key) {
        return of(key).here;
    }

    /** How long, at that time, another node's write of a newer version than this had been over; 0 if none was. */
    long outdatedMillis(String key, long version, long atMillis) {
        return of(key).outdatedMillis(version, atMillis);
    }

    /** The last one whose write has returned anywhere, as far as this node was told. */
    long newest(String key) {
        return of(key).newest;
    }

    private OfKey of(String key) {
        return keys.computeIfAbsent(key, any -> new OfKey());
    }

    private record Written(long version, long atMillis) {}

    private static final class OfKey {

        private final Deque<Written> elsewhere = new ArrayDeque<>();
        private volatile long here;
        private volatile long newest;

        synchronized void here(long version) {
            here = Math.max(here, version);
            known(version);
        }

        synchronized void known(long version) {
            newest = Math.max(newest, version);
        }

        synchronized void elsewhere(long version, long atMillis) {
            known(version);
            elsewhere.add(new Written(version, atMillis));
            if (elsewhere.size() > REMEMBERED) {
                elsewhere.remove();
            }
        }

        synchronized long outdatedMillis(long version, long atMillis) {
            return elsewhere.stream()
                    .filter(written -> written.version > version)
                    .findFirst()
                    .map(written -> Math.max(0, atMillis - written.atMillis))
                    .orElse(0L);
        }
    }
}
