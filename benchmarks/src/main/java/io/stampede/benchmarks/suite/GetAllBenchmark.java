package io.stampede.benchmarks.suite;

import io.stampede.benchmarks.contender.Contender;
import io.stampede.benchmarks.contender.ContenderKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What do 100 keys cost that are asked for together, of which L1 has some and Redis has all? Those that L1 does not have
 * are others each time: when their turn comes again, L1 has long forgotten them for newer ones.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GetAllBenchmark {

    private static final int ASKED = 100;
    private static final int IN_REDIS = 50_000;
    private static final int LOCAL_SIZE = 1_000;

    /** A cache that holds the hot keys, and much more in Redis. */
    @State(Scope.Benchmark)
    public static class Filled {

        @Param({"BY_HAND", "SINGLE_FLIGHT", "JETCACHE", "REDISSON_MAP", "STAMPEDE"})
        public ContenderKind contender;

        /** How many of the hundred are in L1. */
        @Param({"0", "50", "100"})
        public int inLocal;

        private final List<String> asked = new ArrayList<>();
        private final String[] keys = Texts.keys(IN_REDIS);
        private int next = ASKED;
        Contender cache;

        @Setup
        public void fill() {
            String value = Texts.value(100);
            cache = Node.of(contender, LOCAL_SIZE, key -> value)
                    .closedAtTheEnd()
                    .cache();
            for (String key : keys) {
                cache.put(key, value);
            }
            for (int i = 0; i < ASKED; i++) {
                asked.add(keys[i]);
            }
            // So often that L1 prefers them to what comes and goes.
            for (int i = 0; i < 100; i++) {
                cache.getAll(asked.subList(0, inLocal));
            }
        }

        List<String> asked() {
            for (int i = inLocal; i < ASKED; i++) {
                asked.set(i, keys[next]);
                next = next + 1 == IN_REDIS ? ASKED : next + 1;
            }
            return asked;
        }
    }

    @Benchmark
    public Map<String, String> getAll(Filled filled) {
        return filled.cache.getAll(filled.asked());
    }
}
