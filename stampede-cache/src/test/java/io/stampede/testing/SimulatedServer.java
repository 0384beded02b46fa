package io.stampede.testing;

import io.stampede.spi.RemoteConnection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A server of a simulated cluster: an {@link InMemoryRemote} that can die, and of which there can be a replica that takes
 * over without knowing the last writes. Not thread-safe.
 */
public final class SimulatedServer {

    private final InMemoryRemote memory;
    private final UnaryOperator<RemoteConnection> around;
    private final RemoteConnection connection;
    private final Set<Integer> dead = new HashSet<>();

    /**
     * A server that runs.
     *
     * @param memory what it remembers
     * @param around what is around each server, to look on or to break something; the identity for nothing
     */
    public SimulatedServer(InMemoryRemote memory, UnaryOperator<RemoteConnection> around) {
        this.memory = memory;
        this.around = around;
        this.connection = around.apply(memory);
    }

    /**
     * What it remembers.
     *
     * @return its memory, as it really is
     */
    public InMemoryRemote memory() {
        return memory;
    }

    RemoteConnection connection() {
        return connection;
    }

    /**
     * From now on it does not answer any more for a part. Where the parts are on several servers, this stands for all.
     *
     * @param part the part
     */
    public void kill(int part) {
        dead.add(part);
    }

    /**
     * Whether it was killed.
     *
     * @param part the part
     * @return whether it does not answer any more for this part
     */
    public boolean isDead(int part) {
        return dead.contains(part);
    }

    /**
     * A replica that hears of nothing more from now on, and does not know it. Whoever is connected to it finds another
     * server with the memory of this moment.
     *
     * @return the replica
     */
    public SimulatedServer replica() {
        return new SimulatedServer(memory.replica(), around);
    }
}
