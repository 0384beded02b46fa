package io.stampede;

import io.stampede.spi.Claim;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import io.stampede.testing.InMemoryRemote;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The store of a simulated cluster as it really is, and what must be true of all that is written to it: P3, and of the
 * claims that it grants: P2.
 */
final class SimStore {

    static final String CACHE = "sim";

    /** How much earlier than it really ends a node may see the end of a life: what its clock is uncertain by. */
    private static final long UNCERTAIN_MICROS = 60_000;

    /** How late a node may notice that it has asked: the reply waits for its turn, and perhaps for a tag. */
    private static final long UNCERTAIN_NANOS = SimWorld.millis(100);

    private final SimWorld world;
    private final SimHistory history;
    private final SimLoads loads;
    private final SimOptions options;
    private final long epochMicros;
    private final InMemoryRemote server;
    private final long[] aheadMicros;
    private final Map<Token, Envelope.Header> drawn = new HashMap<>();
    private final Map<Born, Set<Long>> lifetimes = new HashMap<>();
    private final Map<Born, List<Long>> confirmed = new HashMap<>();
    private final Map<String, Long> asked = new HashMap<>();
    private final Set<Born> published = new HashSet<>();
    private @Nullable Token tagGeneration;

    /** A value of a key, of which there is no second one. */
    private record Born(String key, SimValue value) {}

    SimStore(SimWorld world, SimHistory history, SimLoads loads, SimOptions options) {
        this.world = world;
        this.history = history;
        this.loads = loads;
        this.options = options;
        this.epochMicros = 1_790_000_000_000_000L + world.random.nextInt(1_000_000_000);
        // Servers that share the keys, whose clocks were never set.
        int parts = world.chance(0.4) ? 3 : 1;
        this.server = new InMemoryRemote(() -> epochMicros + world.now() / 1_000, parts);
        this.aheadMicros = new long[parts];
        for (int part = 1; part < parts; part++) {
            aheadMicros[part] = world.oneOf(-90_000_000, -40_000, 40_000, 90_000_000);
            server.setClockAhead(part, aheadMicros[part]);
        }
    }

    InMemoryRemote server() {
        return server;
    }

    /** The clock of the server that holds a key. */
    private long micros(String key) {
        return epochMicros(key) + world.now() / 1_000;
    }

    private long epochMicros(String key) {
        return epochMicros + aheadMicros[server.partOf(key)];
    }

    @Nullable
    Envelope held(String key) {
        byte[] bytes = server.rawEntry(CACHE, key);
        return bytes == null ? null : Envelope.decode(bytes);
    }

    /** Whether there is a value that every node would take, and will still do so in a while. */
    boolean holdsFresh(String key) {
        return holdsFreshFor(key, 100_000);
    }

    boolean holdsFreshFor(String key, long micros) {
        Envelope envelope = held(key);
        return envelope != null
                && envelope.header().generation().equals(server.generationOf(CACHE))
                && envelope.header().freshUntil() > micros(key) + micros
                && envelope.tags().values().stream().allMatch(generation -> generation.equals(tagGeneration));
    }

    void tagIsIn(Token generation) {
        tagGeneration = generation;
    }

    void wipe() {
        server.wipe();
        tagGeneration = null;
    }

    // ---- claims -------------------------------------------------------------------------------------------------

    /** The store has answered a claim. */
    void claimed(SimNode node, String key, byte[] seen, boolean force, @Nullable Token hadFresh, Claim answer) {
        if (answer instanceof Claim.Found found) {
            Token version = Envelope.decode(found.bytes()).version();
            history.checkFaultless(
                    !version.equals(hadFresh) || history.overtaken(key, world.now()),
                    "P2: node %d claims %s as if it had not seen version %s, which it holds",
                    node.id,
                    key,
                    version);
        } else if (answer instanceof Claim.Granted) {
            boolean early = !force && holdsFresh(key);
            if (early) {
                Envelope held = held(key);
                Envelope.Header header = held.header();
                long lifetime = header.freshUntil() - header.since();
                history.check(
                        Arrays.equals(seen, Envelope.stamp(held.version())),
                        "P2: the store grants node %d an early refresh of %s, of a version that it has not seen",
                        node.id,
                        key);
                history.checkFaultless(
                        header.freshUntil() - micros(key) <= lifetime / 2 + UNCERTAIN_MICROS
                                || history.overtaken(key, world.now()),
                        "P2: node %d rebuilds %s %d us before the end of a life of %d us",
                        node.id,
                        key,
                        header.freshUntil() - micros(key),
                        lifetime);
            }
            loads.granted(node, key, force, early);
        }
    }

    // ---- what is written ----------------------------------------------------------------------------------------

