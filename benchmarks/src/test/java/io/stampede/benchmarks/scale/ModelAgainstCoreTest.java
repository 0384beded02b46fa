package io.stampede.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The model is of the cache that there is: both let a key be read by chance, for as long, and load as often. */
class ModelAgainstCoreTest {

    private static final Percentage TOLERANCE = Percentage.withPercentage(5);
    private static final double READS = 4_000;

    /** The model is quick: let what it says be no matter of chance. */
    private static final int TIMES = 10;

    @ParameterizedTest
    @CsvSource({
        "1,  50, 0.1", //
        "10, 50, 0.1",
        "10, 50, 0.02",
        "10, 5,  0.1"
    })
    void loadsAsOftenAsTheRealCore(int nodes, double reads, double load) {
        World world = World.of(nodes, 1, reads, 2, load);
        double seconds = READS / reads;
        RealCore core = new RealCore(world, reads, 1);
        core.runFor(seconds);
        Model.Sum model = Model.live(world, Protection.STAMPEDE, reads, TIMES * seconds, new Chance(2));

        assertThat((double) core.loads).isCloseTo(model.loads / TIMES, TOLERANCE);
        assertThat(core.waits / READS).isCloseTo(model.waits / TIMES / READS, within(0.03));
        assertThat((double) core.commands()).isCloseTo(model.commands / TIMES, Percentage.withPercentage(10));
    }
}
