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
import java.util.function.Supplier;

/**
 * What has happened in a simulated cluster, seen from outside, and what must therefore be true: the promises P1, P2, P5,
 * P6 and P9 are checked here, each time something happens that could break one.
 */
final class SimHistory {

    /** Longer than any message is under way; a write counts as overlapping a load that began so shortly after it. */
    private static final long SLACK = SimWorld.millis(100);

    private static final int LOG_LINES = Integer.getInteger("stampede.sim.lines", 80);

    /** No version: a write that is not going on. */
    private static final long NONE = -1;

    private final SimWorld world;
    private final long ttlNanos;
    private final boolean faultless;
    private final Map<String, Long> source = new HashMap<>();
    private final Map<String, Long> floors = new HashMap<>();
    private final Map<String, Long> executed = new HashMap<>();
    private final Map<Integer, Map<String, Long>> missed = new HashMap<>();
    private final Map<String, long[]> puts = new HashMap<>();
    private final Map<String, Long> lastActivity = new HashMap<>();
    private final Map<String, List<RunningLoad>> running = new HashMap<>();
    private final List<Span> writes = new ArrayList<>();
    private final Map<Token, Map<String, Long>> clears = new HashMap<>();
    private long executing = NONE;
    private final Deque<Supplier<String>> log = new ArrayDeque<>();
    private final Deque<Long> times = new ArrayDeque<>();
    private String violation;
    long loads;
    long reads;

    SimHistory(SimWorld world, long ttlNanos, boolean faultless) {
        this.world = world;
        this.ttlNanos = ttlNanos;
        this.faultless = faultless;
    }

    private record RunningLoad(int node, long startedAt) {}

    /** A write or refresh, from its call to its return. */
    static final class Span {
        final String key;
        final long begin;
        long end = Long.MAX_VALUE;

        Span(String key, long begin) {
            this.key = key;
            this.begin = begin;
        }
    }

    // ---- the source ---------------------------------------------------------------------------------------------

    long sourceVersion(String key) {
        return source.getOrDefault(key, 0L);
    }

    long changeSource(String key) {
        return source.merge(key, 1L, Long::sum);
    }

    /**
     * A loader begins.
     *
     * @param needless whether the store holds a value that would have done
     */
    Object loadStarted(SimNode node, String key, boolean needless) {
        loads++;
        check(
                !faultless || !needless || overtaken(key, world.now()),
                "P2: node %d loads %s, although the store holds a fresh value",
                node.id,
                key);
        log("node %d loads %s, version %d", node.id, key, sourceVersion(key));
        RunningLoad load = new RunningLoad(node.id, world.now());
        List<RunningLoad> others = running.computeIfAbsent(key, any -> new ArrayList<>());
        long here = others.stream().filter(other -> other.node == node.id).count();
        check(here < 2, "P1: a third load of %s runs on node %d", key, node.id);
        if (faultless) {
            for (RunningLoad other : others) {
                boolean overtaken = writes.stream()
                        .anyMatch(write ->
                                (write.key.equals(key) || write.key.isEmpty()) && write.end >= other.startedAt - SLACK);
                check(overtaken, "P1/P2: %s is loaded on node %d while node %d loads it", key, node.id, other.node);
            }
        }
        others.add(load);
        return load;
    }

    private boolean overtaken(String key, long since) {
        return writes.stream()
                .anyMatch(write -> (write.key.equals(key) || write.key.isEmpty()) && write.end >= since - SLACK);
    }

    void loadEnded(String key, Object load) {
        lastActivity.put(key, world.now());
        running.get(key).remove((RunningLoad) load);
        log("node %d's load of %s has ended", ((RunningLoad) load).node, key);
    }

    // ---- writes -------------------------------------------------------------------------------------------------

    /** A write of a key, or of all keys if it is empty. */
    Span begin(String key) {
        Span span = new Span(key, world.now());
        writes.removeIf(old -> old.end < world.now() - SimWorld.millis(60_000));
        writes.add(span);
        return span;
    }

    void end(Span span) {
        span.end = world.now();
    }

