package io.stampede.benchmarks;

import io.stampede.Loader;
import io.stampede.benchmarks.RedisState.Product;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A read that Redis answers, beside a {@code GET} by Lettuce whose reply the same codec reads. One caller at a time. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class L2HitBenchmark {

    private static final int ENTRIES = 1_000;

    /** A cache whose values are all in Redis. */
    @State(Scope.Benchmark)
    public static class FilledStampede extends RedisState.Stampede {
        final Loader<Long, Product> loader = key -> {
            throw new IllegalStateException("not in Redis: " + key);
        };

        public FilledStampede() {
            for (long id = 0; id < ENTRIES; id++) {
                cache.put(id, Product.of(id));
            }
        }
    }

    /** A Redis with the same values. */
    @State(Scope.Benchmark)
    public static class FilledByHand extends RedisState.ByHand {
        public FilledByHand() {
            for (long id = 0; id < ENTRIES; id++) {
                store(Product.of(id));
            }
        }
    }

    @Benchmark
    public @Nullable Product stampede(FilledStampede state) {
        return state.cache.get(state.next++ % ENTRIES, state.loader);
    }

    @Benchmark
    public @Nullable Product lettuce(FilledByHand state) {
        return state.find(state.next++ % ENTRIES);
    }
}
