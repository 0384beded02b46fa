package io.stampede.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stampede.Loader;
import io.stampede.LoadingStampedeCache;
import io.stampede.StampedeCache;
import io.stampede.metrics.MicrometerListener;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A read that L1 answers, beside what bare Caffeine takes for the same call with the same key. Each contender has a
 * state of its own, so that a fork holds one cache only.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class L1HitBenchmark {

    private static final Duration TTL = Duration.ofMinutes(10);
    private static final long SIZE = 10_000;
    private static final long LOAD_NANOS = 100_000;

    /** The key, boxed once and beyond the JVM's cache of small numbers, and the loader. */
    @State(Scope.Benchmark)
    public static class Call {
        Long key = 777L;
        Loader<Long, String> loader = key -> "value of " + key;
        Function<Long, String> function = key -> "value of " + key;
    }

    /** A cache that has room for 10,000 entries. */
    @State(Scope.Benchmark)
    public abstract static class Contender {

        /** How many it holds. While it is less than half full, Caffeine need not take notes of what is read. */
        @Param({"1000", "10000"})
        long entries;

        abstract void put(Long key, String value);

        @Setup
        public void fill() {
            for (long key = 0; key < entries; key++) {
                put(key, "value of " + key);
            }
        }
    }

    /** Stampede without a remote tier: whether there is one makes no difference to a hit. */
    public static class Stampede extends Contender {
        StampedeCache<Long, String> cache = StampedeCache.<Long, String>builder("l1-hit")
                .ttl(TTL)
                .maximumSize(SIZE)
                .build();

        @Override
        void put(Long key, String value) {
            cache.put(key, value);
        }

        @TearDown
        public void close() {
            cache.close();
        }
    }

    /**
     * Stampede as an application runs it: every read is counted by Micrometer, jitter and early refresh are on, and the
     * values come from loads that took long enough for the early refresh to have something to go by.
     */
    public static class MeteredStampede extends Contender {
        final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        final StampedeCache<Long, String> cache = StampedeCache.<Long, String>builder("l1-hit")
                .ttl(TTL)
                .maximumSize(SIZE)
                .jitter(0.1)
                .earlyRefresh(1)
                .listener(new MicrometerListener(registry))
                .build();

        @Override
        void put(Long key, String value) {
            cache.get(key, loaded -> {
                LockSupport.parkNanos(LOAD_NANOS);
                return value;
            });
        }

        @TearDown
        public void close() {
            cache.close();
            registry.close();
        }
    }

    /** Stampede with a loader of its own. */
    public static class LoadingStampede extends Contender {
        LoadingStampedeCache<Long, String> cache = StampedeCache.<Long, String>builder("l1-hit")
                .ttl(TTL)
                .maximumSize(SIZE)
                .build(key -> "value of " + key);

        @Override
        void put(Long key, String value) {
            cache.put(key, value);
        }

        @TearDown
        public void close() {
            cache.close();
        }
    }

    /** Caffeine that only bounds its size. */
    public static class Bare extends Contender {
        Cache<Long, String> cache = Caffeine.newBuilder().maximumSize(SIZE).build();

        @Override
        void put(Long key, String value) {
            cache.put(key, value);
        }
    }

    /** Caffeine that does what is compared with: it bounds its size, and its entries expire. */
    public static class Expiring extends Contender {
        Cache<Long, String> cache =
                Caffeine.newBuilder().maximumSize(SIZE).expireAfterWrite(TTL).build();

        @Override
        void put(Long key, String value) {
            cache.put(key, value);
        }
    }

    /** The same, and it counts. */
    public static class Counting extends Contender {
        Cache<Long, String> cache = Caffeine.newBuilder()
                .maximumSize(SIZE)
                .expireAfterWrite(TTL)
                .recordStats()
                .build();

        @Override
        void put(Long key, String value) {
            cache.put(key, value);
        }
    }

    /** The same as {@link Expiring} with a loader of its own. */
    public static class Loading extends Contender {
        LoadingCache<Long, String> cache =
                Caffeine.newBuilder().maximumSize(SIZE).expireAfterWrite(TTL).build(key -> "value of " + key);

        @Override
        void put(Long key, String value) {
            cache.put(key, value);
        }
    }

    @Benchmark
    public @Nullable String stampede(Stampede state, Call call) {
        return state.cache.get(call.key, call.loader);
    }

    @Benchmark
    public @Nullable String stampedeMetered(MeteredStampede state, Call call) {
        return state.cache.get(call.key, call.loader);
    }

    @Benchmark
    public @Nullable String stampedeLoading(LoadingStampede state, Call call) {
        return state.cache.get(call.key);
    }

    @Benchmark
    public String caffeine(Bare state, Call call) {
        return state.cache.get(call.key, call.function);
    }

    @Benchmark
    public String caffeineExpiring(Expiring state, Call call) {
        return state.cache.get(call.key, call.function);
    }

    @Benchmark
    public String caffeineExpiringCounting(Counting state, Call call) {
        return state.cache.get(call.key, call.function);
    }

    @Benchmark
    public String caffeineExpiringLoading(Loading state, Call call) {
        return state.cache.get(call.key);
    }
}
