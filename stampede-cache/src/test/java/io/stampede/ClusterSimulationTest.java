package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * P1 to P7 and P9 to P11 in a simulated cluster. One seed is replayed with
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
        long early = 0;
        long bulk = 0;
        long notModified = 0;
        long notStored = 0;
        long nullsPut = 0;
        Map<Source, Long> reads = new EnumMap<>(Source.class);
        for (long seed = 1; seed <= seeds; seed++) {
            ClusterSimulation simulation = run(seed);
            events += simulation.events();
            loads += simulation.loads().count;
            early += simulation.loads().early;
            bulk += simulation.loads().bulk;
            notModified += simulation.source().notModified;
            notStored += simulation.source().notStored;
            nullsPut += simulation.clients().nullsPut;
            simulation.reads().counts.forEach((source, count) -> reads.merge(source, count, Long::sum));
        }
        System.out.printf(
                "Simulated %,d events and %,d loads, %,d of them early, %,d for several keys, %,d not modified, "
                        + "%,d not stored, and %,d nulls put, from %,d seeds: %s%n",
                events, loads, early, bulk, notModified, notStored, nullsPut, seeds, reads);
        assertThat(loads).isGreaterThan(seeds);
        // What never happens breaks no promise.
        assertThat(early).isGreaterThan(seeds / 10);
        assertThat(bulk).isGreaterThan(seeds);
        assertThat(notModified).isGreaterThan(seeds / 10);
        assertThat(notStored).isGreaterThan(seeds / 10);
        assertThat(nullsPut).isGreaterThan(seeds / 10);
        assertThat(reads)
                .containsKeys(Source.L1, Source.L2, Source.LOADED, Source.WAITED, Source.STALE, Source.SUSPECT);
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
