package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.RedisCluster;
import io.stampede.redis.testing.RedisSentinels;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link RedisTier#readFrom}: what L1 does not have comes from a replica, unless it may not know of a write. */
@Tag("topology")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReadFromReplicasTest {

    private static final String CACHE = "copies";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration MAX_LAG = Duration.ofMillis(500);
    private static final RedisSentinels REDIS = RedisSentinels.start();

    @AfterAll
    static void stop() {
        REDIS.close();
    }

    private static StampedeCache<String, String> cache(RedisTier tier) {
        return StampedeCache.<String, String>builder(CACHE)
                .ttl(Duration.ofMinutes(10))
                .remote(tier, Codec.strings())
                .build();
    }

    private static int gets(List<RedisServer> servers) {
        int gets = 0;
        for (RedisServer server : servers) {
            try (RedisAdmin admin = new RedisAdmin(server.uri())) {
                gets += admin.calls().getOrDefault("get", 0);
            }
        }
        return gets;
    }

    @Test
    @Tag("long")
    void whatNobodyHasWrittenOfLateComesFromAReplica() {
        try (RedisTier writing = RedisTier.connect(REDIS.uri());
                StampedeCache<String, String> writer = cache(writing)) {
            for (int i = 0; i < 100; i++) {
                String key = "key" + i;
                await().atMost(PATIENCE).until(() -> writer.put(key, "value") == WriteResult.EVERYWHERE);
            }
        }
        try (RedisTier reading = RedisTier.connect(REDIS.uri()).readFrom(ReadFrom.ANY_REPLICA, MAX_LAG);
                StampedeCache<String, String> reader = cache(reading)) {
            assertThat(reader.getIfPresent("key0")).isEqualTo("value");
            int atReplicas = gets(REDIS.replicas());
            await().atMost(PATIENCE).until(() -> {
                reader.getIfPresent("none"); // once this is asked of a replica, all is
                return gets(REDIS.replicas()) > atReplicas;
            });
            int before = gets(REDIS.replicas());
            for (int i = 1; i < 100; i++) {
                assertThat(reader.getIfPresent("key" + i)).isEqualTo("value");
            }
            assertThat(gets(REDIS.replicas()) - before).isEqualTo(99);
        }
    }

    /** Interleaving 10: a replica that is behind does not bring back what this node has heard of. */
    @Test
    void whatANodeHasHeardOfIsReadFromThePrimary() {
        try (RedisTier writing = RedisTier.connect(REDIS.uri());
                RedisTier reading =
                        RedisTier.connect(REDIS.uri()).readFrom(ReadFrom.ANY_REPLICA, Duration.ofMinutes(1));
                StampedeCache<String, String> writer = cache(writing);
                StampedeCache<String, String> reader = cache(reading)) {
            await().atMost(PATIENCE).until(() -> writer.put("behind", "old") == WriteResult.EVERYWHERE);
            await().atMost(PATIENCE).until(() -> "old".equals(reader.getIfPresent("behind")));
            List<RedisServer> replicas = REDIS.pauseReplicas();
            try {
                assertThat(writer.put("behind", "new")).isEqualTo(WriteResult.EVERYWHERE);
                await().atMost(PATIENCE).until(() -> "new".equals(reader.getIfPresent("behind")));
                assertThat(reader.invalidate("behind")).isEqualTo(WriteResult.EVERYWHERE);
                assertThat(reader.getIfPresent("behind")).isNull();
            } finally {
                replicas.forEach(RedisServer::resume);
            }
        }
    }

    @Test
    void inAClusterToo() {
        try (RedisCluster redis = RedisCluster.start();
                RedisTier writing = RedisTier.connectCluster(redis.uris().toArray(String[]::new));
                RedisTier reading = RedisTier.connectCluster(redis.uris().toArray(String[]::new))
                        .readFrom(ReadFrom.ANY_REPLICA, Duration.ofMillis(100));
                StampedeCache<String, String> writer = cache(writing);
                StampedeCache<String, String> reader = cache(reading)) {
            redis.awaitOk();
            List<RedisServer> replicas = redis.nodes().subList(3, 6);
            await().atMost(PATIENCE).until(() -> writer.put("key", "value") == WriteResult.EVERYWHERE);
            await().atMost(PATIENCE).until(() -> {
                int before = gets(replicas);
                for (int i = 0; i < 20; i++) {
                    reader.getIfPresent("none " + before + i);
                }
                return gets(replicas) - before >= 20;
            });
            assertThat(reader.getIfPresent("key")).isEqualTo("value");
        }
    }

    @Test
    void aMistakeIsToldAtOnce() {
        RedisServer primary = REDIS.primary();
        RedisClient client = RedisClient.create(primary.uri());
        try (RedisTier tier = RedisTier.of(client)) {
            assertThatThrownBy(() -> tier.readFrom(ReadFrom.ANY, Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 ms to 1 minute");
            assertThatThrownBy(() -> tier.readFrom(ReadFrom.ANY, MAX_LAG))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("readFrom");
        } finally {
            client.shutdown();
        }
    }
}
