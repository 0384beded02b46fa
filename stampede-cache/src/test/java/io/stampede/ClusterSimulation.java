package io.stampede;

import io.stampede.spi.RemoteConnection;
import io.stampede.testing.SimulatedNetwork;
import io.stampede.testing.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Several nodes of the real core around one store, driven by a seed, which also chooses the options: {@link SimClients}
 * read and write in every way there is; the network delays and loses; nodes pause beyond their leases, crash, are cut
 * off; the source is slow, fails and hangs. After each event it is known whether a promise was broken.
 */
final class ClusterSimulation {

    private final Simulation world;
    private final SimOptions options;
    private final SimHistory history;
    private final SimLoads loads;
    private final SimReads reads;
    private final SimStore store;
    private final SimSource source;
    private final SimClients clients;
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<SimulatedNetwork> networks = new ArrayList<>();
    private final boolean faults;
    private final int keys;

    /**
     * @param seed decides everything
     * @param breakage wraps each server as a node sees it, to break something on purpose; the identity for none
     */
    ClusterSimulation(long seed, UnaryOperator<RemoteConnection> breakage) {
        world = new Simulation(seed);
        faults = world.chance(0.6);
        keys = 1 + world.random().nextInt(3);
        options = SimOptions.draw(world);
        history = new SimHistory(world, !faults);
        loads = new SimLoads(world, history, options);
        store = new SimStore(world, history, loads, options, breakage);
        reads = new SimReads(world, history, loads, store, options);
        source = new SimSource(world, history, loads, store, options);
        clients = new SimClients(world, history, loads, reads, source, options, keys);
        int nodeCount = 2 + world.random().nextInt(3);
        for (int id = 0; id < nodeCount; id++) {
            addNode(new SimNode(id, world));
        }
    }

    private void addNode(SimNode node) {
        SimulatedNetwork network = new SimulatedNetwork(world, node, store.primary(0), store.parts());
        network.lose(faults && world.chance(0.3) ? 0.02 : 0);
        network.disorder(faults && world.chance(0.3) ? 0.02 : 0);
        network.whenBack(() -> {
            List<Runnable> told = new ArrayList<>();
            for (int part = 0; part < store.parts(); part++) {
                int place = part;
                Map<String, SimFloor> writes = history.executed(store.place(place, network.server(place)));
                told.add(() -> history.missed(node, place, writes));
            }
            int turns = history.turns(node);
            return () -> {
                if (history.turns(node) == turns) {
                    told.forEach(Runnable::run);
                }
            };
        });
        network.whenLost((part, message) -> history.lost(node, part, message));
        nodes.add(node);
        networks.add(network);
        node.cache = (LoadingClusterCache<String, SimValue>)
                options.apply(StampedeCache.<String, SimValue>builder(SimStore.CACHE))
                        .environment(node)
                        .remote(new SimNodeSide(network, node, store, loads, history), SimValue.CODEC)
                        .build(key -> {
                            throw new IllegalStateException("the simulation loads without blocking");
                        });
    }

    /** Runs a number of client calls and then lets everything come to rest; throws what was violated. */
    ClusterSimulation run(int calls) {
        long at = 0;
        for (int call = 0; call < calls; call++) {
            at += world.delay(Simulation.millis(5), Simulation.millis(400));
            world.at(at, () -> clients.call(nodes.get(world.random().nextInt(nodes.size()))));
        }
        if (faults) {
            planFaults(at);
        }
        if (options.outages()) {
            planOutages(at);
        }
        try {
            runUntil(at);
            rest(at);
        } finally {
            nodes.forEach(SimNode::end);
        }
        return this;
    }

    private void runUntil(long time) {
        while (world.step(time)) {
            nodes.forEach(SimNode::look);
            history.verify();
        }
        history.verify();
    }

