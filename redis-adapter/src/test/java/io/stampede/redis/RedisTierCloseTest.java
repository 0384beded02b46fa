package io.stampede.redis;

import static io.stampede.redis.Samples.done;
import static io.stampede.redis.Samples.entry;
import static io.stampede.redis.Samples.eventually;
import static io.stampede.redis.Samples.failure;
import static io.stampede.redis.Samples.namespace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P18: close leaves nothing behind, and closes only what it opened. */
@Tag("lettuce")
class RedisTierCloseTest {

    private static final RedisServer REDIS = RedisServer.start();
    private static final RedisAdmin ADMIN = new RedisAdmin(REDIS.uri());

    private final RemoteNamespace namespace = namespace();

    @AfterAll
    static void stop() {
        ADMIN.close();
        REDIS.close();
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                // The JDK's and Netty's own, one for all and not ours to end.
                .filter(thread -> !thread.getName()
                        .matches("(?i).*(globalEventExecutor|CompletableFutureDelay|Cleaner|"
                                + "ForkJoinPool|Attach Listener|awaitility|process reaper|parallel-|boundedElastic).*"))
                .collect(Collectors.toSet());
    }

    private void use(RedisTier connection, BusLog bus) {
        connection.bus(namespace).subscribe(bus);
        bus.awaitEvents("up");
        done(connection.tier(namespace).put("k", entry(), Long.MAX_VALUE));
        bus.awaitMessages(1);
    }

    @Test
    void leavesNoThreadAndNoConnection() {
        long clients = ADMIN.otherClients(); // before the threads are counted, since it may start some of its own
        Set<Thread> before = threads();
        BusLog bus = new BusLog();
        RedisTier connection = RedisTier.connect(REDIS.uri());
        use(connection, bus);
        assertThat(ADMIN.otherClients()).isEqualTo(clients + 2);
        assertThat(threads()).isNotEqualTo(before);

        connection.close();
        connection.close();

        bus.awaitEvents("up", "down");
        eventually().untilAsserted(() -> assertThat(ADMIN.otherClients()).isEqualTo(clients));
        eventually().untilAsserted(() -> assertThat(before).containsAll(threads()));
        assertThat(failure(connection.tier(namespace).get("k"))).hasMessageContaining("was not sent");
    }

    @Test
    void leavesNoThreadBehindWhenRedisWasNeverThere() {
        Set<Thread> before = threads();
        try (RedisServer gone = RedisServer.startEmbedded()) {
            gone.kill();
            RedisTier.connect(gone.uri()).close();
            try (RedisClient client = RedisClient.create(gone.uri())) {
                RedisTier.of(client).close();
            }
        }
        eventually().untilAsserted(() -> assertThat(before).containsAll(threads()));
    }

    @Test
    void failsWhatIsUnderWay() {
        try (RedisServer frozen = RedisServer.start()) {
            RedisTier connection = RedisTier.connect(frozen.uri());
            RemoteTier tier = connection.tier(namespace);
            frozen.pause();
            var underWay = tier.put("k", entry(), Long.MAX_VALUE);
            connection.close();
            assertThat(failure(underWay)).hasMessageContaining("PUT failed");
        }
    }

    @Test
    void leavesTheApplicationsClientUsable() {
        try (RedisClient client = RedisClient.create(REDIS.uri());
                var applications = client.connect()) {
            long clients = ADMIN.otherClients();
            for (RedisTier connection :
                    new RedisTier[] {RedisTier.of(client), RedisTier.of(client, RedisURI.create(REDIS.uri()))}) {
                use(connection, new BusLog());
                connection.close();
                assertThat(applications.sync().ping()).isEqualTo("PONG");
                try (var another = client.connect()) {
                    assertThat(another.sync().ping()).isEqualTo("PONG");
                }
                assertThat(failure(connection.tier(namespace).get("k"))).hasMessageContaining("was not sent");
            }
            eventually().untilAsserted(() -> assertThat(ADMIN.otherClients()).isEqualTo(clients));
        }
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        assertThatThrownBy(() -> RedisTier.connect("localhost:6379")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RedisTier.connect("")).isInstanceOf(IllegalArgumentException.class);
    }
}
