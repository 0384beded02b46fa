package io.stampede;

import io.stampede.spi.RemoteConnection;
import java.util.function.UnaryOperator;

/** The scenarios of the simulated cluster, for who wants to have a look at its store while they run. */
public final class Scenarios {

    /** What the simulated nodes' cache is called. */
    public static final String CACHE = SimStore.CACHE;

    private Scenarios() {}

    /**
     * Runs the scenario of a seed, on the calling thread, and fails if a promise is broken.
     *
     * @param seed decides everything
     * @param calls how many calls the clients make
     * @param store makes of the store, which is an {@link io.stampede.testing.InMemoryRemote}, what a node is given
     *     instead; asked once for each node
     * @return a hash of all that has happened
     */
    public static long run(long seed, int calls, UnaryOperator<RemoteConnection> store) {
        return new ClusterSimulation(seed, store).run(calls).traceHash();
    }
}
