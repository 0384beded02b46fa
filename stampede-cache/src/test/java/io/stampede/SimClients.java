package io.stampede;

import io.stampede.SimReads.Read;
import io.stampede.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The calls of a simulated cluster's clients, any of them on any node, and the writes that they make to the source. */
final class SimClients {

    /** The share of reads among the calls. */
    private static final int READS = 73;

    private final Simulation world;
    private final SimHistory history;
    private final SimLoads loads;
    private final SimReads reads;
    private final SimSource source;
    private final SimOptions options;
    private final int keys;
    private final Set<String> writing = new HashSet<>();
    private final List<Call> pending = new ArrayList<>();
    long nullsPut;

    private record Call(SimNode node, String what, long at) {}

    SimClients(
            Simulation world,
            SimHistory history,
            SimLoads loads,
            SimReads reads,
            SimSource source,
            SimOptions options,
            int keys) {
        this.world = world;
        this.history = history;
        this.loads = loads;
        this.reads = reads;
        this.source = source;
        this.options = options;
        this.keys = keys;
    }

    /** Any call that a client may make. */
    void call(SimNode node) {
        String key = "k" + world.random().nextInt(keys);
        boolean readsOnly = options.quiet() && world.chance(0.9);
        int kind = world.random().nextInt(readsOnly ? READS : 100);
        if (node.isCrashed()) {
            return;
        }
        node.happen(world.now(), () -> {
            if (kind < 58 || (kind < 68 && !options.bulk())) {
                get(node, key);
            } else if (kind < 68) {
                getAll(node);
            } else if (kind < READS) {
                getIfPresent(node, key);
            } else if (kind < 77) {
                put(node, key);
            } else if (kind < 78) {
                allKeys().forEach(each -> put(node, each)); // as putAll does
            } else if (kind < 85) {
                write(node, key, true);
            } else if (kind < 86) {
                allKeys().forEach(each -> write(node, each, true)); // as invalidateAll does
            } else if (kind < 90) {
                write(node, key, false);
            } else if (kind < 92) {
                clear(node);
            } else if (kind < 96 && options.tags()) {
                invalidateTag(node);
            } else if (kind < 96) {
                get(node, key);
            } else {
                refresh(node, key);
            }
        });
    }

    /** Those that have not ended, of nodes that could have ended them. */
    List<?> unanswered() {
        pending.removeIf(call -> call.node.isCrashed());
        return pending;
    }

