package io.stampede;

import io.stampede.spi.Token;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P5: L1 and its atomic step are linearizable to a map. An entry's version is its value. */
@Param(name = "key", gen = IntGen.class, conf = "1:2")
@Param(name = "value", gen = IntGen.class, conf = "1:3")
public class LocalTierLincheckTest {

    private final LincheckEnvironment environment = new LincheckEnvironment();
    private final LocalTier<Integer, Integer> local =
            new LocalTier<>(environment, new Events(new CacheListener() {}), 100, Long.MAX_VALUE);

    private static Token version(int value) {
        return new Token(0, value);
    }

    private void step(int key, Runnable action) {
        local.change(key, slot -> {
            action.run();
            return LocalTier.NOTHING;
        });
    }

    @Operation
    public Integer find(@Param(name = "key") int key) {
        Entry<Integer> entry = local.find(key);
        return entry != null && entry.isFresh(environment.nanoTime()) ? entry.value : null;
    }

    @Operation
    public void write(@Param(name = "key") int key, @Param(name = "value") int value) {
        step(key, () -> local.write(key, entry(value)));
    }

    private Entry<Integer> entry(int value) {
        Entry.Life life = new Entry.Life(0, 1_000, 2_000, 0);
        return Entry.of(value, version(value), local.era(), TagEra.NONE, life, 1_000);
    }

    @Operation
    public void evict(@Param(name = "key") int key) {
        step(key, () -> local.evictUnless(key, Token.NONE));
    }

    @Operation
    public void evictUnless(@Param(name = "key") int key, @Param(name = "value") int value) {
        step(key, () -> local.evictUnless(key, version(value)));
    }

    @Operation
    public void makeStale(@Param(name = "key") int key) {
        step(key, () -> local.makeStale(key));
    }

    /** What L1 is to be taken for. */
    public static class Specification {

        private final Map<Integer, Integer> map = new HashMap<>();

        public Integer find(int key) {
            return map.get(key);
        }

        public void write(int key, int value) {
            map.put(key, value);
        }

        public void evict(int key) {
            map.remove(key);
        }

        public void evictUnless(int key, int value) {
            map.computeIfPresent(key, (k, found) -> found == value ? found : null);
        }

        public void makeStale(int key) {
            map.remove(key);
        }
    }

    private static final LincheckRuns RUNS =
            LincheckRuns.inSmallSteps(LocalTierLincheckTest.class, Specification.class);

    /** Where it is most likely to go wrong. */
    private static final ExecutionScenario[] SCENARIOS = {
        LincheckRuns.scenario(
                List.of(RUNS.call("write", 1, 1)),
                List.of(RUNS.call("evict", 1), RUNS.call("find", 1)),
                List.of(RUNS.call("find", 1))),
        LincheckRuns.scenario(
                List.of(RUNS.call("write", 1, 1), RUNS.call("find", 1)),
                List.of(RUNS.call("write", 1, 2), RUNS.call("makeStale", 1)),
                List.of(RUNS.call("find", 1))),
        LincheckRuns.scenario(
                List.of(RUNS.call("evictUnless", 1, 2)),
                List.of(RUNS.call("write", 1, 1), RUNS.call("write", 1, 2)),
                List.of(RUNS.call("find", 1)))
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
