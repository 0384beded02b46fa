package io.stampede.redis;

import static io.stampede.redis.Samples.done;
import static io.stampede.redis.Samples.eventually;
import static io.stampede.redis.Samples.failure;
import static io.stampede.redis.Samples.namespace;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.InvalidationBus.Subscription;
import io.stampede.spi.RemoteNamespace;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is particular to a bus on Redis pub/sub. */
@Tag("lettuce")
class LettuceBusTest {

    private static final RedisServer REDIS = RedisServer.start();
    private static final RedisAdmin ADMIN = new RedisAdmin(REDIS.uri());

    private final RemoteNamespace namespace = namespace();
    private final byte[] channel =
            RedisAdmin.bytes(RedisKeys.onOneServer(namespace.cache()).channel());

    @AfterAll
    static void stop() {
        ADMIN.close();
        REDIS.close();
    }

    private long subscribersInRedis() {
        return ADMIN.redis().pubsubNumsub(channel).values().iterator().next();
    }

    @Test
    void aSubscriptionThatRedisEndsIsAGapAndComesBack() {
        List<StatefulRedisPubSubConnection<?, ?>> pubSub = new CopyOnWriteArrayList<>();
        try (RedisClient client = RedisClient.create(REDIS.uri())) {
            client.addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
                    if (connection instanceof StatefulRedisPubSubConnection<?, ?> found) {
                        pubSub.add(found);
                    }
                }
            });
            try (RedisTier connection = RedisTier.of(client)) {
                BusLog bus = new BusLog();
                connection.bus(namespace).subscribe(bus);
                bus.awaitEvents("up");
                unsubscribeBehindItsBack(pubSub.get(0));
                bus.awaitEvents("up", "down", "up");
                done(connection.tier(namespace).invalidate("k"));
                bus.awaitMessages(1);
            }
        }
    }

    @SuppressWarnings("unchecked") // the adapter's connections are of bytes
    private void unsubscribeBehindItsBack(StatefulRedisPubSubConnection<?, ?> connection) {
        ((StatefulRedisPubSubConnection<byte[], byte[]>) connection).async().unsubscribe(channel);
    }

    @Test
    void aCacheTakesOneSubscriptionHoweverManyListen() {
        try (RedisTier connection = RedisTier.connect(REDIS.uri())) {
            List<Subscription> subscriptions = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                BusLog bus = new BusLog();
                subscriptions.add(connection.bus(namespace).subscribe(bus));
                bus.awaitEvents("up");
            }
            assertThat(subscribersInRedis()).isEqualTo(1);
            subscriptions.remove(0).close();
            assertThat(subscribersInRedis()).isEqualTo(1);
            subscriptions.forEach(Subscription::close);
            eventually().untilAsserted(() -> assertThat(subscribersInRedis()).isZero());
        }
    }

    @Test
    void whoSubscribesAgainAtOnceMissesNothing() {
        try (RedisTier connection = RedisTier.connect(REDIS.uri())) {
            Subscription previous = connection.bus(namespace).subscribe(new BusLog());
            for (int round = 0; round < 100; round++) {
                BusLog bus = new BusLog();
                previous.close();
                previous = connection.bus(namespace).subscribe(bus);
                bus.awaitEvents("up");
                done(connection.tier(namespace).invalidate("k"));
                bus.awaitMessages(1);
            }
        }
    }

    @Test
    void aForbiddenChannelIsTriedAgainUntilItIsAllowed() {
        ADMIN.redis().aclSetuser("limited", limited());
        String uri = "redis://limited:secret@" + REDIS.host() + ":" + REDIS.port();
        try (RedisTier connection = RedisTier.connect(uri)) {
            BusLog bus = new BusLog();
            connection.bus(namespace).subscribe(bus);
            assertThat(failure(connection.tier(namespace).invalidate("k"))).hasMessageContaining("INVALIDATE failed");
            assertThat(bus.events()).isEmpty();
            ADMIN.redis().aclSetuser("limited", limited().allChannels());
            bus.awaitEvents("up");
            done(connection.tier(namespace).invalidate("k"));
            bus.awaitMessages(1);
        } finally {
            ADMIN.redis().aclDeluser("limited");
        }
    }

    private static AclSetuserArgs limited() {
        return AclSetuserArgs.Builder.on()
                .addPassword("secret")
                .allCommands()
                .allKeys()
                .resetChannels();
    }
}
