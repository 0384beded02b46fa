package io.stampede;

import io.stampede.spi.BusMessage;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.Token;
import io.stampede.testing.Simulation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has happened in a simulated cluster, seen from outside: what was written, and who knows of it. Here is also where
 * all find out that a promise was broken.
 */
final class SimHistory {

    /** Longer than any message is under way; a write counts as overlapping a load that began so shortly after it. */
    static final long SLACK = Simulation.millis(100);

    private static final int LOG_LINES = Integer.getInteger("stampede.sim.lines", 80);

    /** No version: a write that is not going on. */
    private static final long NONE = -1;

    private final Simulation world;
    private final boolean faultless;
    private final Map<String, Long> source = new HashMap<>();
    private final Map<String, SimFloor> floors = new HashMap<>();
    private final Map<Place, Map<String, SimFloor>> executed = new HashMap<>();
    private final Map<Place, Map<String, SimFloor>> inherited = new HashMap<>();
    private final Map<Ear, Map<String, SimFloor>> heard = new HashMap<>();
    private final Map<Ear, Map<String, SimFloor>> missed = new HashMap<>();
    private final Map<Ear, List<Gap>> lost = new HashMap<>();
    private final Map<Integer, Integer> turns = new HashMap<>();
    private final Map<Integer, Long> lastTurns = new HashMap<>();
    private final Map<String, long[]> puts = new HashMap<>();
    private final List<Span> writes = new ArrayList<>();
    private final Map<Token, Map<String, SimFloor>> wide = new HashMap<>();
    private final Map<Token, Long> versionsPut = new HashMap<>();
    private final Map<BusMessage, SimFloor> meanings = new IdentityHashMap<>();
    private @Nullable SimFloor executing;
    private final Deque<Supplier<String>> log = new ArrayDeque<>();
    private final Deque<Long> times = new ArrayDeque<>();
    private String violation;

    SimHistory(Simulation world, boolean faultless) {
        this.world = world;
        this.faultless = faultless;
    }

    /** Whether the store always answers, and no node is paused or ends. */
    boolean isFaultless() {
        return faultless;
    }

    /** A write or refresh, from its call to its return. */
    static final class Span {
        final String key;
        final long begin;
        long end = Long.MAX_VALUE;

        Span(String key, long begin) {
            this.key = key;
            this.begin = begin;
        }

        private boolean concerns(String other) {
            return key.equals(other) || key.equals(ALL);
        }
    }

    /** In the place of a key: a write of all. */
    static final String ALL = "";

    /** In the place of a key: an invalidation of the tag. */
    static final String TAGGED = "tag";

    // ---- the source ---------------------------------------------------------------------------------------------

    long sourceVersion(String key) {
        return source.getOrDefault(key, 0L);
    }

    long changeSource(String key) {
        return source.merge(key, 1L, Long::sum);
    }

    // ---- writes -------------------------------------------------------------------------------------------------

    /** A write of a key, or of {@link #ALL}, or of those that are {@link #TAGGED}. */
    Span begin(String key) {
        Span span = new Span(key, world.now());
        writes.removeIf(old -> old.end < world.now() - Simulation.millis(60_000));
        writes.add(span);
        return span;
    }

    void end(Span span) {
        span.end = world.now();
    }

    /** Whether a write of the key was going on after that time, or shortly before. */
    boolean overtaken(String key, long since) {
        return writes.stream().anyMatch(write -> write.concerns(key) && write.end >= since - SLACK);
    }

    boolean tagInvalidatedSince(long since) {
        return writes.stream().anyMatch(write -> write.key.equals(TAGGED) && write.end >= since - SLACK);
    }

    /** When the last write of the key, or of the tag, has ended; now if one is going on. */
    long lastWrite(String key) {
        return writes.stream()
                .filter(write -> write.concerns(key) || write.key.equals(TAGGED))
                .mapToLong(write -> Math.min(write.end, world.now()))
                .max()
                .orElse(0);
    }

    /** A part of a server: it knows what was written there, and nothing else. */
    record Place(int server, int part) {}

    /** How a node hears of a part. */
    private record Ear(int node, int part) {}

    /** While a server carries out a write of a key, its messages mean this. */
    CompletionStage<Receipt> writing(
            Place place, String key, SimFloor meaning, Supplier<CompletionStage<Receipt>> operation) {
        executing = meaning;
        try {
            return operation.get().thenApply(receipt -> {
                if (receipt.applied()) {
                    at(executed, place).merge(key, meaning, SimFloor::and);
                }
                return receipt;
            });
        } finally {
            executing = null;
        }
    }

