package io.stampede.testing;

import io.stampede.spi.RemoteTier.TagGeneration;
import io.stampede.spi.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What a server keeps: entries, leases, generations and tags, each until its time has come. Expiry is decided when
 * something is looked at, so the clock may jump. Not thread-safe: whoever uses it holds the double's lock.
 */
final class InMemoryStore {

    private static final int MAX_OTHER_SCHEMAS = 4;
    private static final long LOST_STATE_MILLIS = 3_600_000;
    private static final long MICROS_PER_MILLI = 1_000;

    private final LongSupplier serverMicros;

    /** For each part, how far its server's clock is ahead, and what that server is called. */
    private final long[] aheadMicros;

    private final String[] servers;
    private final long[] sessions;

    /** One count for all that are replicas of each other, so that no two have the same name. */
    private final AtomicInteger serversSoFar;

    private final Map<Slot, Entry> entries = new LinkedHashMap<>();
    private final Map<Slot, Entry> copies = new LinkedHashMap<>();
    private final Map<Slot, Expiring> leases = new LinkedHashMap<>();
    private final Map<PartOfCache, State> states = new LinkedHashMap<>();
    private final Map<Slot, Expiring> tags = new LinkedHashMap<>();
    private long now;

    InMemoryStore(LongSupplier serverMicros, int parts) {
        this(serverMicros, parts, new AtomicInteger(1));
    }

    private InMemoryStore(LongSupplier serverMicros, int parts, AtomicInteger serversSoFar) {
        this.serverMicros = serverMicros;
        this.serversSoFar = serversSoFar;
        this.aheadMicros = new long[parts];
        this.servers = new String[parts];
        this.sessions = new long[parts];
        Arrays.fill(servers, "server 1");
    }

    /** Other servers with the same memory, each with a clock that is as this one's. */
    InMemoryStore replica() {
        InMemoryStore replica = new InMemoryStore(serverMicros, parts(), serversSoFar);
        System.arraycopy(aheadMicros, 0, replica.aheadMicros, 0, parts());
        replica.entries.putAll(entries);
        replica.leases.putAll(leases);
        replica.states.putAll(states);
        replica.tags.putAll(tags);
        for (int part = 0; part < parts(); part++) {
            replica.beAnotherServer(part);
        }
        return replica;
    }

    int parts() {
        return servers.length;
    }

    int part(String name) {
        CRC32 spread = new CRC32();
        spread.update(name.getBytes(StandardCharsets.UTF_8));
        return (int) (spread.getValue() % parts());
    }

    void setAhead(int part, long micros) {
        aheadMicros[part] = micros;
    }

    /** A cache's key or tag. As a pair, not as a joined string, no two can collide. */
    record Slot(String cache, String key) {}

    /** What is numbered, and has a memory, of its own. */
    record PartOfCache(String cache, int part) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(byte[] bytes, long expiresAtMillis) {}

    private record Expiring(Token token, long sinceMicros, long expiresAtMicros) {}

    /** A cache's generation, null while it is lost, and the number of its last message. */
    private record State(@Nullable Token generation, long messages, long expiresAtMicros) {}

    /** Reads the clock of a part's server; time stands still until the next call, as it does inside a script. */
    void readClock(int part) {
        now = serverMicros.getAsLong() + aheadMicros[part];
    }

    long now() {
        return now;
    }

    /** All that is under a key, whatever its schema. */
    byte @Nullable [] entry(Slot slot) {
        Entry entry = entries.get(slot);
        if (entry != null && now / MICROS_PER_MILLI >= entry.expiresAtMillis()) {
            entries.remove(slot);
            return null;
        }
        return entry == null ? null : entry.bytes().clone();
    }

    /** The entry of a schema; all that is there if it is anything else than envelopes. */
    byte @Nullable [] entry(Slot slot, long schema) {
        byte[] value = entry(slot);
        return value == null ? null : Envelopes.ofSchema(schema, value);
    }

    /** From now on the copies are what they are, until the next call. */
    void copy() {
        copies.clear();
        copies.putAll(entries);
    }

