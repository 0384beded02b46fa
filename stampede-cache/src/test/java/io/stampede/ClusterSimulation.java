package io.stampede;

import io.stampede.spi.RemoteConnection;
import io.stampede.testing.InMemoryRemote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * Several nodes of the real core around one store, driven by a seed: clients get, put, invalidate, expire, clear and
 * refresh; the network delays and loses; nodes pause beyond their leases, crash, are cut off; loaders are slow, fail and
 * hang. {@link SimHistory} says after each event whether a promise was broken.
 */
final class ClusterSimulation {

    private static final long LEASE_MILLIS = 400;
    private static final long TIMEOUT_MILLIS = 100;
    private static final long DEADLINE_MILLIS = 3_000;

    private final SimWorld world;
    private final SimHistory history;
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<SimRemote> networks = new ArrayList<>();
    private final List<LoadingClusterCache<String, SimValue>> caches = new ArrayList<>();
    private final Set<String> writing = new HashSet<>();
    private final List<Call> pending = new ArrayList<>();
    private final LongSupplier serverMicros;
    private final InMemoryRemote store;
    private final boolean faults;
    private final int keys;

    private record Call(int node, String what, long at) {}

    /**
     * @param seed decides everything
     * @param breakage wraps the store as a node sees it, to break something on purpose; the identity for none
     */
    ClusterSimulation(long seed, UnaryOperator<RemoteConnection> breakage) {
        world = new SimWorld(seed);
        faults = world.chance(0.6);
        keys = 1 + world.random.nextInt(3);
        long ttlMillis = new long[] {200, 2_000, 60_000}[world.random.nextInt(3)];
        history = new SimHistory(world, SimWorld.millis(ttlMillis), !faults);
        long serverEpochMicros = 1_790_000_000_000_000L + world.random.nextInt(1_000_000_000);
        serverMicros = () -> serverEpochMicros + world.now() / 1_000;
        store = new InMemoryRemote(serverMicros);
        int nodeCount = 2 + world.random.nextInt(3);
        for (int id = 0; id < nodeCount; id++) {
            SimNode node = new SimNode(id, world);
            SimRemote network = new SimRemote(world, node, breakage.apply(store), history);
            network.loss = faults && world.chance(0.3) ? 0.02 : 0;
            nodes.add(node);
            networks.add(network);
            caches.add((LoadingClusterCache<String, SimValue>) StampedeCache.<String, SimValue>builder("sim")
                    .ttl(Duration.ofMillis(ttlMillis))
                    .loaderDeadline(Duration.ofMillis(DEADLINE_MILLIS))
                    .remoteTimeout(Duration.ofMillis(TIMEOUT_MILLIS))
                    .leaseTtl(Duration.ofMillis(LEASE_MILLIS))
                    .earlyRefresh(0)
                    .environment(node)
                    .remote(network, SimValue.CODEC)
                    .build(key -> {
                        throw new IllegalStateException("the simulation loads without blocking");
                    }));
        }
    }

    /** Runs a number of client calls and then lets everything come to rest; throws what was violated. */
    ClusterSimulation run(int calls) {
        long at = 0;
        for (int call = 0; call < calls; call++) {
            at += world.delay(SimWorld.millis(5), SimWorld.millis(400));
            world.at(at, this::anyCall);
        }
        if (faults) {
            planFaults(at);
        }
        runUntil(at);
        rest(at);
        return this;
    }

    private void runUntil(long time) {
        while (world.step(time)) {
            history.verify();
        }
        history.verify();
    }

    private void rest(long from) {
        networks.forEach(network -> network.loss = 0);
        long settled = from + SimWorld.millis(2 * DEADLINE_MILLIS + 4 * LEASE_MILLIS + 10_000);
        runUntil(settled);
        List<SimNode> living = nodes.stream().filter(node -> !node.isCrashed()).toList();
        for (SimNode node : living) {
            history.check(cache(node).busyKeys().isEmpty(), "A flight of node %d never ended", node.id);
        }
        for (int key = 0; key < keys; key++) {
            String name = "k" + key;
            history.shareFloors(living, name);
            living.forEach(node -> checkCoherence(node, name));
            living.forEach(node -> getIfPresent(node, name));
        }
        for (int key = 0; key < keys; key++) {
            history.check(store.leaseOf("sim", "k" + key) == null, "P2: a lease of k%d never ended", key);
        }
        runUntil(settled + SimWorld.millis(10_000));
        pending.removeIf(call -> nodes.get(call.node).isCrashed());
        history.check(pending.isEmpty(), "A call never ended: %s", pending);
        history.check(store.subscriberFailures().isEmpty(), "A subscriber threw: %s", store.subscriberFailures());
        history.verify();
    }