    /** A server tells of something that it is doing. */
    void told(BusMessage message) {
        SimFloor meaning = executing;
        if (meaning != null) {
            meanings.put(message, meaning);
        }
    }

    /** What a part of a server has carried out so far, by key. */
    Map<String, SimFloor> executed(Place place) {
        return new HashMap<>(at(executed, place));
    }

    /** The bus of a node is back, and it has not heard of these writes. */
    void missed(SimNode node, int part, Map<String, SimFloor> writes) {
        Map<String, SimFloor> all = at(missed, new Ear(node.id, part));
        writes.forEach((key, floor) -> all.merge(key, floor, SimFloor::and));
    }

    /** P7: what a node has missed counts as heard whenever it can ask L2. */
    SimFloor missedFloor(SimNode node, String key) {
        return ofAllParts(missed, node, key);
    }

    private static SimFloor ofAllParts(Map<Ear, Map<String, SimFloor>> floors, SimNode node, String key) {
        SimFloor all = SimFloor.NONE;
        for (Map.Entry<Ear, Map<String, SimFloor>> each : floors.entrySet()) {
            if (each.getKey().node() == node.id) {
                all = all.and(each.getValue().getOrDefault(key, SimFloor.NONE));
            }
        }
        return all;
    }

    private static <P> Map<String, SimFloor> at(Map<P, Map<String, SimFloor>> floors, P place) {
        return floors.computeIfAbsent(place, any -> new HashMap<>());
    }

    // ---- servers that take over -----------------------------------------------------------------------------------

    /** A replica has heard of all that the primary has done so far, and of nothing that it does from now on. */
    void replicated(Place primary, Place replica) {
        executed.put(replica, executed(primary));
        inherited.put(replica, executed(primary));
    }

    /**
     * From now on a node asks another server. What others have written and the new server has not heard of, nobody can
     * tell the node; whoever wrote it knows, and tells the new server.
     */
    void led(SimNode node, int part, Place to) {
        Ear ear = new Ear(node.id, part);
        at(heard, ear).replaceAll((key, floor) -> floor.least(at(inherited, to).getOrDefault(key, SimFloor.NONE)));
        at(missed, ear).replaceAll((key, floor) -> floor.least(at(inherited, to).getOrDefault(key, SimFloor.NONE)));
        lost.remove(ear);
        turns.merge(node.id, 1, Integer::sum);
        lastTurns.put(node.id, world.now());
    }

    /** How often a node was led to another server. */
    int turns(SimNode node) {
        return turns.getOrDefault(node.id, 0);
    }

    /** When that was last. */
    long lastTurn(SimNode node) {
        return lastTurns.getOrDefault(node.id, Long.MIN_VALUE);
    }

    // Puts of one key that overlap may be carried out in any order: together they stand for the oldest of their
    // versions.

    /** A put begins; the version it puts. */
    long putBegins(String key) {
        long version = changeSource(key);
        puts.computeIfAbsent(key, any -> new long[] {version, 0})[1]++;
        return version;
    }

    /** The version that a put of the key stands for. */
    long putVersion(String key) {
        long[] group = puts.get(key);
        return group == null ? NONE : group[0];
    }

    /** The oldest version that may still be in the store after a write that is sent now: puts may be under way. */
    long oldestVersion(String key) {
        return isPutting(key) ? putVersion(key) : sourceVersion(key);
    }

    void putEnds(String key) {
        long[] group = puts.get(key);
        if (--group[1] == 0) {
            puts.remove(key);
        }
    }

    boolean isPutting(String key) {
        return puts.containsKey(key);
    }

    /** A node sends what it puts. */
    void putting(String key, Token version) {
        versionsPut.put(version, putVersion(key));
    }

    long versionPut(Token version) {
        return versionsPut.getOrDefault(version, NONE);
    }

    /** A clear is sent: what it will mean to whoever hears of it. */
    void clearing(Token generation) {
        wide.putIfAbsent(generation, floors(SimFloor::written));
    }

    /** An invalidation of the tag is sent. */
    Map<String, SimFloor> tagInvalidating(Token generation) {
        return wide.computeIfAbsent(generation, same -> floors(SimFloor::tagInvalidated));
    }

    /** Of all keys as the source has them now; except those being put, for a put under way may come after this. */
    private Map<String, SimFloor> floors(LongFunction<SimFloor> kind) {
        Map<String, SimFloor> all = new HashMap<>();
        source.forEach((key, version) -> all.put(key, kind.apply(version)));
        all.keySet().removeAll(puts.keySet());
        return all;
    }

