package io.stampede.redis;

import static io.stampede.redis.Samples.MINUTE_MILLIS;
import static io.stampede.redis.Samples.done;
import static io.stampede.redis.Samples.entry;
import static io.stampede.redis.Samples.eventually;
import static io.stampede.redis.Samples.failure;
import static io.stampede.redis.Samples.namespace;
import static io.stampede.redis.Samples.token;
import static io.stampede.redis.Samples.works;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.Stored;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A Redis that is absent, dies, freezes and comes back. */
@Tag("lettuce")
class RedisOutageTest {

    private static final RedisServer REDIS = RedisServer.start();

    private final RemoteNamespace namespace = namespace();
    private final BusLog bus = new BusLog();

    @AfterAll
    static void stop() {
        REDIS.close();
    }

    @BeforeEach
    @AfterEach
    void restart() {
        REDIS.restart();
    }

    /** The ways to get at a Redis; an application's client has Lettuce's defaults, which repeat commands. */
    static Stream<Way> ways() {
        return Stream.of(
                new Way("own client") {
                    @Override
                    RedisTier open() {
                        return RedisTier.connect(REDIS.uri());
                    }
                },
                new Way("application's client, address given") {
                    @Override
                    RedisTier open() {
                        return RedisTier.of(application(), RedisURI.create(REDIS.uri()));
                    }
                },
                new Way("application's client, its own address") {
                    @Override
                    RedisTier open() {
                        return RedisTier.of(application());
                    }
                });
    }

    abstract static class Way implements AutoCloseable {
        private final String name;
        private RedisClient client;

        Way(String name) {
            this.name = name;
        }

        abstract RedisTier open();

        RedisClient application() {
            client = RedisClient.create(REDIS.uri());
            return client;
        }

        @Override
        public void close() {
            if (client != null) {
                client.shutdown();
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void startsWhileRedisIsAbsentAndHeals(Way way) {
        REDIS.kill();
        try (way;
                RedisTier connection = way.open()) {
            RemoteTier tier = connection.tier(namespace);
            connection.bus(namespace).subscribe(bus);
            assertThat(failure(tier.get("k")))
                    .hasMessageContaining("GET was not sent")
                    .hasMessageContaining("no connection");
            assertThat(bus.events()).isEmpty();
            REDIS.restart();
            eventually().until(() -> works(tier));
            bus.awaitEvents("up");
            done(tier.invalidate("k"));
            bus.awaitMessages(1);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void survivesTheServersDeathAndSendsNothingTwice(Way way) {
        try (way;
                RedisTier connection = way.open()) {
            RemoteTier tier = connection.tier(namespace);
            connection.bus(namespace).subscribe(bus);
            bus.awaitEvents("up");
            done(tier.put("before", entry(), Long.MAX_VALUE));
            bus.awaitMessages(1);

            REDIS.pause();
            // Two, since Lettuce fails the first by itself and would repeat the second.
            CompletionStage<Receipt> underWay = tier.put("under way", entry(), Long.MAX_VALUE);
            CompletionStage<Receipt> alsoUnderWay = tier.put("also under way", entry(), Long.MAX_VALUE);
            REDIS.kill();
            assertThat(failure(underWay)).hasMessageContaining("PUT");
            assertThat(failure(alsoUnderWay)).hasMessageContaining("PUT");
            bus.awaitEvents("up", "down");
            assertThat(failure(tier.put("while down", entry(), Long.MAX_VALUE))).hasMessageContaining("PUT");

            REDIS.restart();
            eventually().until(() -> works(tier));
            bus.awaitEvents("up", "down", "up");
            for (String key : new String[] {"before", "under way", "also under way", "while down"}) {
                assertThat(done(tier.get(key))).as(key).isNull();
            }
            try (RedisAdmin admin = new RedisAdmin(REDIS.uri())) {
                assertThat(admin.calls()).doesNotContainKeys("evalsha", "eval", "set");
            }
            Stored entry = entry();
            done(tier.put("after", entry, Long.MAX_VALUE));
            assertThat(done(tier.get("after"))).isEqualTo(entry.bytes());
            done(tier.invalidate("after"));
            bus.awaitMessages(3);
        }
    }

    @Test
    void aPutThatItsCallerGaveUpIsNotCarriedOutLater() {
        try (RedisTier connection = RedisTier.connect(REDIS.uri())) {
            RemoteTier tier = connection.tier(namespace);
            Stored newer = entry();
            long now = done(tier.put("k", newer, Long.MAX_VALUE)).serverMicros();
            REDIS.pause();
            CompletionStage<Receipt> late = tier.put("k", entry(), now + 1_000);
            long tooLate = System.nanoTime() + 5_000_000;
            eventually().until(() -> System.nanoTime() - tooLate > 0);
            REDIS.resume();
            assertThat(done(late).applied()).isFalse();
            assertThat(done(tier.get("k"))).isEqualTo(newer.bytes());
        }
    }

    @Test
    void connectingToAFrozenServerReturnsAndHeals() {
        REDIS.pause();
        try (RedisTier connection = RedisTier.connect(REDIS.uri())) {
            RemoteTier tier = connection.tier(namespace);
            connection.bus(namespace).subscribe(bus);
            assertThat(failure(tier.get("k"))).hasMessageContaining("no connection");
            REDIS.resume();
            eventually().until(() -> works(tier));
            bus.awaitEvents("up");
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsConnectedToAgain() {
        RedisURI impatient = RedisURI.create(REDIS.uri() + "?timeout=200ms");
        try (RedisTier connection = RedisTier.connect(impatient);
                RedisAdmin admin = new RedisAdmin(REDIS.uri())) {
            RemoteTier tier = connection.tier(namespace);
            done(tier.generation(0, token(), MINUTE_MILLIS));
            long before = admin.redis().clientId();
            REDIS.pause();
            assertThat(failure(tier.get("k")))
                    .hasMessageContaining("GET failed")
                    .hasMessageContaining("timed out");
            assertThat(failure(tier.get("k"))).hasMessageContaining("GET was not sent");
            REDIS.resume();
            eventually().until(() -> works(tier));
            assertThat(admin.redis().clientId()).isEqualTo(before);
        }
    }
}
