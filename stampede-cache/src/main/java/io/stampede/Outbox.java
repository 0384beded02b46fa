package io.stampede;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes that L2 does not know of yet: keys and tags to invalidate there, or the whole cache to clear. Bounded; one too many
 * turns it into a clear. What waits here is not read from L2.
 *
 * <p>Only that a key changed is kept, never a value: a value replayed late could overwrite a newer one. And a put that
 * nobody waits for any more may still be on its way, so each entry also says when that can no longer be: told earlier, L2
 * might carry out the two in the wrong order.
 *
 * <p>Thread-safe.
 */
final class Outbox {

    private final int capacity;
    private final Map<Item, Ticket> items = new LinkedHashMap<>();
    private @Nullable Ticket clear;
    private volatile boolean empty = true;

    Outbox(int capacity) {
        this.capacity = capacity;
    }

    /** What is to be invalidated: a key, or a tag. */
    record Item(boolean isTag, String name) {

        static Item key(String key) {
            return new Item(false, key);
        }

        static Item tag(String tag) {
            return new Item(true, tag);
        }
    }

    /** What stands for one remembered write, told from later ones of the same key by its identity. */
    static final class Ticket {

        /** The moment of the node's clock before which L2 must not be told. */
        private final long notBefore;

        private Ticket(long notBefore) {
            this.notBefore = notBefore;
        }

        boolean isDue(long now) {
            return now - notBefore >= 0;
        }
    }

    boolean isEmpty() {
        return empty;
    }

    /** How many keys and tags wait. */
    synchronized int size() {
        return items.size();
    }

    /** Whether L2 must not be asked for this key. */
    boolean holds(String key) {
        return !empty && holdsNow(Item.key(key));
    }

    /** Whether what L2 holds with this tag must not be used. */
    boolean holdsTag(String tag) {
        return !empty && holdsNow(Item.tag(tag));
    }

    private synchronized boolean holdsNow(Item item) {
        return clear != null || items.containsKey(item);
    }

    /** Remembers a key or tag; false if there was no room, so that the cache must be cleared. */
    synchronized boolean add(Item item, long notBefore) {
        if (clear != null) {
            addClear(notBefore); // it will take this one with it, but one that is under way already may not
            return true;
        }
        if (items.size() >= capacity && !items.containsKey(item)) {
            return false;
        }
        items.put(item, new Ticket(later(items.get(item), notBefore)));
        empty = false;
        return true;
    }

    synchronized void addClear(long notBefore) {
        long latest = later(clear, notBefore);
        for (Ticket ticket : items.values()) {
            latest = later(ticket, latest);
        }
        items.clear();
        clear = new Ticket(latest);
        empty = false;
    }

    private static long later(@Nullable Ticket ticket, long notBefore) {
        return ticket == null || ticket.isDue(notBefore) ? notBefore : ticket.notBefore;
    }

    boolean awaitsClear() {
        return !empty && clearTicket() != null;
    }

    /** What waits to be cleared, to be handed back to {@link #settleClear}; null if nothing does. */
    synchronized @Nullable Ticket clearTicket() {
        return clear;
    }

    /** What waits for a key or tag, to be handed back to {@link #settle}; null if nothing does. */
    synchronized @Nullable Ticket ticket(Item item) {
        return items.get(item);
    }

    /** What L2 may be told of now, and the tickets. */
    synchronized Map<Item, Ticket> due(long now) {
        Map<Item, Ticket> due = new LinkedHashMap<>(items);
        due.values().removeIf(ticket -> !ticket.isDue(now));
        return due;
    }

    /** L2 has been told of what the ticket stood for; what came later for the same key or tag stays. */
    synchronized void settle(Item item, @Nullable Ticket ticket) {
        if (ticket != null && items.get(item) == ticket) {
            items.remove(item);
            updateEmpty();
        }
    }

    /** The cache has been cleared; what was to be cleared after the ticket was taken stays. */
    synchronized void settleClear(@Nullable Ticket ticket) {
        if (ticket != null && ticket == clear) {
            clear = null;
            updateEmpty();
        }
    }

    private void updateEmpty() {
        empty = items.isEmpty() && clear == null;
    }
}
