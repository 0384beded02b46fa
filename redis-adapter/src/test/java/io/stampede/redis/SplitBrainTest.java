package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.stampede.Codec;
import io.stampede.Health;
import io.stampede.Result;
import io.stampede.Result.Source;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.CutOffSentinel;
import io.stampede.redis.testing.RedisSentinels;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The split brain: an old primary goes on answering while a new one has taken its place. Each row of the table in
 * {@code OPERATIONS.md} has its test here, and in {@link ClusterSplitBrainTest}.
 */
@Tag("topology")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SplitBrainTest {

    private static final String CACHE = "split";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SUSPECT_AFTER = Duration.ofMillis(900);
    private static final String[] NO_MINIMUM = {};
    private static final String[] ONE_REPLICA_AT_LEAST = {"--min-replicas-to-write", "1", "--min-replicas-max-lag", "1"
    };

    private final AtomicInteger loads = new AtomicInteger();
    private @Nullable Split split;

    @AfterEach
    void close() {
        if (split != null) {
            split.close();
        }
    }

    /** A node of the new primary, and one that is still with the old one. */
    private final class Split implements AutoCloseable {

        final RedisSentinels redis;
        final RedisServer old;
        final CutOffSentinel itsSentinel;
        final RedisTier tierOfOld;
        final RedisTier tierOfNew;
        final StampedeCache<String, String> atOld;
        final StampedeCache<String, String> atNew;
        private RedisServer current;

        /** @param blind whether the one at the old primary sees only a sentinel that does not know of the new one */
        Split(boolean blind, Duration failoverWindow, String... serverArgs) {
            redis = RedisSentinels.start(serverArgs);
            old = redis.primary();
            itsSentinel = new CutOffSentinel(old);
            RedisURI all = RedisURI.create(redis.uri());
            RedisURI one = RedisURI.Builder.sentinel("127.0.0.1", itsSentinel.port(), redis.masterName())
                    .build();
            tierOfOld = RedisTier.connect(blind ? one : all);
            tierOfNew = RedisTier.connect(all);
            atOld = cache(tierOfOld, failoverWindow);
            atNew = cache(tierOfNew, Duration.ZERO); // what it tells again would be in the way of these tests
            await().atMost(PATIENCE).until(() -> atNew.put("before", "old") == WriteResult.EVERYWHERE);
            await().atMost(PATIENCE).until(() -> "old".equals(atOld.getIfPresent("before")));
            redis.holdDemotions();
            old.pause();
            current = redis.awaitPrimaryOtherThan(old);
            old.resume();
            if (blind && serverArgs.length == 0) {
                awaitAt(old, atOld);
            }
        }

        private StampedeCache<String, String> cache(RedisTier tier, Duration failoverWindow) {
            return StampedeCache.<String, String>builder(CACHE)
                    .ttl(Duration.ofMinutes(10))
                    .suspectAfter(SUSPECT_AFTER)
                    .failoverWindow(failoverWindow)
                    .remote(tier, Codec.strings())
                    .build();
        }

        String load(String key) {
            return "loaded " + loads.incrementAndGet();
        }

        /** Whether what a node writes is at a server. */
        boolean isAt(RedisServer server, StampedeCache<String, String> node) {
            String key = "where " + loads.incrementAndGet();
            if (node.put(key, "here") != WriteResult.EVERYWHERE) {
                return false;
            }
            try (RedisAdmin admin = new RedisAdmin(server.uri())) {
                return admin.redis().exists(RedisKeys.onOneServer(CACHE).value(key)) == 1;
            }
        }

        void awaitAt(RedisServer server, StampedeCache<String, String> node) {
            await().atMost(PATIENCE).until(() -> isAt(server, node));
        }

        void heal() {
            itsSentinel.hearsOf(current);
            redis.allowDemotions();
            redis.awaitReplica(old);
            awaitAt(current, atOld);
            // It has seen that it is another one.
            await().atMost(PATIENCE).until(() -> atOld.deepHealth().status() == Health.Status.UP);
        }

        @Override
        public void close() {
            atOld.close();
            atNew.close();
            tierOfOld.close();
            tierOfNew.close();
            itsSentinel.close();
            redis.close();
        }
    }

    /** Row 1: who sees the sentinels leaves the old primary by itself, though that one answers. */
    @Test
    void whoSeesTheSentinelsLeavesTheOldPrimary() {
        long start = System.nanoTime();
        split = new Split(false, Duration.ofSeconds(10), NO_MINIMUM);
        long promoted = System.nanoTime();
        split.awaitAt(split.current, split.atNew);
        split.awaitAt(split.current, split.atOld);
        long left = System.nanoTime();
        assertThat(takesWrites(split.old))
                .as("the old primary still takes writes")
                .isTrue();
        assertThat(split.isAt(split.old, split.atOld)).isFalse();
        say(
                "1: who sees the sentinels has left the old primary %d ms after the promotion was seen",
                millis(promoted, left));
    }

    /** Rows 2 and 3: what such a node has, of the old primary, it does not serve once it has seen the new one. */
    @Test
    void nothingOfTheOldPrimarySurvivesInL1() {
        split = new Split(true, Duration.ofSeconds(10), NO_MINIMUM);
        split.awaitAt(split.current, split.atNew);
        assertThat(split.isAt(split.old, split.atOld)).as("nothing bounds it").isTrue();
        assertThat(split.atOld.get("loaded", key -> "of the old")).isEqualTo("of the old");
        assertThat(split.atOld.put("put", "of the old")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(split.atNew.put("put", "of the new")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(split.atNew.put("before", "of the new")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(split.atOld.invalidate("other")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(split.atOld.getIfPresent("before")).as("nothing bounds it").isEqualTo("old");
        split.heal();
        for (String key : List.of("loaded", "put", "before")) {
            assertThat(split.atOld.get(key, split::load)).as(key).isNotIn("of the old", "old");
        }
        assertThat(split.atOld.getIfPresent("before")).isEqualTo("of the new");
    }

    /** Row 2: what was acknowledged longer than {@code failoverWindow} ago is not told again. */
    @Test
    @Tag("long")
    void anInvalidationOfBeforeTheWindowIsLost() {
        split = new Split(true, Duration.ZERO, NO_MINIMUM);
        split.awaitAt(split.current, split.atNew);
        assertThat(split.atNew.getIfPresent("before")).isEqualTo("old");
        assertThat(split.atOld.invalidate("before")).isEqualTo(WriteResult.EVERYWHERE);
        split.heal();
        assertThat(split.atNew.getIfPresent("before")).as("as the table says").isEqualTo("old");
    }

    /** Row 3: {@code min-replicas-to-write} bounds it also for who can't see the new one. */
    @Test
    void anOldPrimaryWithoutReplicasIsNotBelieved() {
        split = new Split(true, Duration.ofSeconds(10), ONE_REPLICA_AT_LEAST);
        long promoted = System.nanoTime();
        split.awaitAt(split.current, split.atNew);
        assertThat(split.atNew.put("before", "new")).isEqualTo(WriteResult.EVERYWHERE);
        long written = System.nanoTime();
        await().atMost(PATIENCE).until(() -> split.atOld.put("any", "value") == WriteResult.QUEUED);
        long refused = System.nanoTime();
        await().atMost(PATIENCE).until(() -> source("before") != Source.L1 && source("before") != Source.L2);
        long suspect = System.nanoTime();
        assertThat(source("before")).isEqualTo(Source.SUSPECT);
        assertThat(split.atOld.get("not in L1", split::load))
                .as("no read of the old one")
                .startsWith("loaded");
        say(
                "3: the old primary refuses writes %d ms after the promotion was seen; a value of it is called fresh for the last time %d ms after the new one was written",
                millis(promoted, refused), millis(written, suspect));
        split.heal();
        assertThat(split.atOld.getIfPresent("before")).isEqualTo("new");
    }

    private Source source(String key) {
        Result<String> result = split.atOld.getResult(key, split::load);
        return result.source();
    }

    private static boolean takesWrites(RedisServer server) {
        try (RedisAdmin admin = new RedisAdmin(server.uri())) {
            return "OK".equals(admin.redis().set(RedisAdmin.bytes("any"), RedisAdmin.bytes("value")));
        } catch (RedisCommandExecutionException refused) {
            return false;
        }
    }

    private static long millis(long from, long to) {
        return (to - from) / 1_000_000;
    }

    private static void say(String format, Object... values) {
        System.out.println("Split brain, row " + String.format(format, values));
    }
}
