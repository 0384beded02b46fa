package io.stampede;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * P5, P6: an invalidated value never comes back. The source holds a number that only grows; a writer changes it and then
 * tells the cache. A read that begins after a write has returned must not see an older number.
 *
 * <p>Each read returns whether it kept to that, so the specification is that all return true.
 */
public class InvalidationLincheckTest {

    private static final int KEY = 1;

    private final AtomicInteger source = new AtomicInteger();

    /** The newest number whose write has returned. There is one writer at a time. */
    private final AtomicInteger told = new AtomicInteger();

    private final LoadingStampedeCache<Integer, Integer> cache = StampedeCache.<Integer, Integer>builder("lincheck")
            .ttl(Duration.ofHours(1))
            .environment(new LincheckEnvironment())
            .build(key -> source.get());

    private void change(IntConsumer tell) {
        int number = source.incrementAndGet();
        tell.accept(number);
        told.set(number);
    }

    private static boolean isNoOlder(Integer found, int before) {
        return found == null || found >= before;
    }

    @Operation(nonParallelGroup = "writer")
    public void changeAndInvalidate() {
        change(number -> cache.invalidate(KEY));
    }

    @Operation(nonParallelGroup = "writer")
    public void changeAndExpire() {
        change(number -> cache.expire(KEY));
    }

    @Operation(nonParallelGroup = "writer")
    public void changeAndPut() {
        change(number -> cache.put(KEY, number));
    }

    @Operation(nonParallelGroup = "writer")
    public void changeAndClear() {
        change(number -> cache.clear());
    }

    @Operation
    public boolean get() {
        int before = told.get();
        return isNoOlder(cache.get(KEY), before);
    }

    @Operation
    public boolean getAsync() {
        int before = told.get();
        return isNoOlder(
                cache.getAsync(KEY, key -> CompletableFuture.completedFuture(source.get()))
                        .join(),
                before);
    }

    @Operation
    public boolean getIfPresent() {
        int before = told.get();
        return isNoOlder(cache.getIfPresent(KEY), before);
    }

    @Operation
    public boolean refresh() {
        int before = told.get();
        return isNoOlder(cache.refresh(KEY).join(), before);
    }

    /** What is promised. */
    public static class Specification {

        public void changeAndInvalidate() {}

        public void changeAndExpire() {}

        public void changeAndPut() {}

        public void changeAndClear() {}

        public boolean get() {
            return true;
        }

        public boolean getAsync() {
            return true;
        }

        public boolean getIfPresent() {
            return true;
        }

        public boolean refresh() {
            return true;
        }
    }

    private static final LincheckRuns RUNS =
            LincheckRuns.inLargeSteps(InvalidationLincheckTest.class, Specification.class);

    /** Where it is most likely to go wrong. */
    private static final ExecutionScenario[] SCENARIOS = {
        LincheckRuns.scenario(
                List.of(RUNS.call("get")),
                List.of(RUNS.call("changeAndInvalidate"), RUNS.call("getIfPresent")),
                List.of(RUNS.call("getIfPresent"))),
        LincheckRuns.scenario(
                List.of(RUNS.call("get")),
                List.of(RUNS.call("changeAndClear"), RUNS.call("get")),
                List.of(RUNS.call("getIfPresent"))),
        LincheckRuns.scenario(
                List.of(RUNS.call("refresh")), List.of(RUNS.call("changeAndPut")), List.of(RUNS.call("getIfPresent"))),
        LincheckRuns.scenario(
                List.of(RUNS.call("getAsync"), RUNS.call("getIfPresent")),
                List.of(RUNS.call("changeAndExpire"), RUNS.call("get")),
                List.of(RUNS.call("getIfPresent")))
    };

    @Test
    void nothingOlderUnderStress() {
        RUNS.stress();
    }

    @Test
    void nothingOlderInTheInterleavingsTried() {
        RUNS.modelChecking(SCENARIOS);
    }

    @Test
    @Tag("long")
    void nothingOlderUnderLongStress() {
        RUNS.longStress();
    }

    @Test
    @Tag("long")
    void nothingOlderInVeryManyInterleavings() {
        RUNS.longModelChecking(SCENARIOS);
    }
}
