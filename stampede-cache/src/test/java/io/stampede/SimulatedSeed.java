package io.stampede;

import java.util.function.LongFunction;
import java.util.function.UnaryOperator;

/**
 * Runs a seed of the simulated cluster: what was violated, or the empty string. Told by a type that the worlds of
 * {@link BrokenCopy} have in common.
 */
final class SimulatedSeed implements LongFunction<String> {

    private static final int CALLS = 200;

    @Override
    public String apply(long seed) {
        try {
            new ClusterSimulation(seed, UnaryOperator.identity()).run(CALLS);
            return "";
        } catch (AssertionError violation) {
            return violation.getMessage();
        }
    }
}
