package io.stampede;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How much Lincheck does in the default build, and how much in the long one.
 *
 * <p>The stress runs make up scenarios and leave their interleaving to the machine. Model checking takes the given
 * scenarios, chooses the interleaving, one switch of threads after the other, and prints the one that failed.
 */
final class LincheckRuns {

    static {
        // It complains about every record that it meets.
        System.setProperty("lincheck.logLevel", "ERROR");
    }

    private final Class<?> test;
    private final Class<?> specification;

    private final Predicate<String> oneStep;

    /** How much more the default build does than it does for a whole cache. */
    private final int factor;

    private LincheckRuns(Class<?> test, Class<?> specification, Predicate<String> oneStep, int factor) {
        this.test = test;
        this.specification = specification;
        this.oneStep = oneStep;
        this.factor = factor;
    }

    /** With each operation of Caffeine and of the hash map as one step: they are others' to test. */
    static LincheckRuns inLargeSteps(Class<?> test, Class<?> specification) {
        return new LincheckRuns(test, specification, LincheckRuns::isNotUnderTest, 1);
    }

    /** Down into Caffeine: its operations can be interrupted, and so can what combines two of them. */
    static LincheckRuns inSmallSteps(Class<?> test, Class<?> specification) {
        return new LincheckRuns(test, specification, className -> false, 1);
    }

    /** For a class of which one operation is a few steps: many runs of it take no longer than one of a cache. */
    static LincheckRuns ofAFewSteps(Class<?> test, Class<?> specification) {
        return new LincheckRuns(test, specification, className -> false, 5);
    }

    void stress() {
        stress(5 * factor, 100);
    }

    void longStress() {
        stress(100, 5_000);
    }

    private void stress(int iterations, int invocations) {
        new StressOptions()
                .sequentialSpecification(specification)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(2)
                .iterations(iterations)
                .invocationsPerIteration(invocations)
                .minimizeFailedScenario(false) // where a thread hangs, each attempt takes ten seconds
                .check(test);
    }

    /** Only the given scenarios. */
    void modelChecking(ExecutionScenario... scenarios) {
        modelChecking(0, 20 * factor, scenarios);
    }

    /** The given scenarios, and as many made up. */
    void longModelChecking(ExecutionScenario... scenarios) {
        modelChecking(20, 3_000, scenarios);
    }

    private void modelChecking(int iterations, int invocations, ExecutionScenario... scenarios) {
        ModelCheckingOptions options = new ModelCheckingOptions()
                .sequentialSpecification(specification)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(2)
                .iterations(iterations)
                .invocationsPerIteration(invocations)
                .addGuarantee(forClasses(oneStep::test).allMethods().ignore());
        Arrays.stream(scenarios).forEach(options::addCustomScenario);
        options.check(test);
    }

    private static boolean isNotUnderTest(String className) {
        return className.startsWith("com.github.benmanes.caffeine.")
                || className.equals("java.util.concurrent.ConcurrentHashMap")
                || className.equals(StampedeCacheBuilder.class.getName());
    }

    /** Two threads, and what comes after both. */
    static ExecutionScenario scenario(List<Actor> one, List<Actor> other, List<Actor> after) {
        return scenario(List.of(), one, other, after);
    }

    /** What comes before two threads, they, and what comes after both. */
    static ExecutionScenario scenario(List<Actor> before, List<Actor> one, List<Actor> other, List<Actor> after) {
        return new ExecutionScenario(before, List.of(one, other), after, null);
    }

    /** A call of an operation. */
    Actor call(String operation, Object... arguments) {
        Method method = Arrays.stream(test.getDeclaredMethods())
                .filter(each -> each.getName().equals(operation))
                .findFirst()
                .orElseThrow();
        return new Actor(method, List.of(arguments), false, false, false, false, false);
    }
}