    /**
     * What a node serves without asking is what the store holds. The store may hold nothing: an invalidation that its
     * caller had given up and replayed may arrive late and empty it once more, which costs a load and no more.
     */
    private void checkCoherence(SimNode node, String key) {
        Entry<SimValue> served = cache(node).hit(key);
        byte[] bytes = store.rawEntry("sim", key);
        Envelope held = bytes == null ? null : Envelope.decode(bytes);
        history.check(
                served == null || held == null || held.version().equals(served.version()),
                "P6: node %d would serve version %s of %s from L1, but the store holds %s",
                node.id,
                served == null ? null : served.value.version(),
                key,
                held);
    }

    long traceHash() {
        return world.traceHash();
    }

    long events() {
        return world.eventCount();
    }

    SimHistory history() {
        return history;
    }

    // ---- faults -------------------------------------------------------------------------------------------------

    private void planFaults(long until) {
        int count = world.random.nextInt(6);
        for (int fault = 0; fault < count; fault++) {
            int id = world.random.nextInt(nodes.size());
            SimNode node = nodes.get(id);
            SimRemote network = networks.get(id);
            long at = (long) (world.random.nextDouble() * until);
            long lasting = world.delay(SimWorld.millis(200), SimWorld.millis(3 * LEASE_MILLIS));
            switch (world.random.nextInt(6)) {
                case 0 -> fault(at, "crash", node, node::crash);
                case 1, 2 -> fault(at, "pause", node, () -> node.pause(lasting));
                case 3 -> {
                    fault(at, "cut", node, network::cut);
                    fault(at + lasting, "heal", node, network::heal);
                }
                case 4 -> fault(at, "wipe of the store", node, store::wipe);
                default -> fault(at, "stall", node, () -> network.stall(lasting));
            }
        }
    }

    private void fault(long at, String name, SimNode node, Runnable action) {
        world.at(at, () -> {
            history.log("node %d: %s", node.id, name);
            action.run();
        });
    }

    // ---- clients ------------------------------------------------------------------------------------------------

    private void anyCall() {
        int id = world.random.nextInt(nodes.size());
        SimNode node = nodes.get(id);
        String key = "k" + world.random.nextInt(keys);
        if (node.isCrashed()) {
            return;
        }
        int kind = world.random.nextInt(100);
        node.happen(world.now(), () -> {
            if (kind < 70) {
                get(node, key);
            } else if (kind < 76) {
                getIfPresent(node, key);
            } else if (kind < 82) {
                put(node, key);
            } else if (kind < 91) {
                write(node, key, true);
            } else if (kind < 95) {
                write(node, key, false);
            } else if (kind < 97) {
                clear(node);
            } else {
                refresh(node, key);
            }
        });
    }

    private LoadingClusterCache<String, SimValue> cache(SimNode node) {
        return caches.get(node.id);
    }

    private void get(SimNode node, String key) {
        reading(node, key, history.floor(node, key), cache(node).getAsync(key, k -> load(node, k, false)));
    }

    private void getIfPresent(SimNode node, String key) {
        reading(
                node,
                key,
                history.floor(node, key),
                cache(node).enter(cache(node).detached(key, null, CallOptions.none())));
    }

    /** A refresh shows what has changed in the source without the cache being told, and so do later reads on its node. */
    private void refresh(SimNode node, String key) {
        if (history.isPutting(key) || !writing.add(key)) {
            return;
        }
        long version = history.changeSource(key);
        SimHistory.Span span = history.begin(key);
        CompletableFuture<SimValue> result = cache(node)
                .getAsync(key, k -> load(node, k, true), CallOptions.none().forceFresh());
        reading(node, key, Math.max(version, history.floor(node, key)), result);
        result.whenComplete((value, failure) -> {
            history.end(span);
            writing.remove(key);
        });
        node.onCrash(() -> writing.remove(key));
    }

    private void reading(SimNode node, String key, long floor, CompletableFuture<SimValue> result) {
        long begunAt = world.now();
        long missed = cache(node).isTroubled() ? 0 : history.missedFloor(node, key);
        expect(node, "read of " + key, result).whenComplete((value, failure) -> {
            history.waited(node, key, begunAt);
            if (failure != null) {
                boolean known = failure instanceof SimSourceException
                        || failure instanceof LoadFailedElsewhereException
                        || failure instanceof LoadTimeoutException;
                history.check(known, "P10: a read of %s failed with %s", key, failure);
            } else if (value != null) {
                long proven = cache(node).isTroubled() ? floor : Math.max(floor, missed);
                history.read(node, key, proven, begunAt, value);
            }
        });
    }

