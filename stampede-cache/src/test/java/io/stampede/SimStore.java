package io.stampede;

import io.stampede.spi.BusMessage;
import io.stampede.spi.Claim;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import io.stampede.testing.InMemoryRemote;
import io.stampede.testing.SimulatedServer;
import io.stampede.testing.Simulation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The store of a simulated cluster as it really is, and what must be true of all that is written to it: P3, and of the
 * claims that it grants: P2.
 */
final class SimStore {

    static final String CACHE = "sim";

    /** How much earlier than it really ends a node may see the end of a life: what its clock is uncertain by. */
    private static final long UNCERTAIN_MICROS = 60_000;

    /** What is fresh for so long is so for every node, whatever its clock. */
    private static final long SURELY_MICROS = 100_000;

    /** How late a node may notice that it has asked: the reply waits for its turn, and perhaps for a tag. */
    private static final long UNCERTAIN_NANOS = Simulation.millis(100);

    private final Simulation world;
    private final SimHistory history;
    private final SimLoads loads;
    private final SimOptions options;
    private final long epochMicros;
    private final SimulatedServer[] primaries;
    private final Map<InMemoryRemote, Server> servers = new LinkedHashMap<>();

    /** For each part, by how much its clock differs from true time, and how it was set forward and back so far. */
    private final long[] aheadMicros;

    private final long[] setForward;
    private final long[] setBack;
    private final Map<Token, Token> freshAtClaim = new HashMap<>();
    private final Map<Token, Envelope.Header> drawn = new HashMap<>();
    private final Map<Born, Set<Long>> lifetimes = new HashMap<>();
    private final Map<Born, List<Long>> confirmed = new HashMap<>();
    private final Map<String, Long> asked = new HashMap<>();
    private final Set<Born> published = new HashSet<>();

    /** What is known of a server, of which there is one more each time one takes over. */
    static final class Server {
        private final int number;
        private final InMemoryRemote memory;
        private @Nullable Token tagGeneration;

        private Server(int number, InMemoryRemote memory) {
            this.number = number;
            this.memory = memory;
        }

        int number() {
            return number;
        }

        SimHistory.Place place(int part) {
            return new SimHistory.Place(number, part);
        }

        void tagIsIn(Token generation) {
            tagGeneration = generation;
        }
    }

    /** A value of a key, of which there is no second one. */
    private record Born(String key, SimValue value) {}

    /**
     * One server, or several that share the keys.
     *
     * @param breakage wraps each server as a node sees it, to break something on purpose; the identity for none
     */
    SimStore(
            Simulation world,
            SimHistory history,
            SimLoads loads,
            SimOptions options,
            UnaryOperator<RemoteConnection> breakage) {
        this.world = world;
        this.history = history;
        this.loads = loads;
        this.options = options;
        this.epochMicros = 1_790_000_000_000_000L + world.random().nextInt(1_000_000_000);
        int parts = world.chance(0.4) ? 3 : 1;
        InMemoryRemote first = new InMemoryRemote(() -> epochMicros + world.now() / 1_000, parts);
        this.primaries = new SimulatedServer[parts];
        this.aheadMicros = new long[parts];
        this.setForward = new long[parts];
        this.setBack = new long[parts];
        Arrays.fill(
                primaries,
                new SimulatedServer(
                        first,
                        memory -> new SimServerSide(
                                breakage.apply((RemoteConnection) memory),
                                seen((InMemoryRemote) memory),
                                this,
                                history)));
        for (int part = 1; part < parts; part++) {
            // The clocks of servers that share the keys were never set.
            aheadMicros[part] = world.oneOf(-90_000_000, -40_000, 40_000, 90_000_000);
            first.setClockAhead(part, aheadMicros[part]);
        }
    }

    private Server seen(InMemoryRemote memory) {
        return servers.computeIfAbsent(memory, each -> new Server(servers.size() + 1, each));
    }

    int parts() {
        return primaries.length;
    }

    /** The newest server of a part. */
    SimulatedServer primary(int part) {
        return primaries[part];
    }

    int partOf(BusMessage message) {
        return message.kind() == BusMessage.Kind.CLEARED ? 0 : partOf(message.key());
    }

    private int partOf(String keyOrTag) {
        return primaries[0].memory().partOf(keyOrTag);
    }

    private InMemoryRemote memory(String keyOrTag) {
        return primaries[partOf(keyOrTag)].memory();
    }

    /** The clock of the server that holds a key. */
    private long micros(String key) {
        return epochMicros(key) + world.now() / 1_000;
    }

    private long epochMicros(String key) {
        return epochMicros + aheadMicros[partOf(key)];
    }

    /** By how much the clock that a key lives by was set back so far: so much longer than it should it may live. */
    long setBackNanos(String key) {
        return setBack[partOf(key)] * 1_000;
    }

    boolean anyClockWasSetBack() {
        return Arrays.stream(setBack).anyMatch(micros -> micros > 0);
    }

    /** By how much it was set so far, either way. */
    private long setNanos(String key) {
        return setForwardMicros(key) * 1_000 + setBackNanos(key);
    }

    /** Then the store's copy has a shorter life, too. */
    private boolean mayBeServedExpired(SimNode node, String key) {
        return node.stoodStill() > 0 || setBackNanos(key) > 0;
    }

    private long setForwardMicros(String key) {
        return setForward[partOf(key)];
    }

    @Nullable
    Envelope held(String key) {
        return held(memory(key), key);
    }

    private static @Nullable Envelope held(InMemoryRemote memory, String key) {
        byte[] bytes = memory.rawEntry(CACHE, key);
        return bytes == null ? null : Envelope.decode(bytes);
    }

