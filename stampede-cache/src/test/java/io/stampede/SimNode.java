package io.stampede;

import io.stampede.spi.Token;
import io.stampede.testing.SimulatedNode;
import io.stampede.testing.Simulation;
import org.jspecify.annotations.Nullable;

/** One node of a simulated cluster: the real core on a simulated machine. */
final class SimNode extends SimulatedNode {

    /** What runs on this node. */
    LoadingClusterCache<String, SimValue> cache;

    private final Simulation world;

    /** The cache forgets a tag when the garbage collector does, and that is not for a seed to decide. */
    private TagEra heldEra;

    private long lastTrouble = -Simulation.millis(10_000);

    SimNode(int id, Simulation world) {
        super(id, world);
        this.world = world;
    }

    /** Which node it is that calls itself so. */
    static int idOf(Token name) {
        return (int) name.high() - 1;
    }

    /** After each event: remembers what must not be forgotten. */
    void look() {
        // What waits to be told is not read from the store either, however well that is.
        if (cache.isTroubled() || !cache.flights().remote.outbox.isEmpty()) {
            lastTrouble = world.now();
        }
        TagEra era = cache.flights().tags.find(SimValue.TAG);
        if (era != null) {
            heldEra = era;
        }
    }

    long lastTrouble() {
        return lastTrouble;
    }

    /** What L1 holds, fresh or not, if it is of the current era. */
    @Nullable
    Entry<SimValue> held(String key) {
        LocalTier<String, SimValue> local = cache.flights().local;
        Entry<SimValue> entry = local.find(key);
        return entry == null || entry.isRefused() || entry.era != local.era() ? null : entry;
    }

    boolean holdsFresh(String key) {
        Entry<SimValue> entry = held(key);
        return entry != null && entry.isFresh(nanoTime());
    }
}