    /** A server has carried out an invalidation of the tag. */
    void tagInvalidated(Place place, Map<String, SimFloor> meaning) {
        meaning.forEach((key, floor) -> at(executed, place).merge(key, floor, SimFloor::and));
    }

    /** A node has processed a message: no read that begins there from now on may return anything older. */
    void heard(SimNode node, int part, BusMessage message) {
        log(
                "node %d has heard %s of %s from node %d",
                node.id, message.kind(), message.key(), SimNode.idOf(message.origin()));
        Map<String, SimFloor> floors = at(heard, new Ear(node.id, part));
        SimFloor meaning = meanings.get(message);
        // A node's own write counts from its return.
        if (meaning != null && SimNode.idOf(message.origin()) != node.id) {
            floors.merge(message.key(), meaning, SimFloor::and);
        }
        wide.getOrDefault(message.token(), Map.of()).forEach((key, floor) -> floors.merge(key, floor, SimFloor::and));
        List<Gap> gaps = lost.getOrDefault(new Ear(node.id, part), new ArrayList<>());
        gaps.stream().filter(gap -> gap.sequence < message.sequence()).forEach(gap -> missed(node, part, gap.writes));
        gaps.removeIf(gap -> gap.sequence < message.sequence());
    }

    /** What a message stood for that did not come, and its number. */
    private record Gap(long sequence, Map<String, SimFloor> writes) {}

    /** A message did not come to a node, which can tell by the number of the next one. */
    void lost(SimNode node, int part, BusMessage message) {
        log("node %d will not hear %s of %s", node.id, message.kind(), message.key());
        Map<String, SimFloor> writes = new HashMap<>();
        SimFloor meaning = meanings.get(message);
        if (meaning != null && SimNode.idOf(message.origin()) != node.id) {
            writes.put(message.key(), meaning);
        }
        wide.getOrDefault(message.token(), Map.of()).forEach((key, floor) -> writes.merge(key, floor, SimFloor::and));
        lost.computeIfAbsent(new Ear(node.id, part), any -> new ArrayList<>()).add(new Gap(message.sequence(), writes));
    }

    /** A write has returned on a node. */
    void raise(SimNode node, String key, SimFloor floor) {
        floors.merge(node.id + "/" + key, floor, SimFloor::and);
    }

    /** In the end every node must know of everything that any living one has written. */
    void shareFloors(List<SimNode> living, String key) {
        SimFloor highest = living.stream().map(node -> floor(node, key)).reduce(SimFloor.NONE, SimFloor::and);
        living.forEach(node -> raise(node, key, highest));
    }

    /** What a node knows of. */
    SimFloor floor(SimNode node, String key) {
        return ownFloor(node, key).and(ofAllParts(heard, node, key));
    }

    /** What a node has written itself. */
    SimFloor ownFloor(SimNode node, String key) {
        return floors.getOrDefault(node.id + "/" + key, SimFloor.NONE);
    }

    // ---- what was broken ----------------------------------------------------------------------------------------

    /** What happened, for whoever has to understand a violation. */
    void log(String what, Object... args) {
        world.trace(what.hashCode());
        for (Object arg : args) {
            if (arg instanceof Number || arg instanceof String || arg instanceof SimValue) {
                world.trace(arg.hashCode()); // others' differ from one virtual machine to another
            }
        }
        if (log.size() == LOG_LINES) {
            log.removeFirst();
        }
        log.add(() -> String.format(what, args));
        times.add(world.now() / 1_000);
        if (times.size() > LOG_LINES) {
            times.removeFirst();
        }
    }

    private String lastLines() {
        StringBuilder lines = new StringBuilder();
        Iterator<Long> time = times.iterator();
        log.forEach(line -> lines.append(String.format("%n%10d us  %s", time.next(), line.get())));
        return lines.toString();
    }

    /** Remembers the first violation: an exception here could get lost in the future whose callback this is. */
    void check(boolean holds, String message, Object... args) {
        if (!holds && violation == null) {
            violation = String.format(message, args) + " (at " + world.now() / 1_000 + " us)" + lastLines();
        }
    }

    /** As {@link #check}, for what is promised only while the store answers. */
    void checkFaultless(boolean holds, String message, Object... args) {
        check(!faultless || holds, message, args);
    }

    /** After each event: throws what was violated. */
    void verify() {
        if (violation != null) {
            throw new AssertionError(violation);
        }
    }
}
