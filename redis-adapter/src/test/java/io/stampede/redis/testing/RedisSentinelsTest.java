package io.stampede.redis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Each test leaves three servers that run, one primary and two linked replicas, for the next. */
@Tag("topology")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisSentinelsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Twice the time after which a sentinel demotes, unless it was told not to. */
    private static final int LONG_ENOUGH_MS = 1_600;

    private RedisSentinels redis;

    @BeforeAll
    void start() {
        redis = RedisSentinels.start();
    }

    @AfterEach
    void heal() {
        redis.allowDemotions();
        redis.replicas().forEach(redis::awaitReplica);
    }

    @AfterAll
    void stop() {
        redis.close();
    }

    @Test
    void lettuceFindsThePrimary() {
        RedisURI uri = RedisURI.create(redis.uri());
        assertThat(uri.getSentinelMasterId()).isEqualTo(redis.masterName());
        assertThat(uri.getSentinels()).extracting(RedisURI::getPort).isEqualTo(redis.sentinelPorts());
        RedisClient client = RedisClient.create(uri);
        try (var connection = client.connect()) {
            connection.sync().set("found", "1");
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
        assertThat(redis.primary().command("GET", "found")).isEqualTo("1");
        assertThat(redis.replicas()).hasSize(2).doesNotContain(redis.primary());
    }

    @Test
    @Tag("long")
    void aKilledPrimaryIsReplacedAndComesBackAsAReplica() {
        RedisServer old = redis.primary();
        assertThat(replicasThatGet(old, "kept", 2, 30_000)).isEqualTo(2);
        old.kill();
        RedisServer current = redis.awaitPrimaryOtherThan(old);
        assertThat(current.command("GET", "kept")).isEqualTo("1");
        assertThat(current.command("SET", "after", "1")).isEqualTo("OK");
        old.restart();
        redis.awaitReplica(old);
        assertThat(old.command("GET", "kept")).isEqualTo("1");
    }

    @Test
    void theOldPrimaryTakesWritesBesideTheNewOneUntilItIsDemoted() {
        RedisServer old = redis.primary();
        redis.holdDemotions();
        old.pause();
        RedisServer current = redis.awaitPrimaryOtherThan(old);
        old.resume();
        redis.sentinels().forEach(sentinel -> awaitSeenAsPrimary(sentinel, old));
        assertThat(old.command("SET", "split", "old")).isEqualTo("OK");
        assertThat(current.command("SET", "split", "current")).isEqualTo("OK");
        assertThat(old.command("GET", "split")).isEqualTo("old");
        assertThat(redis.primary()).isSameAs(current);
        redis.allowDemotions();
        redis.awaitReplica(old);
        assertThat(old.command("GET", "split")).isEqualTo("current");
    }

    @Test
    @Tag("long")
    void aSentinelThatMissedAFailoverIsNotBelieved() {
        RedisServer late = redis.sentinels().get(2);
        RedisServer old = redis.primary();
        redis.holdDemotions(); // nor do the sentinels tell each other anything new
        late.kill();
        RedisServer current = redis.failOver();
        redis.restartSentinel(late);
        assertThat(RedisSentinels.fields(late.command("SENTINEL", "MASTER", redis.masterName())))
                .containsEntry("port", Integer.toString(old.port()));
        assertThat(redis.primary()).isSameAs(current).isNotSameAs(old);
    }

    @Test
    void pausedReplicasGetNoWritesUntilOneIsResumed() {
        RedisServer primary = redis.primary();
        var replicas = redis.pauseReplicas();
        try {
            assertThat(replicasThatGet(primary, "b", 1, 50)).isZero();
            replicas.get(0).resume();
            assertThat(replicasThatGet(primary, "b", 1, 30_000)).isEqualTo(1);
        } finally {
            replicas.forEach(RedisServer::resume);
        }
    }

    @Test
    void proxiesCutOffClientsAndNobodyElse() {
        try (RedisSentinels behind = RedisSentinels.startBehindProxies("--requirepass", "secret")) {
            RedisServer primary = behind.primary();
            FaultProxy proxy = behind.proxy(primary);
            proxy.refuse();
            assertThatThrownBy(() -> ask(proxy)).isInstanceOf(UncheckedIOException.class);
            assertThat(replicasThatGet(primary, "a", 2, 30_000)).isEqualTo(2);
            assertThat(behind.failOver()).isNotSameAs(primary);
            behind.awaitReplica(primary);
            proxy.pass();
            assertThat(ask(proxy)).isEqualTo("PONG");
        }
    }

    /** Waits until a sentinel has known for so long that a replica takes itself for the primary that it might act on it. */
    private void awaitSeenAsPrimary(RedisServer sentinel, RedisServer server) {
        await().atMost(PATIENCE)
                .until(() -> ((List<?>) sentinel.command("SENTINEL", "REPLICAS", redis.masterName()))
                        .stream()
                                .map(RedisSentinels::fields)
                                .filter(replica -> replica.get("port").equals(Integer.toString(server.port())))
                                .filter(replica -> replica.get("role-reported").equals("master"))
                                .anyMatch(replica ->
                                        Integer.parseInt(replica.get("role-reported-time")) > LONG_ENOUGH_MS));
    }

    /** Writes a key and waits until so many replicas have it, but only so long. WAIT knows of its own connection's writes. */
    private static long replicasThatGet(RedisServer primary, String key, int atLeast, int patienceMillis) {
        try (RespClient client = primary.connect(patienceMillis + 5_000)) {
            client.call("SET", key, "1");
            return (Long) client.call("WAIT", Integer.toString(atLeast), Integer.toString(patienceMillis));
        }
    }

    private static Object ask(FaultProxy proxy) {
        try (RespClient client = new RespClient(proxy.host(), proxy.port(), "secret", 5_000)) {
            return client.call("PING");
        }
    }
}