    /** Puts may overlap each other, but other writes of the key exclude them, as the row's lock in a database would. */
    private void put(SimNode node, String key) {
        if (writing.contains(key)) {
            return;
        }
        SimValue value = new SimValue(history.putBegins(key), world.now());
        long version = history.putVersion(key);
        SimHistory.Span span = history.begin(key);
        CompletableFuture<WriteResult> result =
                cache(node).writes().put(key, cache(node).remoteKey(key), value, CallOptions.none(), node.executor());
        expect(node, "put of " + key + " = " + value.version(), result).whenComplete((done, failure) -> {
            history.raise(node, key, version);
            history.end(span);
            history.putEnds(key);
        });
        node.onCrash(() -> {
            if (!result.isDone()) {
                // What it had sent may still arrive.
                world.in(SimWorld.millis(2_000), () -> history.putEnds(key));
            }
        });
    }

    private void write(SimNode node, String key, boolean invalidate) {
        if (history.isPutting(key) || !writing.add(key)) {
            return;
        }
        long version = history.changeSource(key);
        SimHistory.Span span = history.begin(key);
        String remoteKey = cache(node).remoteKey(key);
        CompletableFuture<WriteResult> result = invalidate
                ? cache(node).writes().invalidate(key, remoteKey, node.executor())
                : cache(node).writes().expire(key, remoteKey, node.executor());
        expect(node, (invalidate ? "invalidation of " : "expiry of ") + key, result)
                .whenComplete((done, failure) -> {
                    history.raise(node, key, version);
                    history.end(span);
                    writing.remove(key);
                });
        node.onCrash(() -> writing.remove(key));
    }

    private void clear(SimNode node) {
        SimHistory.Span span = history.begin("");
        Map<String, Long> before = new HashMap<>();
        for (int key = 0; key < keys; key++) {
            // A put that is under way may come after the clear, with the version it has.
            if (!history.isPutting("k" + key)) {
                before.put("k" + key, history.sourceVersion("k" + key));
            }
        }
        expect(node, "clear", cache(node).clearAsync()).whenComplete((done, failure) -> {
            before.forEach((key, version) -> history.raise(node, key, version));
            history.end(span);
        });
    }

    private <T> CompletableFuture<T> expect(SimNode node, String call, CompletableFuture<T> result) {
        history.log("node %d: %s", node.id, call);
        Call marker = new Call(node.id, call, world.now());
        pending.add(marker);
        result.whenComplete((value, failure) -> {
            pending.remove(marker);
            history.log("node %d: %s has ended: %s", node.id, call, failure == null ? value : failure);
        });
        return result;
    }

    // ---- the source ---------------------------------------------------------------------------------------------

    private CompletableFuture<SimValue> load(SimNode node, String key, boolean forced) {
        Object load = history.loadStarted(node, key, !forced && storeHoldsFresh(key));
        long version = history.sourceVersion(key); // read at the start, so that a slow load is as old as can be
        CompletableFuture<SimValue> result = new CompletableFuture<>();
        result.whenComplete((value, failure) -> history.loadEnded(key, load));
        boolean hangs = world.chance(0.01);
        long takes = world.delay(SimWorld.millis(20), SimWorld.millis(2 * LEASE_MILLIS));
        int kind = world.random.nextInt(100);
        if (!hangs) {
            node.happen(world.now() + takes, () -> {
                if (kind < 5) {
                    result.completeExceptionally(new SimSourceException());
                } else if (kind < 8) {
                    result.complete(null);
                } else {
                    result.complete(new SimValue(version, world.now()));
                }
            });
        }
        return result;
    }

    /** Whether there is a value in the store that every node would take, and will still do so in a while. */
    private boolean storeHoldsFresh(String key) {
        byte[] bytes = store.rawEntry("sim", key);
        Envelope envelope = bytes == null ? null : Envelope.decode(bytes);
        long later = serverMicros.getAsLong() + 100_000;
        return envelope != null
                && envelope.header().generation().equals(store.generationOf("sim"))
                && envelope.header().freshUntil() > later;
    }

    static final class SimSourceException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SimSourceException() {
            super("the source fails");
        }
    }
}
