package io.stampede;

import io.stampede.spi.BusMessage;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.Token;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * What has happened in a simulated cluster, seen from outside: what was written, and who knows of it. Here is also where
 * all find out that a promise was broken.
 */
final class SimHistory {

    /** Longer than any message is under way; a write counts as overlapping a load that began so shortly after it. */
    static final long SLACK = SimWorld.millis(100);

    private static final int LOG_LINES = Integer.getInteger("stampede.sim.lines", 80);

    /** No version: a write that is not going on. */
    private static final long NONE = -1;

    private final SimWorld world;
    private final boolean faultless;
    private final Map<String, Long> source = new HashMap<>();
    private final Map<String, SimFloor> floors = new HashMap<>();
    private final Map<String, SimFloor> executed = new HashMap<>();
    private final Map<Integer, Map<String, SimFloor>> missed = new HashMap<>();
    private final Map<String, long[]> puts = new HashMap<>();
    private final List<Span> writes = new ArrayList<>();
    private final Map<Token, Map<String, SimFloor>> wide = new HashMap<>();
    private long executing = NONE;
    private final Deque<Supplier<String>> log = new ArrayDeque<>();
    private final Deque<Long> times = new ArrayDeque<>();
    private String violation;

    SimHistory(SimWorld world, boolean faultless) {
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
        writes.removeIf(old -> old.end < world.now() - SimWorld.millis(60_000));
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

    /** While the store carries out a write, its messages stand for this version of the source. */
    CompletionStage<Receipt> writing(
            String key, long version, LongFunction<SimFloor> kind, Supplier<CompletionStage<Receipt>> operation) {
        executing = version;
        try {
            return operation.get().thenApply(receipt -> {
                if (receipt.applied()) {
                    executed.merge(key, kind.apply(version), SimFloor::and);
                }
                return receipt;
            });
        } finally {
            executing = NONE;
        }
    }

    /** What the store has carried out so far, by key. */
    Map<String, SimFloor> executed() {
        return new HashMap<>(executed);
    }

    /** The bus of a node is back, and it has not heard of these writes. */
    void missed(SimNode node, Map<String, SimFloor> writes) {
        Map<String, SimFloor> all = missed.computeIfAbsent(node.id, any -> new HashMap<>());
        writes.forEach((key, floor) -> all.merge(key, floor, SimFloor::and));
    }

    /** P7: what a node has missed counts as heard whenever it can ask L2. */
    SimFloor missedFloor(SimNode node, String key) {
        return missed.getOrDefault(node.id, Map.of()).getOrDefault(key, SimFloor.NONE);
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

    long versionBehind(BusMessage message) {
        return switch (message.kind()) {
            case PUT, INVALIDATED, EXPIRED -> executing;
            default -> NONE;
        };
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

    /** The store has carried out an invalidation of the tag. */
    void tagInvalidated(Map<String, SimFloor> meaning) {
        meaning.forEach((key, floor) -> executed.merge(key, floor, SimFloor::and));
    }

    /** A node has processed a message: no read that begins there from now on may return anything older. */
    void heard(SimNode node, BusMessage message, long version) {
        log(
                "node %d has heard %s of %s from node %d",
                node.id, message.kind(), message.key(), message.origin().high() - 1);
        // A node's own write counts from its return.
        boolean own = message.origin().high() == node.id + 1;
        if (version != NONE && !own) {
            raise(
                    node,
                    message.key(),
                    message.kind() == BusMessage.Kind.EXPIRED ? SimFloor.expired(version) : SimFloor.written(version));
        }
        wide.getOrDefault(message.token(), Map.of()).forEach((key, floor) -> raise(node, key, floor));
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

    SimFloor floor(SimNode node, String key) {
        return floors.getOrDefault(node.id + "/" + key, SimFloor.NONE);
    }

    // ---- what was broken ----------------------------------------------------------------------------------------

    /** What happened, for whoever has to understand a violation. */
    void log(String what, Object... args) {
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