    boolean isLeased(String key) {
        return memory(key).leaseOf(CACHE, key) != null;
    }

    List<Throwable> subscriberFailures() {
        return servers.keySet().stream()
                .flatMap(memory -> memory.subscriberFailures().stream())
                .toList();
    }

    // ---- faults -------------------------------------------------------------------------------------------------

    /** From now on there is a replica that does not hear of what is written to a part. */
    SimulatedServer replica(int part) {
        Server primary = seen(primaries[part].memory());
        SimulatedServer replica = primaries[part].replica();
        Server copy = seen(replica.memory());
        copy.tagGeneration = primary.tagGeneration;
        history.replicated(primary.place(part), copy.place(part));
        return replica;
    }

    /** A replica takes over, on a machine whose clock may be another one. */
    void promote(int part, SimulatedServer replica) {
        primaries[part] = replica;
        replica.memory().setClockAhead(part, aheadMicros[part]);
    }

    SimHistory.Place place(int part, SimulatedServer server) {
        return seen(server.memory()).place(part);
    }

    /** Somebody sets the clock of a part's server. */
    void setClock(int part, long byMicros) {
        aheadMicros[part] += byMicros;
        setForward[part] += Math.max(0, byMicros);
        setBack[part] += Math.max(0, -byMicros);
        primaries[part].memory().setClockAhead(part, aheadMicros[part]);
    }

    /** Everything is forgotten, on all servers. */
    void wipe() {
        for (SimulatedServer primary : primaries) {
            primary.memory().wipe();
            seen(primary.memory()).tagGeneration = null;
        }
    }

    // ---- what it holds ------------------------------------------------------------------------------------------

    /** Whether there is a value that every node would take, and will still do so in a while. */
    boolean holdsFresh(String key) {
        return holdsFreshFor(key, SURELY_MICROS);
    }

    boolean holdsFreshFor(String key, long micros) {
        return isFreshFor(held(key), key, micros);
    }

    private boolean isFreshFor(@Nullable Envelope envelope, String key, long micros) {
        Token tagGeneration = seen(memory(SimValue.TAG)).tagGeneration;
        return envelope != null
                && envelope.header().generation().equals(primaries[0].memory().generationOf(CACHE))
                && envelope.header().freshUntil() > micros(key) + micros
                && envelope.tags().values().stream().allMatch(generation -> generation.equals(tagGeneration));
    }

    // ---- claims -------------------------------------------------------------------------------------------------

    /** A node claims a key. */
    void claiming(SimNode node, String key, Token lease) {
        Entry<SimValue> held = node.held(key);
        freshAtClaim.put(lease, held != null && held.isFresh(node.nanoTime()) ? held.version() : Token.NONE);
    }

    /** A server has answered a claim. */
    void claimed(Server server, int node, String key, byte[] seen, Token lease, boolean force, Claim answer) {
        if (answer instanceof Claim.Found found) {
            Token version = Envelope.decode(found.bytes()).version();
            history.checkFaultless(
                    !version.equals(freshAtClaim.get(lease)) || history.overtaken(key, world.now()),
                    "P2: node %d claims %s as if it had not seen version %s, which it holds",
                    node,
                    key,
                    version);
        } else if (answer instanceof Claim.Granted) {
            Envelope held = held(server.memory, key);
            boolean early = !force && isFreshFor(held, key, SURELY_MICROS);
            if (early) {
                Envelope.Header header = held.header();
                long lifetime = header.freshUntil() - header.since();
                history.check(
                        Arrays.equals(seen, Envelope.stamp(held.version())),
                        "P2: the store grants node %d an early refresh of %s, of a version that it has not seen",
                        node,
                        key);
                history.checkFaultless(
                        header.freshUntil() - micros(key) <= lifetime / 2 + UNCERTAIN_MICROS
                                || history.overtaken(key, world.now()),
                        "P2: node %d rebuilds %s %d us before the end of a life of %d us",
                        node,
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
                    header.since() <= epochMicros(key) + bornAt(key, value) / 1_000 + setBackNanos(key) / 1_000 + 1,
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
        history.check(
                asked.containsKey(node.id + "/" + entry.version()),
                "P1/P5: node %d serves %s from L1 as if the store had it, which has never said so",
                node.id,
                key);
        if (header == null) {
            return; // of that node alone
        }
        history.check(
                micros(key)
                        <= header.freshUntil()
                                + (header.freshUntil() - header.since()) / 2_500
                                + setForwardMicros(key)
                                + node.stoodStill() / 1_000
                                + 1,
                "P3: node %d serves %s from L1 %d us longer than the others",
                node.id,
                key,
                micros(key) - header.freshUntil());
        long now = node.nanoTime();
        long lifetime = entry.age(now).toNanos() - entry.staleNanos(now);
        long drawnFor = (header.freshUntil() - header.since()) * 1_000;
        history.check(
                lifetime - drawnFor <= 2_000 + setNanos(key) + node.stoodStill()
                        && (drawnFor - lifetime <= 2_000 + setNanos(key) || mayBeServedExpired(node, key)),
                "P3: node %d keeps %s for %d us in L1, and the store for %d us",
                node.id,
                key,
                lifetime / 1_000,
                drawnFor / 1_000);
        Long askedAt = asked.get(node.id + "/" + entry.version());
        history.check(
                options.localTtl() == 0
                        || askedAt == null
                        || world.now() - askedAt <= Simulation.millis(options.localTtl()) + UNCERTAIN_NANOS
                        || !history.isFaultless(),
                "P9: node %d serves %s from L1 longer than localTtl",
                node.id,
                key);
    }
}
