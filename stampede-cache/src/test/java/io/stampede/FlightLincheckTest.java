package io.stampede;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * P1, P5, P6: the cache of one node is linearizable to a map in which a get of an absent key loads its value.
 *
 * <p>The source never changes, so every load of a key returns the same value. A load that a write has superseded returns
 * its value without storing it; that is the same as a load just before the write. A caller who waits for a load and is
 * answered by a put has read just after the put.
 */
@Param(name = "key", gen = IntGen.class, conf = "1:2")
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public class FlightLincheckTest {

    private final StampedeCache<Integer, Integer> cache = StampedeCache.<Integer, Integer>builder("lincheck")
            .ttl(Duration.ofHours(1))
            .environment(new LincheckEnvironment())
            .build();

    static int load(int key) {
        return key * 100;
    }

    @Operation
    public Integer get(@Param(name = "key") int key) {
        return cache.get(key, FlightLincheckTest::load);
    }

    @Operation
    public Integer getAsync(@Param(name = "key") int key) {
        return cache.getAsync(key, k -> CompletableFuture.completedFuture(load(k)))
                .join();
    }

    @Operation
    public Integer getIfPresent(@Param(name = "key") int key) {
        return cache.getIfPresent(key);
    }

    @Operation
    public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
        cache.put(key, value);
    }

    @Operation
    public void invalidate(@Param(name = "key") int key) {
        cache.invalidate(key);
    }

    @Operation
    public void expire(@Param(name = "key") int key) {
        cache.expire(key);
    }

    /** What the cache is to be taken for. */
    public static class Specification {

        private final Map<Integer, Integer> map = new HashMap<>();

        public Integer get(int key) {
            return map.computeIfAbsent(key, FlightLincheckTest::load);
        }

        public Integer getAsync(int key) {
            return get(key);
        }

        public Integer getIfPresent(int key) {
            return map.get(key);
        }

        public void put(int key, int value) {
            map.put(key, value);
        }

        public void invalidate(int key) {
            map.remove(key);
        }

        public void expire(int key) {
            map.remove(key);
        }
    }

    private static final LincheckRuns RUNS = LincheckRuns.inLargeSteps(FlightLincheckTest.class, Specification.class);

    /** Where it is most likely to go wrong. */
    private static final ExecutionScenario[] SCENARIOS = {
        LincheckRuns.scenario(
                List.of(RUNS.call("get", 1), RUNS.call("getIfPresent", 1)),
                List.of(RUNS.call("put", 1, 2)),
                List.of(RUNS.call("getIfPresent", 1))),
        LincheckRuns.scenario(
                List.of(RUNS.call("get", 1)),
                List.of(RUNS.call("invalidate", 1), RUNS.call("getIfPresent", 1)),
                List.of(RUNS.call("get", 1))),
        LincheckRuns.scenario(
                List.of(RUNS.call("get", 1), RUNS.call("getIfPresent", 1)),
                List.of(RUNS.call("getAsync", 1), RUNS.call("put", 1, 3)),
                List.of(RUNS.call("getIfPresent", 1)))
    };

    @Test
    void linearizableUnderStress() {
        RUNS.stress();
    }

    @Test
    void linearizableInTheInterleavingsTried() {
        RUNS.modelChecking(SCENARIOS);
    }

    @Test
    @Tag("long")
    void linearizableUnderLongStress() {
        RUNS.longStress();
    }

    @Test
    @Tag("long")
    void linearizableInVeryManyInterleavings() {
        RUNS.longModelChecking(SCENARIOS);
    }
}
