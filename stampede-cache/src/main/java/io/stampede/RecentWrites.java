package io.stampede;

import io.stampede.Outbox.Item;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes of late, of which a server that is behind may not know yet. Only that something changed is kept, as in the
 * {@link Outbox}. Bounded; one too many is as if all had been written.
 *
 * <p>Thread-safe.
 */
final class RecentWrites {

    private final int capacity;
    private final long windowNanos;

    /** When each was written, the oldest first. */
    private final Map<Item, Long> items = new LinkedHashMap<>();

    private @Nullable Long allAt;

    /**
     * Nothing yet.
     *
     * @param windowNanos how long a write is kept; 0 for not at all
     */
    RecentWrites(int capacity, long windowNanos) {
        this.capacity = capacity;
        this.windowNanos = windowNanos;
    }

    synchronized void add(Item item, long now) {
        if (windowNanos == 0) {
            return;
        }
        forgetOld(now);
        Long before = items.remove(item);
        items.put(item, later(before, now)); // at the end of the line
        if (items.size() > capacity) {
            addAll(now);
        }
    }

    synchronized void addAll(long now) {
        if (windowNanos > 0) {
            items.clear();
            allAt = later(allAt, now);
        }
    }

    /** A thread that was stopped after its look at the clock tells of an earlier moment than others before it. */
    private static long later(@Nullable Long before, long now) {
        return before == null || now - before > 0 ? now : before;
    }

    /** Whether any key may have been written. */
    synchronized boolean includesAll(long now) {
        forgetOld(now);
        return allAt != null;
    }

    /** What has been written, one by one. */
    synchronized List<Item> items(long now) {
        forgetOld(now);
        return List.copyOf(items.keySet());
    }

    /** Whether a server that is behind may not know of a write of this key or tag. */
    synchronized boolean holds(Item item, long now) {
        forgetOld(now);
        return allAt != null || items.containsKey(item);
    }

    private void forgetOld(long now) {
        if (allAt != null && now - allAt > windowNanos) {
            allAt = null;
        }
        Iterator<Long> times = items.values().iterator();
        while (times.hasNext() && now - times.next() > windowNanos) {
            times.remove();
        }
    }
}