    /** A node sends an entry to the store: P3. */
    void offered(SimNode node, String key, Stored stored) {
        Envelope envelope = Envelope.decode(stored.bytes());
        Envelope.Header header = envelope.header();
        boolean absent = header.has(Envelope.ABSENT);
        SimValue value = absent ? null : SimValue.read(envelope.payload());
        long ttl = absent ? options.negativeTtl() * 1_000 : value.ttl() / 1_000;
        long window = absent ? 0 : options.staleWindow() * 1_000;
        long lifetime = header.freshUntil() - header.since();
        history.check(
                lifetime <= ttl && lifetime >= (1 - options.jitter()) * ttl - 2,
                "P3: node %d stores %s for %d us, with a ttl of %d us",
                node.id,
                key,
                lifetime,
                ttl);
        history.check(
                header.deadAt() - header.freshUntil() == window,
                "P3: node %d stores %s to be stale for %d us",
                node.id,
                key,
                header.deadAt() - header.freshUntil());
        if (value != null) {
            history.check(
                    header.since() <= epochMicros(key) + bornAt(key, value) / 1_000 + 1,
                    "P9: node %d stores %s as if it were younger than it is",
                    node.id,
                    key);
            history.check(
                    value.tagged() == envelope.tags().containsKey(SimValue.TAG),
                    "P5: node %d stores %s with the tags %s",
                    node.id,
                    key,
                    envelope.tags());
            Born born = new Born(key, value);
            Set<Long> drawnSoFar = lifetimes.computeIfAbsent(born, any -> new HashSet<>());
            drawnSoFar.add(lifetime * 1_000);
            history.check(
                    drawnSoFar.size()
                            <= 1 + confirmed.getOrDefault(born, List.of()).size(),
                    "P3: node %d draws the lifetime of %s twice",
                    node.id,
                    key);
        }
        drawn.put(envelope.version(), header);
    }

    /** A load has found that a value is still right: it is as if it was loaded anew. */
    void confirmed(String key, SimValue value) {
        confirmed
                .computeIfAbsent(new Born(key, value), any -> new ArrayList<>())
                .add(world.now());
    }

    /** When a value was last loaded or confirmed. */
    long bornAt(String key, SimValue value) {
        List<Long> times = confirmed.get(new Born(key, value));
        return times == null ? value.bornAt() : times.get(times.size() - 1);
    }

    /** The store has accepted what a load has found. */
    void published(String key, Stored stored) {
        Envelope envelope = Envelope.decode(stored.bytes());
        if (!envelope.header().has(Envelope.ABSENT)) {
            published.add(new Born(key, SimValue.read(envelope.payload())));
        }
    }

    boolean hasPublished(String key, SimValue value) {
        return published.contains(new Born(key, value));
    }

    /** How long a value is fresh: as drawn, else as long as it may be. */
    long lifetime(String key, SimValue value) {
        Born born = new Born(key, value);
        Set<Long> all = lifetimes.getOrDefault(born, Set.of());
        boolean allAreKnown =
                all.size() > confirmed.getOrDefault(born, List.of()).size();
        return allAreKnown ? Collections.max(all) : value.ttl();
    }

    // ---- copies in L1 -------------------------------------------------------------------------------------------

    /** The store has told a node of a version, or has taken it from there. */
    void told(SimNode node, Token version) {
        asked.put(node.id + "/" + version, world.now());
    }

    /** P3: what L1 answers with is as long fresh as the store's copy, and no longer unasked than {@code localTtl}. */
    void hit(SimNode node, String key, Entry<SimValue> entry) {
        Envelope.Header header = drawn.get(entry.version());
        if (header == null) {
            return; // of that node alone
        }
        history.check(
                micros(key) <= header.freshUntil() + (header.freshUntil() - header.since()) / 2_500 + 1,
                "P3: node %d serves %s from L1 %d us longer than the others",
                node.id,
                key,
                micros(key) - header.freshUntil());
        long now = node.nanoTime();
        long lifetime = entry.age(now).toNanos() - entry.staleNanos(now);
        long drawnFor = (header.freshUntil() - header.since()) * 1_000;
        history.check(
                Math.abs(lifetime - drawnFor) <= 2_000,
                "P3: node %d keeps %s for %d us in L1, and the store for %d us",
                node.id,
                key,
                lifetime / 1_000,
                drawnFor / 1_000);
        Long askedAt = asked.get(node.id + "/" + entry.version());
        history.check(
                options.localTtl() == 0
                        || askedAt == null
                        || world.now() - askedAt <= SimWorld.millis(options.localTtl()) + UNCERTAIN_NANOS
                        || !history.isFaultless(),
                "P9: node %d serves %s from L1 longer than localTtl",
                node.id,
                key);
    }
}
