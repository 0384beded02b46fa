package io.stampede.benchmarks.suite;

import io.stampede.Codec;
import io.stampede.Loader;
import io.stampede.Result.Source;
import io.stampede.StampedeCache;
import io.stampede.StampedeCacheBuilder;
import io.stampede.redis.RedisTier;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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
 * What a call costs whose cache has lost its Redis, which hangs and has been given up, beside the same call without a
 * remote tier. L1 is served as suspect then, and each load is for its node alone.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class OutageBenchmark {

    private static final long ENTRIES = 1_000;
    private static final Duration REMOTE_TIMEOUT = Duration.ofMillis(100);
    private static final Duration SUSPECT_AFTER = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What Redis there is. */
    public enum Remote {
        NEVER_THERE,
        HANGS
    }

    /** A cache that has room for 10,000 entries and holds some. */
    @State(Scope.Benchmark)
    public static class Filled {

        @Param
        public Remote contender;

        final Long key = 777L;
        final Loader<Long, String> loader = id -> "value";
        StampedeCache<Long, String> cache;
        private @Nullable HangingRedis redis;
        private long next = ENTRIES;

        @Setup
        public void fill() {
            StampedeCacheBuilder<Long, String> builder = StampedeCache.<Long, String>builder("outage")
                    .ttl(Duration.ofMinutes(10))
                    .maximumSize(10_000);
            redis = contender == Remote.HANGS ? new HangingRedis(builder) : null;
            cache = builder.build();
            for (long id = 0; id < ENTRIES; id++) {
                cache.put(id, "value");
            }
            if (redis != null) {
                redis.hang();
                awaitGivenUp();
            }
        }

        /** A key that was never asked for. */
        Long newKey() {
            return next++;
        }

        /** L1 is suspect, and nobody is sent to Redis: ten loads in a row that take a tenth of the time for Redis. */
        private void awaitGivenUp() {
            long begun = System.nanoTime();
            int quick = 0;
            while (quick < 10 || !isSuspect(key)) {
                long asked = System.nanoTime();
                cache.get(newKey(), loader);
                quick = System.nanoTime() - asked < REMOTE_TIMEOUT.toNanos() / 10 ? quick + 1 : 0;
                if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw new IllegalStateException("Redis has not been given up");
                }
            }
        }

        private boolean isSuspect(Long id) {
            return cache.getResult(id, loader).source() == Source.SUSPECT;
        }

        @TearDown
        public void close() {
            Long last = newKey();
            cache.get(last, loader);
            boolean asBegun = isSuspect(last) == (contender == Remote.HANGS);
            cache.close();
            if (redis != null) {
                redis.close();
            }
            if (!asBegun) {
                throw new IllegalStateException("Redis was not away all the time");
            }
        }
    }

    /** A server that has answered, and does no more. */
    private static final class HangingRedis implements AutoCloseable {

        private final RedisServer server = RedisServer.startEmbedded();
        private final RedisTier tier = RedisTier.connect(server.uri());

        HangingRedis(StampedeCacheBuilder<Long, String> builder) {
            builder.remoteTimeout(REMOTE_TIMEOUT).suspectAfter(SUSPECT_AFTER).remote(tier, Codec.strings());
        }

        void hang() {
            server.pause();
        }

        @Override
        public void close() {
            tier.close();
            server.close();
        }
    }

    @Benchmark
    public @Nullable String hit(Filled state) {
        return state.cache.get(state.key, state.loader);
    }

    @Benchmark
    public @Nullable String load(Filled state) {
        return state.cache.get(state.newKey(), state.loader);
    }
}
