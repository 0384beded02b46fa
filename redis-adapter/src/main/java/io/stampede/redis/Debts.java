package io.stampede.redis;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one zone has missed and this node has to tell it: keys and tags to invalidate there, or a clear. Only that something
 * changed is kept, never a value. Bounded; one too many makes it everything.
 *
 * <p>Thread-safe.
 */
final class Debts {

    private final int capacity;
    private final Map<Item, Debt> items = new LinkedHashMap<>();
    private @Nullable Debt clear;
    private @Nullable Debt everything;

    Debts(int capacity) {
        this.capacity = capacity;
    }

    /** A key or a tag. */
    record Item(boolean isTag, String name) {}

    /** Stands for one thing that was missed, told from a later one of the same kind by its identity. */
    static final class Debt {

        /** By the node's clock. Until then what failed may yet be carried out, and must not come after what is told. */
        private final long notBeforeNanos;

        private Debt(long notBeforeNanos) {
            this.notBeforeNanos = notBeforeNanos;
        }

        boolean isDue(long nowNanos) {
            return nowNanos - notBeforeNanos >= 0;
        }
    }

    synchronized void add(Item item, long notBeforeNanos) {
        Debt before = items.get(item);
        long later = before == null || before.isDue(notBeforeNanos) ? notBeforeNanos : before.notBeforeNanos;
        if (items.size() >= capacity && before == null) {
            addEverything(later);
        } else {
            items.put(item, new Debt(later));
        }
    }

    synchronized void addClear(long nowNanos) {
        clear = new Debt(nowNanos);
    }

    /** What was missed is not known, so that nothing there can be used any more. */
    synchronized void addEverything(long notBeforeNanos) {
        long latest = notBeforeNanos;
        for (Debt each : items.values()) {
            latest = each.isDue(latest) ? latest : each.notBeforeNanos;
        }
        items.clear();
        everything = new Debt(latest);
    }

    synchronized boolean isEmpty() {
        return items.isEmpty() && clear == null && everything == null;
    }

    synchronized @Nullable Debt clear() {
        return clear;
    }

    synchronized @Nullable Debt everything() {
        return everything;
    }

    synchronized Map<Item, Debt> due(long nowNanos) {
        Map<Item, Debt> due = new LinkedHashMap<>(items);
        due.values().removeIf(debt -> !debt.isDue(nowNanos));
        return due;
    }

    synchronized void paid(Item item, Debt debt) {
        if (items.get(item) == debt) {
            items.remove(item);
        }
    }

    synchronized void paidClear(@Nullable Debt debt) {
        if (clear == debt) {
            clear = null;
        }
    }

    synchronized void paidEverything(@Nullable Debt debt) {
        if (everything == debt) {
            everything = null;
        }
    }
}
