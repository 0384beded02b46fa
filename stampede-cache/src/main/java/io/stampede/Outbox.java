package io.stampede;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes that L2 does not know of yet: keys to invalidate there, or the whole cache to clear. Bounded; one key too many
 * turns it into a clear. Keys that wait here are not read from L2.
 *
 * <p>Only that a key changed is kept, never a value: a value replayed late could overwrite a newer one. And a put that
 * nobody waits for any more may still be on its way, so each entry also says when that can no longer be: told earlier, L2
 * might carry out the two in the wrong order.
 *
 * <p>Thread-safe.
 */
final class Outbox {

    private final int capacity;
    private final Map<String, Ticket> keys = new LinkedHashMap<>();
    private @Nullable Ticket clear;
    private volatile boolean empty = true;

    Outbox(int capacity) {
        this.capacity = capacity;
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

    /** Whether L2 must not be asked for this key. */
    boolean holds(String key) {
        return !empty && holdsNow(key);
    }

    private synchronized boolean holdsNow(String key) {
        return clear != null || keys.containsKey(key);
    }

    /** Remembers a key; false if there was no room, so that the cache must be cleared. */
    synchronized boolean add(String key, long notBefore) {
        if (clear != null) {
            addClear(notBefore); // it will take this key with it, but one that is under way already may not
            return true;
        }
        if (keys.size() >= capacity && !keys.containsKey(key)) {
            return false;
        }
        keys.put(key, new Ticket(later(keys.get(key), notBefore)));
        empty = false;
        return true;
    }

    synchronized void addClear(long notBefore) {
        long latest = later(clear, notBefore);
        for (Ticket ticket : keys.values()) {
            latest = later(ticket, latest);
        }
        keys.clear();
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

    /** What waits for a key, to be handed back to {@link #settle}; null if nothing does. */
    synchronized @Nullable Ticket ticket(String key) {
        return keys.get(key);
    }

    /** The keys that L2 may be told of now, and their tickets. */
    synchronized Map<String, Ticket> dueKeys(long now) {
        Map<String, Ticket> due = new LinkedHashMap<>(keys);
        due.values().removeIf(ticket -> !ticket.isDue(now));
        return due;
    }

    /** L2 has been told of what the ticket stood for; what came later for the same key stays. */
    synchronized void settle(String key, @Nullable Ticket ticket) {
        if (ticket != null && keys.get(key) == ticket) {
            keys.remove(key);
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
        empty = keys.isEmpty() && clear == null;
    }
}
