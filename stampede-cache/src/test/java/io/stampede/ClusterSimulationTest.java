package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * P1 to P14 in a simulated cluster. One seed is replayed with
 * {@code ./mvnw test -pl stampede-cache -Dtest=ClusterSimulationTest#replay -Dstampede.sim.seed=SEED}.
 */
class ClusterSimulationTest {

    private static final int CALLS = 200;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** What a minute is enough for on any machine that this is built on. */
    private static final int LEAST_SEEDS = 1_500;

    @Test
    void noSeedOfAMinuteBreaksAPromise() {
        long begun = System.nanoTime();
        runWhile(seeds -> seeds < LEAST_SEEDS || System.nanoTime() - begun < MINUTE.toNanos());
    }

    @Test
    @Tag("simulation")
    void noEventOfTenMillionBreaksAPromise() {
        long most = Long.getLong("stampede.sim.events", 10_000_000);
        long events = 0;
        long begun = System.nanoTime();
        long hash = 0;
        long seed = 0;
        while (events < most) {
            ClusterSimulation simulation = run(++seed);
            events += simulation.events();
            hash = hash * 1_000_003 + simulation.traceHash();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                "%,d events of seeds 1 to %,d in %.1f s, %,.0f a second; hash of all that happened: %016x%n",
                events, seed, seconds, events / seconds, hash);
    }

    @Test
    @Tag("long")
    void noSeedOfManyBreaksAPromise() {
        int most = Integer.getInteger("stampede.sim.seeds", 200_000);
        runWhile(seeds -> seeds < most);
    }

    private static void runWhile(LongPredicate goesOn) {
        long seeds = 0;
        long events = 0;
        long loads = 0;
        long early = 0;
        long bulk = 0;
        long notModified = 0;
        long notStored = 0;
        long nullsPut = 0;
        Map<Source, Long> reads = new EnumMap<>(Source.class);
        while (goesOn.test(seeds)) {
            ClusterSimulation simulation = run(++seeds);
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
        System.out.printf("Two runs of seed %d have the hash %016x%n", seed, first);
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
