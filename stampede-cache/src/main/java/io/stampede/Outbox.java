package io.stampede;

import io.stampede.spi.Token;
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
    private @Nullable Token clear;
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
            return true; // the clear will take this key with it
        }
        if (keys.size() >= capacity && !keys.containsKey(key)) {
            return false;
        }
        keys.put(key, new Object());
        empty = false;
        return true;
    }

    synchronized void addClear(Token generation) {
        keys.clear();
        clear = generation;
        empty = false;
    }

    synchronized @Nullable Token pendingClear() {
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

    synchronized void settleClear(Token generation) {
        if (generation.equals(clear)) {
            clear = null;
            updateEmpty();
        }
    }

    private void updateEmpty() {
        empty = keys.isEmpty() && clear == null;
    }
}
