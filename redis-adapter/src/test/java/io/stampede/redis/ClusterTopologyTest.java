package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static io.stampede.redis.Samples.namespace;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.RedisClusterClient;
import io.stampede.CallOptions;
import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.RedisCluster;
import io.stampede.redis.testing.RedisCluster.FailOver;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A cache uses the whole Redis Cluster again soon after a primary is lost, without being restarted: KNOWN-BUG 47. Each test
 * leaves six servers that agree, for the next.
 */
@Tag("topology")
class ClusterTopologyTest {

    private static final RedisCluster REDIS = RedisCluster.start();

    /** What a cache's heartbeat asks for by default. */
    private static final long SIGN_OF_LIFE_NANOS = Duration.ofMillis(1_666).toNanos();

    @AfterEach
    void isWell() {
        REDIS.awaitOk();
    }

    @AfterAll
    static void stop() {
        REDIS.close();
    }

    private enum Loss {
        KILLED(RedisServer::kill, RedisServer::restart),
        PAUSED(RedisServer::pause, RedisServer::resume);

        private final Consumer<RedisServer> begin;
        private final Consumer<RedisServer> end;

        Loss(Consumer<RedisServer> begin, Consumer<RedisServer> end) {
            this.begin = begin;
            this.end = end;
        }
    }

    @ParameterizedTest
    @EnumSource
    void allPartsWorkAgainSoonAfterAPrimaryIsLost(Loss loss) {
        try (RedisTier connection = RedisTier.connectCluster(REDIS.uris().toArray(String[]::new))) {
            RemoteTier tier = connection.tier(namespace());
            eventually().until(() -> EachPart.work(tier));
            RedisServer old = REDIS.primaryOf(0);
            RedisServer replica = REDIS.replicasOf(old).get(0);
            long begun = System.nanoTime();
            loss.begin.accept(old);
            try {
                REDIS.awaitPromoted(replica);
                long promoted = System.nanoTime();
                eventually().until(() -> {
                    connection.check(SIGN_OF_LIFE_NANOS);
                    return EachPart.work(tier);
                });
                long well = System.nanoTime();
                System.out.printf(
                        "%s: promoted after %d ms, all parts again %d ms later%n",
                        loss, (promoted - begun) / 1_000_000, (well - promoted) / 1_000_000);
            } finally {
                loss.end.accept(old);
            }
            REDIS.awaitOk();
            eventually().until(() -> EachPart.work(tier));
        }
    }

    @Test
    void aCacheThatStartsWhileAPrimaryIsPausedFindsTheRest() {
        startWhilePrimaryIsPaused(REDIS.uris().toArray(String[]::new));
    }

    @Test
    void oneSeedIsEnough() {
        startWhilePrimaryIsPaused(REDIS.primaryOf(16_383).uri());
    }

    private static void startWhilePrimaryIsPaused(String... seeds) {
        RedisServer old = REDIS.primaryOf(0);
        RedisServer replica = REDIS.replicasOf(old).get(0);
        old.pause();
        try {
            REDIS.awaitPromoted(replica);
            startAndReachAllParts(seeds);
        } finally {
            old.resume();
        }
    }

    private static void startAndReachAllParts(String... seeds) {
        long begun = System.nanoTime();
        try (RedisTier connection = RedisTier.connectCluster(seeds)) {
            RemoteTier tier = connection.tier(namespace());
            eventually().until(() -> EachPart.work(tier));
            System.out.printf(
                    "%d seeds: all parts %d ms after the start%n",
                    seeds.length, (System.nanoTime() - begun) / 1_000_000);
        }
    }

    /** The old primary lives on, cut off from the others, and takes a write that the new one never gets to know of: P6. */
    @Test
    void whoHasWrittenAKeyIsNotServedWhatANewPrimaryHoldsOfIt() {
        RemoteNamespace namespace = namespace();
        String place = new String(RedisKeys.inCluster(namespace.cache()).value("k"), StandardCharsets.US_ASCII);
        RedisServer old = REDIS.primaryOf(place);
        try (RedisClusterClient client =
                        OwnClient.create(List.of(OwnClient.parse(REDIS.uris().get(0))), null, null);
                RedisTier connection = RedisTier.of(client);
                StampedeCache<String, String> cache = StampedeCache.<String, String>builder(namespace.cache())
                        .ttl(Duration.ofMinutes(10))
                        .suspectAfter(Duration.ofHours(1)) // no heartbeat comes to help
                        .remoteTimeout(Duration.ofSeconds(10))
                        .remote(connection, Codec.strings())
                        .build()) {
            eventually().until(() -> cache.put("k", "old") == WriteResult.EVERYWHERE);
            REDIS.awaitOk(); // by then the replica has it
            REDIS.cutOffFromPeers(old);
            REDIS.failOver(REDIS.replicasOf(old).get(0), FailOver.FORCE);
            assertThat(cache.put("k", "new")).isEqualTo(WriteResult.EVERYWHERE);
            assertThat(String.valueOf(old.command("GET", place))).endsWith("new");
            client.refreshPartitions();
            assertThat(cache.get("k", key -> "loaded", CallOptions.none().skipLocal()))
                    .isNotEqualTo("old");
        } finally {
            REDIS.rejoin(old);
        }
    }
}
