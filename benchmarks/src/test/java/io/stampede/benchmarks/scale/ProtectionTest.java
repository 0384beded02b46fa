package io.stampede.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is sampled life by life is what comes out read by read, and what the formulas say. */
class ProtectionTest {

    private static final Percentage TOLERANCE = Percentage.withPercentage(5);
    private static final World WORLD = World.of(10, 1, 100, 2, 0.1);
    private static final double SECONDS = 3_000;

    @ParameterizedTest
    @EnumSource
    void samplesWhatEveryReadAddsUpTo(Protection protection) {
        EveryRead everyRead = new EveryRead(protection, WORLD, WORLD.reads(), 1);
        everyRead.runFor(SECONDS);
        Model.Sum sampled = Model.live(WORLD, protection, WORLD.reads(), SECONDS, new Chance(2));

        assertThat(sampled.loads).isCloseTo(everyRead.loads, TOLERANCE);
        assertThat(sampled.lives).isCloseTo(everyRead.lives, TOLERANCE);
        assertThat(sampled.waits / (WORLD.reads() * SECONDS))
                .isCloseTo(everyRead.waits / (WORLD.reads() * SECONDS), within(0.002));
    }

    @ParameterizedTest
    @EnumSource
    void aHotKeyCostsWhatTheFormulasSay(Protection protection) {
        Model.Sum sampled = Model.live(WORLD, protection, WORLD.reads(), SECONDS, new Chance(3));

        assertThat(sampled.loads / sampled.lives)
                .isCloseTo(Formulas.loadsPerLife(protection, WORLD, WORLD.reads()), TOLERANCE);
    }

    @Test
    void moreEagernessCostsFewerDoubleLoads() {
        World eager = new World(10, 1, 100, 2, 0.1, 2, 0, 1);
        Model.Sum sampled = Model.live(eager, Protection.XFETCH, eager.reads(), SECONDS, new Chance(4));

        assertThat(sampled.loads / sampled.lives).isCloseTo(Math.exp(0.5), TOLERANCE);
    }
}