    /** While the store carries out a write, its messages stand for this version of the source. */
    CompletionStage<Receipt> writing(String key, long version, Supplier<CompletionStage<Receipt>> operation) {
        executing = version;
        try {
            return operation.get().thenApply(receipt -> {
                if (receipt.applied()) {
                    executed.merge(key, version, Math::max);
                }
                return receipt;
            });
        } finally {
            executing = NONE;
        }
    }

    /** What the store has carried out so far, by key. */
    Map<String, Long> executed() {
        return new HashMap<>(executed);
    }

    /** The bus of a node is back, and it has not heard of these writes. */
    void missed(SimNode node, Map<String, Long> writes) {
        Map<String, Long> all = missed.computeIfAbsent(node.id, any -> new HashMap<>());
        writes.forEach((key, version) -> all.merge(key, version, Math::max));
    }

    /** P7: what a node has missed counts as heard whenever it can ask L2. */
    long missedFloor(SimNode node, String key) {
        return missed.getOrDefault(node.id, Map.of()).getOrDefault(key, 0L);
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

    void clearing(Token generation) {
        Map<String, Long> before = new HashMap<>(source);
        before.keySet().removeAll(puts.keySet()); // a put that is under way may come after the clear
        clears.putIfAbsent(generation, before);
    }

    /** A node has processed a message: no read that begins there from now on may return anything older. */
    void heard(SimNode node, BusMessage message, long version) {
        log(
                "node %d has heard %s of %s from node %d",
                node.id, message.kind(), message.key(), message.origin().high() - 1);
        // A node's own write counts from its return.
        boolean own = message.origin().high() == node.id + 1;
        if (version != NONE && !own) {
            raise(node, message.key(), version);
        }
        if (message.kind() == BusMessage.Kind.CLEARED) {
            clears.getOrDefault(message.token(), Map.of()).forEach((key, then) -> raise(node, key, then));
        }
    }

    /** A write has returned on a node. */
    void raise(SimNode node, String key, long version) {
        floors.merge(node.id + "/" + key, version, Math::max);
    }

    /** In the end every node must know of everything that any living one has written. */
    void shareFloors(List<SimNode> living, String key) {
        long highest = living.stream().mapToLong(node -> floor(node, key)).max().orElse(0);
        living.forEach(node -> raise(node, key, highest));
    }

    long floor(SimNode node, String key) {
        return floors.getOrDefault(node.id + "/" + key, 0L);
    }

    // ---- reads --------------------------------------------------------------------------------------------------

    /** P2: who has waited for a load is told how it ended; it does not find out by itself, much later. */
    void waited(SimNode node, String key, long begunAt) {
        long since = Math.max(begunAt, lastActivity.getOrDefault(key, 0L));
        for (Span write : writes) {
            if (write.key.equals(key) || write.key.isEmpty()) {
                since = Math.max(since, Math.min(write.end, world.now()));
            }
        }
        check(
                !faultless || world.now() - since <= 2 * SLACK,
                "P2: a read of %s on node %d ended %d ms after the load it had waited for",
                key,
                node.id,
                (world.now() - since) / 1_000_000);
    }

    void read(SimNode node, String key, long floorAtBegin, long begunAt, SimValue value) {
        reads++;
        log("node %d got %s = %d, asked at %d us", node.id, key, value.version(), begunAt / 1_000);
        world.trace(value.version());
        check(
                value.version() >= floorAtBegin,
                "P5/P6: a read of %s on node %d got version %d, although version %d was written before it began",
                key,
                node.id,
                value.version(),
                floorAtBegin);
        // A microsecond for rounding, and 400 ppm between the fastest and the slowest clock.
        long latest = value.bornAt() + ttlNanos + ttlNanos / 2_500 + 1_000;
        check(
                begunAt <= latest,
                "P9: a read of %s on node %d got a value %d ms after its ttl",
                key,
                node.id,
                (begunAt - value.bornAt() - ttlNanos) / 1_000_000);
    }

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

    /** After each event: throws what was violated. */
    void verify() {
        if (violation != null) {
            throw new AssertionError(violation);
        }
    }
}
