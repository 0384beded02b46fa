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

/**
 * A miss in both tiers with a loader that takes no time: what the guard costs. By hand that is {@code GET}, load,
 * {@code SET}; Stampede claims in between, and publishes after it has answered. One caller at a time.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ColdMissBenchmark {

    /** The loader. */
    @State(Scope.Benchmark)
    public static class Source {
        Loader<Long, Product> loader = Product::of;
    }

    @Benchmark
    public @Nullable Product stampede(RedisState.Stampede state, Source source) {
        return state.cache.get(state.next++, source.loader);
    }

    @Benchmark
    public Product unguarded(RedisState.ByHand state) {
        long id = state.next++;
        Product found = state.find(id);
        if (found == null) {
            found = Product.of(id);
            state.store(found);
        }
        return found;
    }
}
