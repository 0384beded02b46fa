package io.stampede;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link ClusterSimulation} can fail: it finds each {@link DeliberateBreak} within a number of seeds that is known. How
 * many it takes is the same in each run.
 */
@Timeout(value = 10, unit = MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SimulationTeethTest {

    private static final int MOST_IN_DEFAULT_BUILD = 60;

    static List<DeliberateBreak> soonFound() {
        return DeliberateBreaks.all()
                .filter(each -> each.mostSeeds() <= MOST_IN_DEFAULT_BUILD)
                .toList();
    }

    static List<DeliberateBreak> foundInTheEnd() {
        return DeliberateBreaks.all()
                .filter(each -> each.mostSeeds() > MOST_IN_DEFAULT_BUILD)
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("soonFound")
    void isFoundSoon(DeliberateBreak mistake) throws Exception {
        assertFound(mistake);
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @MethodSource("foundInTheEnd")
    void isFoundInTheEnd(DeliberateBreak mistake) throws Exception {
        assertFound(mistake);
    }

    private static void assertFound(DeliberateBreak mistake) throws Exception {
        LongFunction<?> simulation = simulation(mistake);
        for (long seed = 1; seed <= mistake.mostSeeds(); seed++) {
            String violation = (String) simulation.apply(seed);
            if (!violation.isEmpty()) {
                System.out.printf(
                        "%s: found by seed %d: %s%n",
                        mistake, seed, violation.lines().findFirst().orElseThrow());
                return;
            }
        }
        throw new AssertionError(mistake.mostSeeds() + " seeds and no promise broken, though: " + mistake);
    }

    /** The same in a copy without a mistake: it is not the copying that is found. */
    @Test
    void anUnbrokenCopyBreaksNoPromise() throws Exception {
        assertKeepsPromises(50);
    }

    @Test
    @Tag("long")
    void anUnbrokenCopyBreaksNoPromiseInTheEnd() throws Exception {
        assertKeepsPromises(3_000);
    }

    private static void assertKeepsPromises(int seeds) throws Exception {
        LongFunction<?> simulation = simulation(DeliberateBreaks.NONE);
        for (long seed = 1; seed <= seeds; seed++) {
            assertThat(simulation.apply(seed)).as("seed %d", seed).isEqualTo("");
        }
    }

    private static LongFunction<?> simulation(DeliberateBreak mistake) throws Exception {
        return BrokenCopy.of(mistake.source(), mistake.right(), mistake.wrong())
                .there(LongFunction.class, SimulatedSeed.class);
    }
}
