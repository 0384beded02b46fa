package io.stampede;

import io.stampede.Outbox.Item;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes that L2 has acknowledged of late: a server that takes over from another may not have heard of them, and is told
 * again. Only that something changed is kept, as in the {@link Outbox}. Bounded; one too many makes all of them a clear.
 *
 * <p>Thread-safe.
 */
final class Acknowledged {

    private final int capacity;
    private final long windowNanos;

    /** When each was acknowledged, the oldest first. */
    private final Map<Item, Long> items = new LinkedHashMap<>();

    private @Nullable Long clearedAt;

    /**
     * Nothing yet.
     *
     * @param windowNanos how long a write is kept; 0 for not at all
     */
    Acknowledged(int capacity, long windowNanos) {
        this.capacity = capacity;
        this.windowNanos = windowNanos;
    }

    synchronized void add(Item item, long now) {
        if (windowNanos == 0) {
            return;
        }
        forgetOld(now);
        items.remove(item); // to the end of the line
        items.put(item, now);
        if (items.size() > capacity) {
            addClear(now);
        }
    }

    synchronized void addClear(long now) {
        if (windowNanos > 0) {
            items.clear();
            clearedAt = now;
        }
    }

    /** Whether the whole cache is to be cleared again. */
    synchronized boolean includesClear(long now) {
        forgetOld(now);
        return clearedAt != null;
    }

    /** What is to be invalidated again. */
    synchronized List<Item> items(long now) {
        forgetOld(now);
        return List.copyOf(items.keySet());
    }

    /** Whether a server that has taken over may not know of a write of this key or tag. */
    synchronized boolean holds(Item item, long now) {
        forgetOld(now);
        return clearedAt != null || items.containsKey(item);
    }

    private void forgetOld(long now) {
        if (clearedAt != null && now - clearedAt > windowNanos) {
            clearedAt = null;
        }
        Iterator<Long> times = items.values().iterator();
        while (times.hasNext() && now - times.next() > windowNanos) {
            times.remove();
        }
    }
}