    /** As {@link #entry(Slot, long)}, in the copies. */
    byte @Nullable [] copy(Slot slot, long schema) {
        Entry copy = copies.get(slot);
        return copy == null ? null : Envelopes.ofSchema(schema, copy.bytes().clone());
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

    /** Replaces the entry of a schema and keeps the youngest of the others that aren't dead. */
    void publishEntry(Slot slot, long schema, byte[] bytes, long expiresAtMillis) {
        List<byte[]> others = envelopes(slot).stream()
                .filter(envelope -> Envelopes.schema(envelope) != schema && Envelopes.deadAt(envelope) >= now)
                .limit(MAX_OTHER_SCHEMAS)
                .toList();
        List<byte[]> all = new ArrayList<>(List.of(bytes));
        all.addAll(others);
        setEntry(
                slot,
                Envelopes.join(all),
                others.isEmpty() ? expiresAtMillis : Math.max(expiresAtMillis, expiresAtMillis(slot)));
    }

    /** Makes a key's entries stale where they stand; removes what is no envelope. */
    void expireEntry(Slot slot) {
        List<byte[]> envelopes = envelopes(slot);
        if (envelopes.isEmpty()) {
            entries.remove(slot);
            return;
        }
        List<byte[]> stale = envelopes.stream()
                .map(envelope -> Envelopes.madeStale(envelope, now))
                .toList();
        setEntry(slot, Envelopes.join(stale), expiresAtMillis(slot));
    }

    private List<byte[]> envelopes(Slot slot) {
        byte[] value = entry(slot);
        return value == null ? List.of() : Envelopes.split(value);
    }

    /** Whether the schema's entry is the same version, made stale by nobody since. */
    boolean holdsAsWritten(Slot slot, long schema, byte[] bytes) {
        return envelopes(slot).stream()
                .filter(envelope -> Envelopes.schema(envelope) == schema)
                .limit(1)
                .anyMatch(envelope -> Envelopes.sameAsWritten(envelope, bytes));
    }

    @Nullable
    Token lease(Slot slot) {
        return token(live(leases, slot));
    }

    long leaseRemainingMillis(Slot slot) {
        Expiring lease = leases.get(slot);
        return lease == null ? 0 : Math.max(0, (lease.expiresAtMicros() - now) / MICROS_PER_MILLI);
    }

    void setLease(Slot slot, Token lease, long ttlMillis) {
        leases.put(slot, expiring(lease, 0, ttlMillis));
    }

    /** Removes whatever lease the key has and tells which; {@link Token#NONE} if none. */
    Token removeLease(Slot slot) {
        Token lease = lease(slot);
        leases.remove(slot);
        return lease == null ? Token.NONE : lease;
    }

    @Nullable
    Token generation(PartOfCache cache) {
        return state(cache).generation();
    }

    void setGeneration(PartOfCache cache, Token generation, long ttlMillis) {
        states.put(cache, new State(generation, state(cache).messages(), now + ttlMillis * MICROS_PER_MILLI));
    }

    void removeGeneration(PartOfCache cache) {
        states.remove(cache);
    }

    /** The number of the last message of a part. */
    long messages(PartOfCache cache) {
        return state(cache).messages();
    }

    /** The number of a message that is told now. */
    long nextMessage(PartOfCache cache) {
        State before = state(cache);
        long lifetime = before.messages() == 0 && before.generation() == null
                ? now + LOST_STATE_MILLIS * MICROS_PER_MILLI
                : before.expiresAtMicros();
        State after = new State(before.generation(), before.messages() + 1, lifetime);
        states.put(cache, after);
        return after.messages();
    }

    private State state(PartOfCache cache) {
        State found = states.get(cache);
        return found == null || now >= found.expiresAtMicros() ? new State(null, 0, now) : found;
    }

    /** Which server this is, by a name that it gets when it starts. */
    String server(int part) {
        return servers[part];
    }

    /** Each server is another session. */
    long session(int part) {
        return sessions[part];
    }

    void beAnotherServer(int part) {
        int number = serversSoFar.incrementAndGet();
        sessions[part] = number;
        servers[part] = "server " + number;
    }

    /** The tag's generation, prolonged; the candidate if there was none. */
    TagGeneration useTag(Slot tag, Token candidate, long ttlMillis) {
        Expiring held = live(tags, tag);
        Token generation = held == null ? candidate : held.token();
        long since = held == null ? 0 : held.sinceMicros();
        tags.put(tag, expiring(generation, since, ttlMillis));
        return new TagGeneration(generation, since, now);
    }

    void setTag(Slot tag, Token generation, long ttlMillis) {
        tags.put(tag, expiring(generation, now, ttlMillis));
    }

    void removeTag(Slot tag) {
        tags.remove(tag);
    }

    /** Looks, and throws nothing away. */
    Holding holding(Slot slot, PartOfCache part) {
        Entry entry = entries.get(slot);
        State state = states.get(part);
        return new Holding(
                now,
                entry == null
                        ? null
                        : new Holding.Entry(entry.bytes().clone(), entry.expiresAtMillis() * MICROS_PER_MILLI),
                mark(leases.get(slot)),
                mark(tags.get(slot)),
                state == null
                        ? null
                        : new Holding.State(state.generation(), state.messages(), state.expiresAtMicros()));
    }

    private static Holding.@Nullable Mark mark(@Nullable Expiring kept) {
        return kept == null ? null : new Holding.Mark(kept.token(), kept.sinceMicros(), kept.expiresAtMicros());
    }

    void clear() {
        entries.clear();
        leases.clear();
        states.clear();
        tags.clear();
    }

    private Expiring expiring(Token token, long sinceMicros, long ttlMillis) {
        return new Expiring(token, sinceMicros, now + ttlMillis * MICROS_PER_MILLI);
    }

    private static @Nullable Token token(@Nullable Expiring live) {
        return live == null ? null : live.token();
    }

    private <K> @Nullable Expiring live(Map<K, Expiring> map, K key) {
        Expiring found = map.get(key);
        if (found != null && now >= found.expiresAtMicros()) {
            map.remove(key);
            return null;
        }
        return found;
    }
}
