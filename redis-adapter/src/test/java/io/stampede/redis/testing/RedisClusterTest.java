package io.stampede.redis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Each test leaves six nodes that run and agree, for the next. */
@Tag("topology")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisClusterTest {

    private static final int KEYS = 10;

    private RedisCluster redis;

    @BeforeAll
    void start() {
        redis = RedisCluster.start();
    }

    @AfterEach
    void isWell() {
        redis.awaitOk();
    }

    @AfterAll
    void stop() {
        redis.close();
    }

    @Test
    void lettuceFindsAllSlots() {
        assertThat(redis.uris()).hasSize(6).doesNotHaveDuplicates();
        RedisClusterClient client = RedisClusterClient.create(RedisClusterURIUtil.toRedisURIs(URI.create(redis.uri())));
        try (var connection = client.connect()) {
            IntStream.range(0, KEYS).forEach(i -> connection.sync().set("found" + i, "1"));
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
        for (int i = 0; i < KEYS; i++) {
            assertThat(redis.primaryOf("found" + i).command("GET", "found" + i)).isEqualTo("1");
        }
    }

    @Test
    @Tag("long")
    void aKilledPrimaryIsReplacedAndComesBackAsAReplica() {
        RedisServer old = redis.primaryOf("kept");
        RedisServer replica = redis.replicasOf(old).get(0);
        assertThat(replicasThatGet(old, "kept")).isEqualTo(1);
        old.kill();
        redis.awaitPromoted(replica);
        assertThat(redis.primaryOf("kept")).isSameAs(replica);
        assertThat(replica.command("GET", "kept")).isEqualTo("1");
        old.restart();
        redis.awaitOk();
        assertThat(redis.replicasOf(replica)).containsExactly(old);
    }

    @Test
    void theOldPrimaryAnswersWhatItWasSentWhilePaused() {
        RedisServer old = redis.primaryOf("late");
        RedisServer replica = redis.replicasOf(old).get(0);
        try (RespClient client = old.connect(30_000)) {
            client.call("PING");
            old.pause();
            client.send("SET", "late", "old");
            redis.awaitPromoted(replica);
            replica.command("SET", "late", "current");
            old.resume();
            assertThat(client.receive()).isEqualTo("OK");
        }
        redis.awaitOk();
        assertThat(redis.primaryOf("late")).isSameAs(replica);
        assertThat(replica.command("GET", "late")).isEqualTo("current");
    }

    @Test
    void theOldPrimaryTakesWritesBesideTheNewOneUntilItRejoins() {
        RedisServer old = redis.primaryOf("split");
        RedisServer replica = redis.replicasOf(old).get(0);
        redis.cutOffFromPeers(old);
        redis.failOver(replica, RedisCluster.FailOver.FORCE);
        assertThat(old.command("SET", "split", "old")).isEqualTo("OK");
        assertThat(replica.command("SET", "split", "current")).isEqualTo("OK");
        assertThat(old.command("GET", "split")).isEqualTo("old");
        assertThat(redis.primaryOf("split")).isSameAs(replica);
        redis.rejoin(old);
        assertThat(redis.replicasOf(replica)).containsExactly(old);
        assertThatThrownBy(() -> old.command("SET", "split", "old"))
                .isInstanceOf(RedisErrorException.class)
                .hasMessageStartingWith("MOVED");
    }

    @Test
    void failsOverOnDemand() {
        RedisServer old = redis.primaryOf("a");
        RedisServer replica = redis.replicasOf(old).get(0);
        redis.failOver(replica);
        assertThat(redis.primaryOf("a")).isSameAs(replica);
        redis.awaitOk();
        redis.failOver(old, RedisCluster.FailOver.TAKEOVER);
        assertThat(redis.primaryOf("a")).isSameAs(old);
    }

    @Test
    void aSlotMovesWithItsKeysAndStopsHalfwayIfWanted() {
        int slot = redis.slotOf("{moved}");
        RedisServer from = redis.primaryOf(slot);
        RedisServer to = redis.primaryOf((slot + 16_384 / 2) % 16_384);
        List<String> keys =
                IntStream.range(0, KEYS).mapToObj(i -> "{moved}" + i).toList();
        keys.forEach(key -> from.command("SET", key, key));

        SlotMove move = redis.beginMove(slot, to);
        assertThat(move.moveKeys(KEYS / 2)).isEqualTo(KEYS / 2);
        String there =
                keys.stream().filter(key -> !isServed(from, key)).findFirst().orElseThrow();
        String here =
                keys.stream().filter(key -> isServed(from, key)).findFirst().orElseThrow();
        assertThatThrownBy(() -> from.command("GET", there)).hasMessageStartingWith("ASK " + slot);
        assertThatThrownBy(() -> from.command("MGET", here, there)).hasMessageStartingWith("TRYAGAIN");
        assertThatThrownBy(() -> to.command("GET", there)).hasMessageStartingWith("MOVED " + slot);
        assertThat(redis.primaryOf(slot)).isSameAs(from);

        move.finish();
        redis.awaitOk();
        assertThat(redis.primaryOf(slot)).isSameAs(to);
        assertThat(keys).allSatisfy(key -> assertThat(to.command("GET", key)).isEqualTo(key));
        assertThatThrownBy(() -> from.command("GET", here)).hasMessageStartingWith("MOVED " + slot);

        redis.moveSlot(slot, from);
        redis.awaitOk();
        assertThat(keys).allSatisfy(key -> assertThat(from.command("GET", key)).isEqualTo(key));
    }

    @Test
    @Tag("long")
    void proxiesCutOffClientsAndNobodyElse() {
        try (RedisCluster behind = RedisCluster.startBehindProxies("--requirepass", "secret")) {
            RedisServer primary = behind.primaryOf("a");
            FaultProxy proxy = behind.proxy(primary);
            assertThatThrownBy(() -> behind.primaryOf("b").command("SET", "a", "1"))
                    .hasMessageEndingWith(":" + proxy.port());
            proxy.refuse();
            assertThatThrownBy(() -> ask(proxy)).isInstanceOf(UncheckedIOException.class);
            assertThat(replicasThatGet(primary, "a")).isEqualTo(1);
            behind.awaitOk();
            RedisServer replica = behind.replicasOf(primary).get(0);
            behind.failOver(replica);
            behind.awaitOk();
            assertThat(behind.replicasOf(replica)).containsExactly(primary);
            proxy.pass();
            assertThat(ask(proxy)).isEqualTo("PONG");
            int slot = behind.slotOf("a");
            behind.moveSlot(slot, behind.primaryOf("b"));
            assertThat(behind.primaryOf("b").command("GET", "a")).isEqualTo("1");
        }
    }

    private static boolean isServed(RedisServer node, String key) {
        try {
            return node.command("GET", key) != null;
        } catch (RedisErrorException elsewhere) {
            return false;
        }
    }

    /** Writes a key and waits until the replica has it. WAIT knows of its own connection's writes. */
    private static long replicasThatGet(RedisServer primary, String key) {
        try (RespClient client = primary.connect(35_000)) {
            client.call("SET", key, "1");
            return (Long) client.call("WAIT", "1", "30000");
        }
    }

    private static Object ask(FaultProxy proxy) {
        try (RespClient client = new RespClient(proxy.host(), proxy.port(), "secret", RespClient.TIMEOUT_MS)) {
            return client.call("PING");
        }
    }
}
