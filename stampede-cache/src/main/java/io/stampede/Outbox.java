package io.stampede;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes that L2 does not know of yet: keys to invalidate there, or the whole cache to clear. Bounded; one key too many
 * turns it into a clear. Keys that wait here are not read from L2.
 *
 * <p>Only that a key changed is kept, never a value: a value replayed late could overwrite a newer one.
 *
 * <p>Thread-safe.
 */
final class Outbox {

    private final int capacity;
    private final Map<String, Object> keys = new LinkedHashMap<>();
    private @Nullable Object clear;
    private volatile boolean empty = true;

    Outbox(int capacity) {
        this.capacity = capacity;
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
    synchronized boolean add(String key) {
        if (clear != null) {
            clear = new Object(); // it will take this key with it, but one that is under way already may not
            return true;
        }
        if (keys.size() >= capacity && !keys.containsKey(key)) {
            return false;
        }
        keys.put(key, new Object());
        empty = false;
        return true;
    }

    synchronized void addClear() {
        keys.clear();
        clear = new Object();
        empty = false;
    }

    boolean awaitsClear() {
        return !empty && clearTicket() != null;
    }

    /** What waits to be cleared, to be handed back to {@link #settleClear}; null if nothing does. */
    synchronized @Nullable Object clearTicket() {
        return clear;
    }

    /** What waits for a key, to be handed back to {@link #settle}; null if nothing does. */
    synchronized @Nullable Object ticket(String key) {
        return keys.get(key);
    }

    /** The keys and their tickets. */
    synchronized Map<String, Object> pendingKeys() {
        return new LinkedHashMap<>(keys);
    }

    /** L2 has been told of what the ticket stood for; what came later for the same key stays. */
    synchronized void settle(String key, @Nullable Object ticket) {
        if (ticket != null) {
            keys.remove(key, ticket);
            updateEmpty();
        }
    }

    /** The cache has been cleared; what was to be cleared after the ticket was taken stays. */
    synchronized void settleClear(@Nullable Object ticket) {
        if (ticket != null && ticket == clear) {
            clear = null;
            updateEmpty();
        }
    }

    private void updateEmpty() {
        empty = keys.isEmpty() && clear == null;
    }
}
