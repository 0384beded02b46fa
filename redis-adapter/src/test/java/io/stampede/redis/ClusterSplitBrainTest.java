package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.Codec;
import io.stampede.Health;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.RedisCluster;
import io.stampede.redis.testing.RedisCluster.FailOver;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The split brain in a Redis Cluster: the rows of the table in {@code OPERATIONS.md} that {@link SplitBrainTest} has not. */
@Tag("topology")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ClusterSplitBrainTest {

    private static final String CACHE = "split";
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Row 4: a primary that hears nothing of the others while they take it for well; it never stops by itself. */
    @Test
    @Tag("long")
    void theOldPrimaryIsLeftWhenLettuceLooksAgain() {
        RedisKeys keys = RedisKeys.inCluster(CACHE);
        try (RedisCluster redis = RedisCluster.start();
                RedisTier tierOfOld = RedisTier.connectCluster(redis.uris().toArray(String[]::new));
                RedisTier tierOfNew = RedisTier.connectCluster(redis.uris().toArray(String[]::new));
                StampedeCache<String, String> atOld = cache(tierOfOld);
                StampedeCache<String, String> atNew = cache(tierOfNew)) {
            await().atMost(PATIENCE).until(() -> atNew.put("key", "old") == WriteResult.EVERYWHERE);
            await().atMost(PATIENCE).until(() -> "old".equals(atOld.getIfPresent("key")));
            RedisServer old = redis.primaryOf(new String(keys.value("key")));
            RedisServer next = redis.replicasOf(old).get(0);
            redis.cutOffFromPeers(old);
            redis.failOver(next, FailOver.FORCE);
            long promoted = System.nanoTime();
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> isAt(next, atNew, "at new"));
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> isAt(next, atOld, "at old"));
            long left = System.nanoTime();
            await().atMost(PATIENCE).until(() -> atNew.put("key", "new") == WriteResult.EVERYWHERE);
            await().atMost(PATIENCE)
                    .until(() -> atOld.deepHealth().status() == Health.Status.UP
                            && atNew.deepHealth().status() == Health.Status.UP);
            await().atMost(PATIENCE).until(() -> !"old".equals(atOld.getIfPresent("key")));
            System.out.println("Split brain, row 4: a Redis Cluster's old primary is left "
                    + (left - promoted) / 1_000_000 + " ms after the promotion");
            redis.rejoin(old);
            assertThat(atOld.get("key", key -> "loaded")).isNotEqualTo("old");
            assertThat(atNew.get("key", key -> "loaded")).isNotEqualTo("old");
        }
    }

    private static StampedeCache<String, String> cache(RedisTier tier) {
        return StampedeCache.<String, String>builder(CACHE)
                .ttl(Duration.ofMinutes(10))
                .suspectAfter(Duration.ofMillis(900))
                .remote(tier, Codec.strings())
                .build();
    }

    /** Whether what a node writes in the part of the key comes to a server. */
    private static boolean isAt(RedisServer server, StampedeCache<String, String> node, String value) {
        if (node.put("key", value) != WriteResult.EVERYWHERE) {
            return false;
        }
        try (RedisAdmin admin = new RedisAdmin(server.uri())) {
            byte[] held = admin.redis().get(RedisKeys.inCluster(CACHE).value("key"));
            return held != null && new String(held).contains(value);
        }
    }
}