    private List<String> allKeys() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            all.add("k" + i);
        }
        return all;
    }

    // ---- reads --------------------------------------------------------------------------------------------------

    private void get(SimNode node, String key) {
        CallOptions call = callOptions();
        CompletableFuture<SimValue> reading = reads.read(node, key, source.loader(node, call), call, 0);
        expect(node, "read of " + key, reading);
        if (world.chance(0.02)) {
            node.happen(
                    world.now() + world.delay(Simulation.millis(1), Simulation.millis(50)),
                    () -> cancel(node, key, reading));
        }
    }

    private void cancel(SimNode node, String key, CompletableFuture<SimValue> reading) {
        if (reading.cancel(false)) {
            history.log("node %d: a read of %s is cancelled", node.id, key);
        }
    }

    private CallOptions callOptions() {
        CallOptions call = CallOptions.none();
        if (options.tags() && world.chance(0.25)) {
            call = call.tags(SimValue.TAG);
        }
        if (!options.callOptions()) {
            return call;
        }
        return switch (world.random().nextInt(6)) {
            case 0 -> call.skipLocal();
            case 1 -> call.maxStale(Duration.ofMillis(world.oneOf(0, 50, 1_000)));
            case 2 -> call.ttl(Duration.ofMillis(options.ttl() * 2 / 3));
            default -> call;
        };
    }

    void getIfPresent(SimNode node, String key) {
        expect(node, "look at " + key, reads.read(node, key, null, CallOptions.none(), 0));
    }

    /** As {@link ClusterCache#getAll}, but without a thread that waits. */
    private void getAll(SimNode node) {
        Set<String> missing = new LinkedHashSet<>();
        Map<String, Read> begun = new LinkedHashMap<>();
        for (String key : allKeys()) {
            Read read = reads.begin(node, key);
            Entry<SimValue> hit = node.cache.hit(key);
            if (hit == null) {
                missing.add(key);
                begun.put(key, read);
            } else {
                reads.hitAnswered(read, hit);
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        Executor executor = node.cache.flights().executor();
        Batch<String, SimValue> batch = new Batch<>(node.cache.flights(), source.bulkLoader(node), node.threads());
        Map<String, Caller<String, SimValue>> callers = node.cache.callers(missing, batch, executor);
        node.cache.enter(batch, callers.values());
        callers.forEach((key, caller) ->
                expect(node, "read with others of " + key, reads.follow(begun.get(key), caller, caller.result)));
    }

    /** A refresh shows what has changed in the source without the cache being told. */
    private void refresh(SimNode node, String key) {
        if (history.isPutting(key) || !writing.add(key)) {
            return;
        }
        long version = history.changeSource(key);
        SimHistory.Span span = history.begin(key);
        CallOptions call = callOptions().forceFresh();
        expect(node, "refresh of " + key, reads.read(node, key, source.loader(node, call), call, version))
                .whenComplete((value, failure) -> {
                    history.end(span);
                    writing.remove(key);
                });
        node.onCrash(() -> writing.remove(key));
    }

    // ---- writes -------------------------------------------------------------------------------------------------

    /** Puts may overlap each other, but other writes of the key exclude them, as the row's lock in a database would. */
    private void put(SimNode node, String key) {
        if (writing.contains(key)) {
            return;
        }
        boolean absent = world.chance(0.15);
        boolean tagged = options.tags() && world.chance(0.5);
        CallOptions call = tagged ? CallOptions.none().tags(SimValue.TAG) : CallOptions.none();
        // A null has no ttl of its own, so that its reads are judged by the one that all nulls have.
        long ttl = options.callOptions() && world.chance(0.3) && !absent ? options.ttl() / 2 : options.ttl();
        call = ttl == options.ttl() ? call : call.ttl(Duration.ofMillis(ttl));
        long own = history.putBegins(key);
        SimValue value = absent ? null : new SimValue(own, world.now(), Simulation.millis(ttl), tagged);
        if (absent) {
            nullsPut++;
            loads.absent(key, own);
        }
        long version = history.putVersion(key);
        SimHistory.Span span = history.begin(key);
        loads.recovered(node, key);
        CompletableFuture<WriteResult> result =
                node.cache.writes().put(key, node.cache.remoteKey(key), value, call, node.executor());
        expect(node, "put of " + key + " = " + (absent ? "none, " : "") + own, result)
                .whenComplete((done, failure) -> {
                    history.raise(node, key, SimFloor.written(version));
                    history.end(span);
                    history.putEnds(key);
                });
        node.onCrash(() -> {
            if (!result.isDone()) {
                // What it had sent may still arrive.
                world.in(Simulation.millis(2_000), () -> history.putEnds(key));
            }
        });
    }

    private void write(SimNode node, String key, boolean invalidate) {
        if (history.isPutting(key) || !writing.add(key)) {
            return;
        }
        long version = history.changeSource(key);
        SimHistory.Span span = history.begin(key);
        String remoteKey = node.cache.remoteKey(key);
        CompletableFuture<WriteResult> result = invalidate
                ? node.cache.writes().invalidate(key, remoteKey, node.executor())
                : node.cache.writes().expire(key, remoteKey, node.executor());
        expect(node, (invalidate ? "invalidation of " : "expiry of ") + key, result)
                .whenComplete((done, failure) -> {
                    history.raise(node, key, invalidate ? SimFloor.written(version) : SimFloor.expired(version));
                    history.end(span);
                    writing.remove(key);
                });
        node.onCrash(() -> writing.remove(key));
    }

    private void clear(SimNode node) {
        SimHistory.Span span = history.begin(SimHistory.ALL);
        Map<String, SimFloor> before = new HashMap<>();
        for (String key : keysNotBeingPut()) {
            before.put(key, SimFloor.written(history.sourceVersion(key)));
        }
        expect(node, "clear", node.cache.clearAsync()).whenComplete((done, failure) -> {
            before.forEach((key, floor) -> history.raise(node, key, floor));
            history.end(span);
        });
    }

    /** Something has changed that concerns all values with the tag. */
    private void invalidateTag(SimNode node) {
        SimHistory.Span span = history.begin(SimHistory.TAGGED);
        Map<String, SimFloor> before = new HashMap<>();
        for (String key : keysNotBeingPut()) {
            before.put(key, SimFloor.tagInvalidated(history.changeSource(key)));
        }
        CompletableFuture<WriteResult> result = node.cache.writes().invalidateTag(SimValue.TAG, node.executor());
        expect(node, "invalidation by tag", result).whenComplete((done, failure) -> {
            before.forEach((key, floor) -> history.raise(node, key, floor));
            history.end(span);
        });
    }

    /** A put that is under way may come after a write of all, with the version it has. */
    private List<String> keysNotBeingPut() {
        List<String> all = allKeys();
        all.removeIf(history::isPutting);
        return all;
    }

    private <T> CompletableFuture<T> expect(SimNode node, String what, CompletableFuture<T> result) {
        history.log("node %d: %s", node.id, what);
        Call marker = new Call(node, what, world.now());
        pending.add(marker);
        result.whenComplete((value, failure) -> {
            pending.remove(marker);
            history.log("node %d: %s has ended: %s", node.id, what, failure == null ? value : failure);
        });
        return result;
    }
}
