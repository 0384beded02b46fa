package io.stampede.benchmarks.suite;

import io.stampede.benchmarks.contender.Contender;
import io.stampede.benchmarks.contender.ContenderKind;
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
 * What does a write cost? The floor is {@link ContenderKind#BY_HAND}: one {@code SET}, one {@code DEL}, and nobody is
 * told.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WriteBenchmark {

    private static final int KEYS = 1_000;

    /** A cache that holds the keys that are written. */
    @State(Scope.Benchmark)
    public static class Filled {

        @Param({"BY_HAND", "SPRING", "SPRING_LOCKING", "JETCACHE", "REDISSON_MAP", "REDISSON_LOCK", "STAMPEDE"})
        public ContenderKind contender;

        final String[] keys = Texts.keys(KEYS);
        final String value = Texts.value(100);
        Contender cache;

        @Setup
        public void fill() {
            cache = Node.of(contender, key -> value).closedAtTheEnd().cache();
            for (String key : keys) {
                cache.put(key, value);
            }
        }
    }

    /** The keys in turn. */
    @State(Scope.Thread)
    public static class Turn {

        private int next;

        String next(Filled filled) {
            next = next + 1 == KEYS ? 0 : next + 1;
            return filled.keys[next];
        }
    }

    @Benchmark
    public void put(Filled filled, Turn turn) {
        filled.cache.put(turn.next(filled), filled.value);
    }

    @Benchmark
    public void invalidate(Filled filled, Turn turn) {
        filled.cache.invalidate(turn.next(filled));
    }
}
