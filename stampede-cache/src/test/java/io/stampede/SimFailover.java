package io.stampede;

import io.stampede.testing.SimulatedNetwork;
import io.stampede.testing.SimulatedServer;
import io.stampede.testing.Simulation;
import java.util.List;

/**
 * A part of a simulated cluster's keys gets another server, a replica that has not heard of the last writes: because the
 * primary has died, or because it only seems so and goes on answering those who have not heard of the new one yet; or the
 * primary itself starts again with what it had on its disk.
 */
final class SimFailover {

    private enum Kind {
        DEATH,
        SPLIT_BRAIN,
        RESTART
    }

    private final Simulation world;
    private final SimHistory history;
    private final SimStore store;
    private final List<SimNode> nodes;
    private final List<SimulatedNetwork> networks;

    SimFailover(
            Simulation world,
            SimHistory history,
            SimStore store,
            List<SimNode> nodes,
            List<SimulatedNetwork> networks) {
        this.world = world;
        this.history = history;
        this.store = store;
        this.nodes = nodes;
        this.networks = networks;
    }

    /**
     * It will happen.
     *
     * @param at when the replica hears its last write
     * @param lasting until all nodes have found the new server, in nanoseconds
     */
    void plan(long at, long lasting) {
        int part = world.random().nextInt(store.parts());
        Kind kind = Kind.values()[world.random().nextInt(Kind.values().length)];
        long lag = world.chance(0.3) ? 0 : world.delay(Simulation.millis(50), Simulation.millis(1_000));
        world.at(at, () -> {
            SimulatedServer old = store.primary(part);
            SimulatedServer replica = store.replica(part);
            history.log("a replica of part %d hears of nothing any more", part);
            world.in(lag, () -> takeOver(kind, part, old, replica, lasting));
        });
    }

    private void takeOver(Kind kind, int part, SimulatedServer old, SimulatedServer replica, long lasting) {
        if (store.primary(part) != old) {
            return; // another replica was faster
        }
        history.log("%s: the replica of part %d takes over", kind, part);
        store.promote(part, replica);
        if (kind != Kind.SPLIT_BRAIN) {
            old.kill(part);
        }
        long startedAgain = kind == Kind.RESTART ? lasting / 2 : 0;
        for (int id = 0; id < nodes.size(); id++) {
            SimNode node = nodes.get(id);
            SimulatedNetwork network = networks.get(id);
            if (kind != Kind.SPLIT_BRAIN) {
                network.loseBus();
            }
            world.in(startedAgain + (long) (world.random().nextDouble() * (lasting - startedAgain)), () -> {
                if (store.primary(part) == replica && !node.isCrashed()) {
                    history.log("node %d is led to the new server of part %d", node.id, part);
                    history.led(node, part, store.place(part, replica));
                    network.lead(part, replica);
                }
            });
        }
    }
}
