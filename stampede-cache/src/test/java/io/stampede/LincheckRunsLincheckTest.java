package io.stampede;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * Model checking can fail. Where Lincheck can't rewrite the classes under test it tries one interleaving only, and says so
 * nowhere but in a log; so here is a mistake that shows in no other than a certain one.
 */
public class LincheckRunsLincheckTest {

    private int count;

    @Operation
    public int increment() {
        int before = count;
        count = before + 1;
        return count;
    }

    /** A counter that loses nothing. */
    public static class Specification {

        private int count;

        public int increment() {
            return ++count;
        }
    }

    private static final LincheckRuns RUNS =
            LincheckRuns.inSmallSteps(LincheckRunsLincheckTest.class, Specification.class);

    @Test
    void aLostUpdateIsFound() {
        assertThatThrownBy(() -> RUNS.modelChecking(LincheckRuns.scenario(
                        List.of(RUNS.call("increment")), List.of(RUNS.call("increment")), List.of())))
                .isInstanceOf(LincheckAssertionError.class);
    }
}
