package io.stampede;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Drops dead entries, a few with each miss or write, walking round and round. Freshness never depends on it; it is for
 * memory alone, which L1's size bounds anyway. Caffeine's own expiry would take 16 bytes of each entry, and some
 * nanoseconds of each hit.
 *
 * <p>Thread-safe. Whoever finds another sweeping goes on.
 */
final class Sweep<K, V> {

    /** A quarter of L1's size in misses and writes, and all of it has been looked at. */
    private static final int AT_A_TIME = 4;

    /** From one round to the next, so that a small L1 is not walked round all the time. */
    static final long PAUSE_NANOS = 100_000_000;

    private final ConcurrentMap<K, Entry<V>> entries;
    private final ReentrantLock turn = new ReentrantLock();
    private Iterator<Map.Entry<K, Entry<V>>> rest = Collections.emptyIterator();

    /** Whether there is a round under way; else when the last one ended. */
    private volatile boolean underWay = true;

    private volatile long endedAt;

    Sweep(ConcurrentMap<K, Entry<V>> entries) {
        this.entries = entries;
    }

    /** Looks at some entries. */
    void some(long now) {
        if ((underWay || now - endedAt >= PAUSE_NANOS) && turn.tryLock()) {
            try {
                walk(now);
            } finally {
                turn.unlock();
            }
        }
    }

    private void walk(long now) {
        if (!underWay) {
            rest = entries.entrySet().iterator();
        }
        for (int looked = 0; looked < AT_A_TIME && rest.hasNext(); looked++) {
            Map.Entry<K, Entry<V>> each = rest.next();
            if (each.getValue().lifeLeft(now) <= 0) {
                // Only this very entry: it may have been replaced meanwhile.
                entries.remove(each.getKey(), each.getValue());
            }
        }
        underWay = rest.hasNext();
        endedAt = now;
    }
}
