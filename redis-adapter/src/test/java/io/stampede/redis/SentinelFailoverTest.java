package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.sync.RedisCommands;
import io.stampede.CallOptions;
import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.RedisSentinels;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** P12, KNOWN-BUG 52: a replica that is promoted has not got what the old primary had acknowledged. */
@Tag("topology")
class SentinelFailoverTest {

    private static final String CACHE = "failover";
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final List<String> KEYS = List.of("invalidated", "put", "tagged", "expired");

    @Test
    @Timeout(value = 90, unit = TimeUnit.SECONDS)
    void nobodyIsServedWhatWasInvalidatedBeforeTheFailover() throws Exception {
        System.out.println(new Round().run());
    }

    @Tag("long")
    @RepeatedTest(50)
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void norInAnyOfManyFailovers() throws Exception {
        System.out.println(new Round().run());
    }

    private static final class Round {

        private final RedisSentinels redis = RedisSentinels.start();
        private final RedisServer primary = redis.primary();
        private final List<RedisTier> tiers = new ArrayList<>();
        private final RedisKeys keys = RedisKeys.onOneServer(CACHE);
        private final StampedeCache<String, String> writer = node();
        private final StampedeCache<String, String> other = node();
        private final AtomicBoolean over = new AtomicBoolean();

        private StampedeCache<String, String> node() {
            RedisTier tier = RedisTier.connect(redis.uri());
            tiers.add(tier);
            return StampedeCache.<String, String>builder(CACHE)
                    .ttl(Duration.ofMinutes(10))
                    .suspectAfter(Duration.ofSeconds(1))
                    .remote(tier, Codec.strings())
                    .build();
        }

        String run() throws Exception {
            try {
                return failOver();
            } finally {
                over.set(true);
                writer.close();
                other.close();
                tiers.forEach(RedisTier::close);
                redis.close();
            }
        }

        private String failOver() throws Exception {
            for (String key : KEYS) {
                CallOptions options = key.equals("tagged") ? CallOptions.none().tags("tag") : CallOptions.none();
                await().atMost(PATIENCE).until(() -> writer.put(key, "old", options) == WriteResult.EVERYWHERE);
            }
            other.getIfPresent("any"); // after the first contact
            KEYS.forEach(key -> assertThat(other.getIfPresent(key)).isEqualTo("old"));
            redis.replicas().forEach(this::awaitAll);
            List<RedisServer> replicas = redis.pauseReplicas();
            RedisServer next = replicas.get(0);
            replicas.get(1).kill(); // a sentinel that has not noticed the pause yet might promote that one
            Map<String, byte[]> old = new TreeMap<>();
            try (RedisAdmin admin = new RedisAdmin(primary.uri())) {
                KEYS.forEach(key -> old.put(key, admin.redis().get(keys.value(key))));
                // What is sent to a paused replica would wait for it in its socket.
                admin.redis().clientKill(KillArgs.Builder.typeSlave());
            }
            assertThat(writer.invalidate("invalidated")).isEqualTo(WriteResult.EVERYWHERE);
            assertThat(writer.put("put", "new")).isEqualTo(WriteResult.EVERYWHERE);
            assertThat(writer.invalidateByTag("tag")).isEqualTo(WriteResult.EVERYWHERE);
            assertThat(writer.expire("expired")).isEqualTo(WriteResult.EVERYWHERE);
            Watch own = new Watch(writer, over);
            Watch others = new Watch(other, over);
            primary.kill();
            long killed = System.nanoTime();
            next.resume();
            try (RedisAdmin admin = new RedisAdmin(next.uri())) {
                assertThatItIsAReplicaAndHas(old, admin.redis());
                redis.awaitPrimaryOtherThan(primary);
                long promoted = System.nanoTime();
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(2))
                        .untilAsserted(() -> KEYS.forEach(key ->
                                assertThat(admin.redis().get(keys.value(key))).isNotEqualTo(old.get(key))));
                long told = System.nanoTime();
                // The messages of that have reached the other node once it has read each key after hearing of a later
                // one.
                awaitHeard(told);
                long heard = System.nanoTime();
                long enough = heard + Duration.ofMillis(500).toNanos();
                await().atMost(PATIENCE).until(() -> own.hasReadAllSince(enough) && others.hasReadAllSince(enough));
                over.set(true);
                own.join();
                others.join();
                assertThat(own.oldReads())
                        .as("old values on the node that has written")
                        .isEmpty();
                assertThat(others.oldReadsSince(heard))
                        .as("old values after all was told again")
                        .isZero();
                return String.format(
                        "A failover: promoted after %d ms, told again %d ms later; until then the other node was served %d old values",
                        (promoted - killed) / 1_000_000, (told - promoted) / 1_000_000, others.oldReadsSince(killed));
            }
        }

        private void awaitAll(RedisServer replica) {
            try (RedisAdmin admin = new RedisAdmin(replica.uri())) {
                KEYS.forEach(key ->
                        await().atMost(PATIENCE).until(() -> admin.redis().exists(keys.value(key)) == 1));
            }
        }

        /** What has been told before is heard before: messages keep their order. */
        private void awaitHeard(long told) {
            await().atMost(PATIENCE).until(() -> other.put("mark", "before") == WriteResult.EVERYWHERE);
            await().atMost(PATIENCE).until(() -> writer.put("mark", "after " + told) == WriteResult.EVERYWHERE);
            await().atMost(PATIENCE).until(() -> ("after " + told).equals(other.getIfPresent("mark")));
        }

        private void assertThatItIsAReplicaAndHas(Map<String, byte[]> old, RedisCommands<byte[], byte[]> next) {
            next.multi();
            next.role();
            KEYS.forEach(key -> next.get(keys.value(key)));
            TransactionResult answers = next.exec();
            assertThat(new String((byte[]) ((List<?>) answers.get(0)).get(0))).isEqualTo("slave");
            for (int i = 0; i < KEYS.size(); i++) {
                assertThat((byte[]) answers.get(1 + i)).as(KEYS.get(i)).isEqualTo(old.get(KEYS.get(i)));
            }
        }
    }

    /** A thread that reads all keys again and again, and remembers when it was given an old value. */
    private static final class Watch {

        private final StampedeCache<String, String> cache;
        private final AtomicBoolean over;
        private final List<Long> oldReads = new CopyOnWriteArrayList<>();
        private final Thread thread = new Thread(this::read, "watch");
        private volatile @Nullable Throwable failure;
        private volatile long lastRoundBegan = Long.MIN_VALUE;

        Watch(StampedeCache<String, String> cache, AtomicBoolean over) {
            this.cache = cache;
            this.over = over;
            thread.start();
        }

        private void read() {
            try {
                while (!over.get()) {
                    long began = System.nanoTime();
                    for (String key : KEYS) {
                        long asked = System.nanoTime();
                        if ("old".equals(cache.getIfPresent(key))) {
                            oldReads.add(asked);
                        }
                    }
                    lastRoundBegan = began;
                    LockSupport.parkNanos(1_000_000); // leaves others some of the machine
                }
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }

        boolean hasReadAllSince(long moment) {
            assertThat(failure).isNull();
            return lastRoundBegan - moment >= 0;
        }

        List<Long> oldReads() {
            return List.copyOf(oldReads);
        }

        long oldReadsSince(long moment) {
            return oldReads.stream().filter(asked -> asked - moment >= 0).count();
        }

        void join() throws InterruptedException {
            thread.join(PATIENCE.toMillis());
            assertThat(failure).isNull();
        }
    }
}
