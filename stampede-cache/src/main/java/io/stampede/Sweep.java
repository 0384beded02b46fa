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

    private final ConcurrentMap<K, Entry<V>> entries;
    private final ReentrantLock turn = new ReentrantLock();
    private Iterator<Map.Entry<K, Entry<V>>> rest = Collections.emptyIterator();

    Sweep(ConcurrentMap<K, Entry<V>> entries) {
        this.entries = entries;
    }

    /** Looks at some entries. */
    void some(long now) {
        if (turn.tryLock()) {
            try {
                for (int looked = 0; looked < AT_A_TIME && hasMore(looked); looked++) {
                    Map.Entry<K, Entry<V>> each = rest.next();
                    if (each.getValue().lifeLeft(now) <= 0) {
                        // Only this very entry: it may have been replaced meanwhile.
                        entries.remove(each.getKey(), each.getValue());
                    }
                }
            } finally {
                turn.unlock();
            }
        }
    }

    /** A new round begins with a new call, so that a small L1 is not walked round more than once. */
    private boolean hasMore(int looked) {
        if (!rest.hasNext() && looked == 0) {
            rest = entries.entrySet().iterator();
        }
        return rest.hasNext();
    }
}
