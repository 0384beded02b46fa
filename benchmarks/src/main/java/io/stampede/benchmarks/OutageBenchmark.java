package io.stampede.benchmarks;

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
import org.openjdk.jmh.annotations.Scope;
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

    /** A cache that has room for 10,000 entries and holds some. */
    @State(Scope.Benchmark)
    public abstract static class Contender {
        final Long key = 777L;
        final Loader<Long, String> loader = id -> "value";
        final StampedeCache<Long, String> cache;
        private long next = ENTRIES;

        Contender(StampedeCacheBuilder<Long, String> builder) {
            cache = builder.ttl(Duration.ofMinutes(10)).maximumSize(10_000).build();
            for (long id = 0; id < ENTRIES; id++) {
                cache.put(id, "value");
            }
        }

        /** A key that was never asked for. */
        Long newKey() {
            return next++;
        }

        @TearDown
        public void close() {
            cache.close();
        }
    }

    /** Stampede without a remote tier. */
    public static class WithoutRemote extends Contender {
        public WithoutRemote() {
            super(StampedeCache.builder("outage"));
        }
    }

    /** Stampede that has had a Redis. */
    public static class WhileRedisHangs extends Contender {
        private final RedisServer server;
        private final RedisTier tier;

        public WhileRedisHangs() {
            this(RedisServer.startEmbedded());
        }

        private WhileRedisHangs(RedisServer server) {
            this(server, RedisTier.connect(server.uri()));
        }

        private WhileRedisHangs(RedisServer server, RedisTier tier) {
            super(StampedeCache.<Long, String>builder("outage")
                    .remoteTimeout(REMOTE_TIMEOUT)
                    .suspectAfter(SUSPECT_AFTER)
                    .remote(tier, Codec.strings()));
            this.server = server;
            this.tier = tier;
            server.pause();
            awaitGivenUp();
        }

        /** L1 is suspect, and nobody is sent to Redis: ten loads in a row that take a tenth of the time for Redis. */
        private void awaitGivenUp() {
            long begun = System.nanoTime();
            int quick = 0;
            while (quick < 10 || !isSuspect()) {
                long asked = System.nanoTime();
                cache.get(newKey(), loader);
                quick = System.nanoTime() - asked < REMOTE_TIMEOUT.toNanos() / 10 ? quick + 1 : 0;
                if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw new IllegalStateException("Redis has not been given up");
                }
            }
        }

        private boolean isSuspect() {
            return cache.getResult(key, loader).source() == Source.SUSPECT;
        }

        @Override
        public void close() {
            Long last = newKey();
            cache.get(last, loader);
            boolean stillSuspect = cache.getResult(last, loader).source() == Source.SUSPECT;
            super.close();
            tier.close();
            server.close();
            if (!stillSuspect) {
                throw new IllegalStateException("Redis was not away all the time");
            }
        }
    }

    @Benchmark
    public @Nullable String hitWithoutRemote(WithoutRemote state) {
        return state.cache.get(state.key, state.loader);
    }

    @Benchmark
    public @Nullable String hitWhileRedisHangs(WhileRedisHangs state) {
        return state.cache.get(state.key, state.loader);
    }

    @Benchmark
    public @Nullable String loadWithoutRemote(WithoutRemote state) {
        return state.cache.get(state.newKey(), state.loader);
    }

    @Benchmark
    public @Nullable String loadWhileRedisHangs(WhileRedisHangs state) {
        return state.cache.get(state.newKey(), state.loader);
    }
}
