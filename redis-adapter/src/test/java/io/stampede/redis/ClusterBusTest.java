package io.stampede.redis;

import static io.stampede.redis.Samples.done;
import static io.stampede.redis.Samples.eventually;
import static io.stampede.redis.Samples.namespace;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.stampede.Codec;
import io.stampede.Health;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.RedisCluster;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.BusMessage;
import io.stampede.spi.BusMessage.Kind;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * In a Redis Cluster the bus listens to one server, whichever writes. It moves on when that one is lost or hears of nothing
 * any more: KNOWN-BUG 12. Each test leaves six servers that agree, for the next.
 */
@Tag("topology")
class ClusterBusTest {

    private static final RedisCluster REDIS = RedisCluster.start();
    private static final long SIGN_OF_LIFE_NANOS = Duration.ofMillis(1_666).toNanos();

    private static final String CLIENT_NAME = "told-apart";

    private final RemoteNamespace namespace = namespace();
    private final BusLog bus = new BusLog();

    @AfterEach
    void isWell() {
        REDIS.awaitOk();
    }

    @AfterAll
    static void stop() {
        REDIS.close();
    }

    private static RedisTier connect() {
        return RedisTier.connectCluster(REDIS.uris().toArray(String[]::new));
    }

    /** What that server writes by itself it can tell nobody. */
    private List<String> keysOfOthers(RedisServer server) {
        RedisKeys places = RedisKeys.inCluster(namespace.cache());
        return EachPart.keys().stream()
                .filter(key -> REDIS.primaryOf(new String(places.value(key), StandardCharsets.UTF_8)) != server)
                .toList();
    }

    /** The server that a subscriber is connected to. */
    private static RedisServer listenedTo() {
        List<RedisServer> found = REDIS.nodes().stream()
                .filter(node -> node.command("CLIENT", "LIST", "TYPE", "pubsub") instanceof String clients
                        && !clients.isBlank())
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void theBusMovesOnWhenItsServerIsKilled() {
        try (RedisTier connection = connect()) {
            connection.bus(namespace).subscribe(bus);
            bus.awaitEvents("up");
            RedisServer server = listenedTo();
            server.kill();
            bus.awaitEvents("up", "down", "up");
            everyPartIsHeard(connection);
            server.restart();
        }
    }

    @Test
    void theBusMovesOnWhenItsServerHangs() {
        try (RedisTier connection = connect()) {
            connection.bus(namespace).subscribe(bus);
            bus.awaitEvents("up");
            RedisServer server = listenedTo();
            server.pause();
            try {
                eventually().until(() -> {
                    connection.check(SIGN_OF_LIFE_NANOS);
                    return bus.events().equals(List.of("up", "down", "up"));
                });
                everyPartIsHeard(connection);
            } finally {
                server.resume();
            }
        }
    }

    /** Its server answers whatever it is asked, but the messages of the others don't come to it. */
    @Test
    void theBusMovesOnWhenItsServerHearsNothing() throws IOException {
        List<Socket> crowd = crowdReplicas();
        RedisURI seed = RedisURI.create(REDIS.uris().get(0));
        seed.setClientName(CLIENT_NAME);
        RedisClusterClient client = OwnClient.create(List.of(seed), null, null);
        try (RedisTier connection = RedisTier.of(client)) {
            connection.bus(namespace).subscribe(bus);
            bus.awaitEvents("up");
            RedisServer server = listenedTo();
            crowd.addAll(crowd(node -> node != server)); // so that it would be chosen again
            REDIS.cutOffFromPeers(server);
            try {
                eventually().until(() -> {
                    connection.check(SIGN_OF_LIFE_NANOS);
                    return bus.events().equals(List.of("up", "down", "up"));
                });
                assertThat(listenedTo()).isNotSameAs(server);
                areHeard(keysOfOthers(server), connection.tier(namespace));
            } finally {
                REDIS.rejoin(server);
            }
            everyPartIsHeard(connection);
            assertThat(bus.events()).containsExactly("up", "down", "up");
        } finally {
            disperse(crowd);
        }
        eventually()
                .until(() -> REDIS.nodes().stream()
                        .noneMatch(node ->
                                String.valueOf(node.command("CLIENT", "LIST")).contains("name=" + CLIENT_NAME)));
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }

    /** Until its bus has moved on, the numbers of the messages tell a node what it has not heard. */
    @Test
    void aNodeWhoseServerHearsNothingNoticesWhatItHasMissed() throws IOException {
        List<Socket> crowd = crowdReplicas();
        try (RedisTier deaf = connect();
                StampedeCache<String, String> reader = cache(deaf)) {
            eventually().until(() -> reader.deepHealth().status() == Health.Status.UP);
            RedisServer server = listenedTo();
            try (RedisTier connection = connect();
                    StampedeCache<String, String> writer = cache(connection)) {
                List<String> keys = keysOfOthers(server);
                keys.forEach(key -> eventually().until(() -> reader.put(key, "old") == WriteResult.EVERYWHERE));
                REDIS.cutOffFromPeers(server);
                keys.forEach(key -> eventually().until(() -> writer.put(key, "new") == WriteResult.EVERYWHERE));
                eventually()
                        .untilAsserted(() -> assertThat(keys)
                                .allSatisfy(key ->
                                        assertThat(reader.getIfPresent(key)).isEqualTo("new")));
            } finally {
                REDIS.rejoin(server);
            }
        } finally {
            disperse(crowd);
        }
    }

    private StampedeCache<String, String> cache(RedisTier tier) {
        return StampedeCache.<String, String>builder(namespace.cache())
                .ttl(Duration.ofMinutes(10))
                .remoteTimeout(Duration.ofSeconds(5))
                .remote(tier, Codec.strings())
                .build();
    }

    /** Only a primary can be made to forget the others, and the bus goes where there are the fewest clients. */
    private static List<Socket> crowdReplicas() throws IOException {
        return crowd(node -> String.valueOf(node.command("CLUSTER", "NODES")).contains("myself,slave"));
    }

    private static List<Socket> crowd(Predicate<RedisServer> which) throws IOException {
        List<Socket> crowd = new ArrayList<>();
        for (RedisServer node : REDIS.nodes()) {
            if (which.test(node)) {
                for (int i = 0; i < 50; i++) {
                    crowd.add(new Socket(node.host(), node.port()));
                }
            }
        }
        return crowd;
    }

    private static void disperse(List<Socket> crowd) throws IOException {
        for (Socket each : crowd) {
            each.close();
        }
    }

    private void everyPartIsHeard(RedisTier connection) {
        RemoteTier tier = connection.tier(namespace);
        eventually().until(() -> {
            connection.check(SIGN_OF_LIFE_NANOS);
            return EachPart.work(tier);
        });
        areHeard(EachPart.keys(), tier);
    }

    private void areHeard(List<String> keys, RemoteTier tier) {
        bus.messages().clear();
        keys.forEach(key -> done(tier.expire(key)));
        eventually()
                .untilAsserted(() -> assertThat(bus.messages())
                        .filteredOn(message -> message.kind() == Kind.EXPIRED)
                        .extracting(BusMessage::key)
                        .containsExactlyInAnyOrderElementsOf(keys));
    }
}
