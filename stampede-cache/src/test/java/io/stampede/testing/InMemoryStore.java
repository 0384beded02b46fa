package io.stampede.testing;

import io.stampede.spi.Token;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a server keeps: entries, leases and generations, each until its time has come. Expiry is decided when something
 * is looked at, so the clock may jump. Not thread-safe: whoever uses it holds the double's lock.
 */
final class InMemoryStore {

    private static final int FRESH_UNTIL_OFFSET = 17;
    private static final int FRESH_UNTIL_END = FRESH_UNTIL_OFFSET + Long.BYTES;
    private static final int MIN_ENVELOPE = 66;
    private static final long MICROS_PER_MILLI = 1_000;

    private final LongSupplier serverMicros;
    private final Map<Slot, Entry> entries = new LinkedHashMap<>();
    private final Map<Slot, Expiring> leases = new LinkedHashMap<>();
    private final Map<String, Expiring> generations = new LinkedHashMap<>();
    private long now;

    InMemoryStore(LongSupplier serverMicros) {
        this.serverMicros = serverMicros;
    }

    /** A cache's key. As a pair, not as a joined string, no two can collide. */
    record Slot(String cache, String key) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(byte[] bytes, long expiresAtMillis) {}

    private record Expiring(Token token, long expiresAtMicros) {}

    /** Reads the clock; time stands still until the next call, as it does inside a script. */
    void readClock() {
        now = serverMicros.getAsLong();
    }

    long now() {
        return now;
    }

    byte @Nullable [] entry(Slot slot) {
        Entry entry = entries.get(slot);
        if (entry != null && now / MICROS_PER_MILLI >= entry.expiresAtMillis()) {
            entries.remove(slot);
            return null;
        }
        return entry == null ? null : entry.bytes().clone();
    }

    void setEntry(Slot slot, byte[] bytes, long expiresAtMillis) {
        entries.put(slot, new Entry(bytes.clone(), expiresAtMillis));
    }

    void removeEntry(Slot slot) {
        entries.remove(slot);
    }

    /** When a live entry expires, in milliseconds of the server's clock; -1 if there is none. */
    long expiresAtMillis(Slot slot) {
        return entry(slot) == null ? -1 : entries.get(slot).expiresAtMillis();
    }

    /** Makes an entry stale where it stands; removes what is no envelope. */
    void expireEntry(Slot slot) {
        byte[] bytes = entry(slot);
        if (bytes == null) {
            return;
        }
        if (bytes.length < MIN_ENVELOPE || bytes[0] != 1) {
            entries.remove(slot);
            return;
        }
        Arrays.fill(bytes, FRESH_UNTIL_OFFSET, FRESH_UNTIL_END, (byte) 0);
        setEntry(slot, bytes, entries.get(slot).expiresAtMillis());
    }

    /** Whether the entry is the same version, made stale by nobody since. */
    boolean holdsAsWritten(Slot slot, byte[] bytes) {
        byte[] held = entry(slot);
        return held != null
                && Arrays.equals(
                        held,
                        0,
                        Math.min(held.length, FRESH_UNTIL_END),
                        bytes,
                        0,
                        Math.min(bytes.length, FRESH_UNTIL_END));
    }

    @Nullable
    Token lease(Slot slot) {
        return live(leases, slot);
    }

    long leaseRemainingMillis(Slot slot) {
        Expiring lease = leases.get(slot);
        return lease == null ? 0 : Math.max(0, (lease.expiresAtMicros() - now) / MICROS_PER_MILLI);
    }

    void setLease(Slot slot, Token lease, long ttlMillis) {
        leases.put(slot, new Expiring(lease, now + ttlMillis * MICROS_PER_MILLI));
    }

    /** Removes whatever lease the key has and tells which; {@link Token#NONE} if none. */
    Token removeLease(Slot slot) {
        Token lease = lease(slot);
        leases.remove(slot);
        return lease == null ? Token.NONE : lease;
    }

    @Nullable
    Token generation(String cache) {
        return live(generations, cache);
    }

    void setGeneration(String cache, Token generation, long ttlMillis) {
        generations.put(cache, new Expiring(generation, now + ttlMillis * MICROS_PER_MILLI));
    }

    void removeGeneration(String cache) {
        generations.remove(cache);
    }

    void clear() {
        entries.clear();
        leases.clear();
        generations.clear();
    }

    private <K> @Nullable Token live(Map<K, Expiring> map, K key) {
        Expiring found = map.get(key);
        if (found != null && now >= found.expiresAtMicros()) {
            map.remove(key);
            return null;
        }
        return found == null ? null : found.token();
    }
}