    private void rest(long from) {
        networks.forEach(network -> network.lose(0));
        networks.forEach(network -> network.disorder(0));
        long longest = 2 * SimOptions.DEADLINE + 4 * SimOptions.LEASE + options.maxLoadWait() + 10_000;
        long settled = from + Simulation.millis(longest);
        runUntil(settled);
        List<SimNode> living = nodes.stream().filter(node -> !node.isCrashed()).toList();
        living.forEach(this::checkRest);
        for (int key = 0; key < keys; key++) {
            String name = "k" + key;
            history.shareFloors(living, name);
            living.forEach(node -> checkCoherence(node, name));
            living.forEach(node -> clients.getIfPresent(node, name));
        }
        for (int key = 0; key < keys; key++) {
            history.check(!store.isLeased("k" + key) || leaseMayLast("k" + key), "P2: a lease of k%d never ended", key);
        }
        runUntil(settled + Simulation.millis(10_000));
        history.check(
                clients.unanswered().isEmpty() || store.anyClockWasSetBack(),
                "A call never ended: %s",
                clients.unanswered());
        history.check(store.subscriberFailures().isEmpty(), "A subscriber threw: %s", store.subscriberFailures());
        history.verify();
    }

    private void checkRest(SimNode node) {
        history.check(
                node.cache.busyKeys().stream().allMatch(this::leaseMayLast),
                "A flight of node %d never ended",
                node.id);
        LoadPermits permits = node.cache.flights().loads.permits;
        history.check(
                permits.taken() == 0 && permits.inLine() == 0,
                "P3: %d permits of node %d were never given back, and %d loads wait",
                permits.taken(),
                node.id,
                permits.inLine());
    }

    /** A server whose clock was set back takes that much longer to end a lease of before. */
    private boolean leaseMayLast(String key) {
        return store.setBackNanos(key) > 0;
    }

    /**
     * What a node serves without asking is what the store holds. The store may hold nothing: an invalidation that its
     * caller had given up and replayed may arrive late and empty it once more, which costs a load and no more.
     */
    private void checkCoherence(SimNode node, String key) {
        Entry<SimValue> served = node.cache.hit(key);
        Envelope held = store.held(key);
        history.check(
                served == null || held == null || held.version().equals(served.version()),
                "P6: node %d would serve %s of %s from L1, but the store holds %s",
                node.id,
                served == null ? null : served.value,
                key,
                held);
    }

    long traceHash() {
        return world.traceHash();
    }

    long events() {
        return world.eventCount();
    }

    SimLoads loads() {
        return loads;
    }

    SimReads reads() {
        return reads;
    }

    SimClients clients() {
        return clients;
    }

    SimSource source() {
        return source;
    }

    // ---- faults -------------------------------------------------------------------------------------------------

    private void planFaults(long until) {
        int count = world.random().nextInt(6);
        for (int fault = 0; fault < count; fault++) {
            int id = world.random().nextInt(nodes.size());
            SimNode node = nodes.get(id);
            SimulatedNetwork network = networks.get(id);
            long at = (long) (world.random().nextDouble() * until);
            long lasting = world.delay(Simulation.millis(200), Simulation.millis(3 * SimOptions.LEASE));
            switch (world.random().nextInt(11)) {
                case 0 -> fault(at, "node %d crashes", id, node::crash);
                case 1 -> fault(at, "node %d is paused", id, () -> node.pause(lasting));
                case 2 -> fault(at, "node %d is suspended", id, () -> node.suspend(lasting));
                case 3, 4 -> {
                    fault(at, "node %d is cut off", id, network::cut);
                    fault(at + lasting, "node %d can reach the servers again", id, network::heal);
                }
                case 5 ->
                    fault(at, "the store forgets everything", id, () -> {
                        store.wipe();
                        reads.storeWasWiped();
                    });
                case 6 ->
                    fault(at, "nothing moves on the way to the servers for node %d", id, () -> network.stall(lasting));
                case 7 -> {
                    int part = world.random().nextInt(store.parts());
                    long by = world.oneOf(-3_600_000_000L, -300_000, -20_000, 20_000, 300_000, 3_600_000_000L);
                    fault(at, "the clock of part %d is set", part, () -> store.setClock(part, by));
                }
                default -> new SimFailover(world, history, store, nodes, networks).plan(at, lasting);
            }
        }
    }

    private void fault(long at, String what, int which, Runnable action) {
        world.at(at, () -> {
            history.log(what, which);
            action.run();
        });
    }

    private void planOutages(long until) {
        int count = 1 + world.random().nextInt(3);
        for (int outage = 0; outage < count; outage++) {
            long lasting = world.delay(Simulation.millis(300), Simulation.millis(2_000));
            world.at((long) (world.random().nextDouble() * until), () -> {
                history.log("the source fails for %d ms", lasting / 1_000_000);
                source.fail(lasting);
            });
        }
    }
}
