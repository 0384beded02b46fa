package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * P1, P2, P5, P6, P9 in a simulated cluster. One seed is replayed with
 * {@code ./mvnw test -pl stampede-cache -Dtest=ClusterSimulationTest#replay -Dstampede.sim.seed=SEED}.
 */
class ClusterSimulationTest {

    private static final int CALLS = 200;

    @Test
    void noSeedBreaksAPromise() {
        runAll(1_500);
    }

    @Test
    @Tag("long")
    void noSeedOfManyBreaksAPromise() {
        runAll(Integer.getInteger("stampede.sim.seeds", 200_000));
    }

    private static void runAll(int seeds) {
        long events = 0;
        long loads = 0;
        for (long seed = 1; seed <= seeds; seed++) {
            ClusterSimulation simulation = run(seed);
            events += simulation.events();
            loads += simulation.history().loads;
        }
        System.out.printf("Simulated %,d events and %,d loads from %,d seeds%n", events, loads, seeds);
        assertThat(loads).isGreaterThan(seeds);
    }

    @Test
    void replay() {
        long seed = Long.getLong("stampede.sim.seed", 1);
        long first = run(seed).traceHash();
        assertThat(run(seed).traceHash()).as("two runs of seed " + seed).isEqualTo(first);
    }

    private static ClusterSimulation run(long seed) {
        try {
            return new ClusterSimulation(seed, UnaryOperator.identity()).run(CALLS);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "Seed " + seed + ": " + e.getMessage()
                            + "\nReplay: ./mvnw test -pl stampede-cache -Dtest=ClusterSimulationTest#replay"
                            + " -Dstampede.sim.seed=" + seed,
                    e);
        }
    }
}
