package io.stampede.redis;

import static io.stampede.redis.Samples.MINUTE_MILLIS;
import static io.stampede.redis.Samples.done;
import static io.stampede.redis.Samples.entry;
import static io.stampede.redis.Samples.eventually;
import static io.stampede.redis.Samples.failure;
import static io.stampede.redis.Samples.namespace;
import static io.stampede.redis.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.BusMessage;
import io.stampede.spi.Claim;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteRefusedException;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Publication;
import io.stampede.spi.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.redisson.config.NameMapper;

/** The connection over an application's Redisson: trouble stays inside, order is kept, nothing is left behind. */
class RedissonTierTest {

    private static final String ADDED_RIGHTS =
            " ~redisson_unlock_latch:* ~redisson_lock__channel:* &redisson_lock__channel:* +exists +hexists";

    private final RedisServer redis = RedisServer.startEmbedded();
    private final RedisAdmin admin = new RedisAdmin(redis.uri());
    private final RedissonClients clients = RedissonClients.of(redis.uri());
    private final RemoteNamespace namespace = namespace();

    @AfterEach
    void stop() {
        clients.close();
        admin.close();
        redis.close();
    }

    private List<String> burst(RemoteTier tier) {
        List<String> keys = IntStream.range(0, 200).mapToObj(i -> "k" + i).toList();
        List<CompletionStage<?>> burst = new ArrayList<>();
        keys.forEach(key -> burst.add(tier.invalidate(key)));
        burst.forEach(Samples::done);
        return keys;
    }

    @Test
    void theOperationsOfOneThreadAreCarriedOutInTheOrderOfTheCalls() {
        RedissonTier connection = clients.connect();
        BusLog bus = new BusLog();
        connection.bus(namespace).subscribe(bus);
        bus.awaitEvents("up");
        List<String> keys = burst(connection.tier(namespace));
        bus.awaitMessages(keys.size());
        assertThat(bus.messages()).extracting(BusMessage::key).containsExactlyElementsOf(keys);
    }

    @Test
    void scriptsThatRedisHasForgottenAreSentAlong() { // KNOWN-BUG 44
        RemoteTier tier = clients.connect().tier(namespace);
        done(tier.invalidate("k"));
        admin.redis().scriptFlush();
        done(tier.invalidate("k"));
        admin.redis().scriptFlush();
        admin.resetStatistics();
        int calls = burst(tier).size();
        assertThat(admin.calls().get("publish")).as("each is carried out once").isEqualTo(calls);
    }

    @Test
    void whatRedisRefusesIsToldAsRefused() {
        RemoteTier tier = clients.connect().tier(namespace);
        admin.redis().configSet("min-replicas-to-write", "1");
        assertThat(failure(tier.put("k", entry(), Long.MAX_VALUE)))
                .isInstanceOf(RemoteRefusedException.class)
                .hasMessageContaining("NOREPLICAS");
        assertThat(failure(tier.claim("k", new byte[0], token(), MINUTE_MILLIS, false)))
                .isInstanceOf(RemoteRefusedException.class);
        admin.redis().configSet("min-replicas-to-write", "0");
        admin.redis().configSet("maxmemory", "1");
        assertThat(failure(tier.put("k", entry(), Long.MAX_VALUE))).isInstanceOf(RemoteRefusedException.class);
        admin.redis().configSet("maxmemory", "0");
        done(tier.put("k", entry(), Long.MAX_VALUE));
    }

    @Test
    void aServerThatIsGoneIsAFailureAndNoRefusalAndHealsByItself() { // KNOWN-BUG 7
        RedissonTier connection = clients.connect();
        RemoteTier tier = connection.tier(namespace);
        BusLog bus = new BusLog();
        connection.bus(namespace).subscribe(bus);
        bus.awaitEvents("up");
        redis.kill();
        for (CompletionStage<?> stage : List.of(
                tier.get("k"),
                tier.getAll(List.of("k", "l")),
                tier.invalidate("k"),
                tier.claim("k", new byte[0], token(), MINUTE_MILLIS, false))) {
            assertThat(failure(stage)).isNotInstanceOf(RemoteRefusedException.class);
        }
        redis.restart();
        bus.awaitEvents("up", "down", "up");
        eventually().until(() -> Samples.works(tier));
        done(tier.invalidate("k"));
        bus.awaitMessages(1);
    }

    /** Redisson would connect on the caller's thread, and keep it until Redis is there. */
    @Test
    void aServerThatIsNotThereYetKeepsNoCaller() {
        redis.kill();
        RedissonTier connection = clients.connect();
        RemoteTier tier = connection.tier(namespace);
        BusLog bus = new BusLog();
        connection.bus(namespace).subscribe(bus);
        for (CompletionStage<?> stage : List.of(
                tier.get("k"),
                tier.getAll(List.of("k")),
                tier.invalidate("k"),
                tier.claim("k", new byte[0], token(), MINUTE_MILLIS, false))) {
            assertThat(failure(stage))
                    .isNotInstanceOf(RemoteRefusedException.class)
                    .hasStackTraceContaining("Redisson has not connected to Redis yet");
        }
        redis.restart();
        eventually().until(() -> Samples.works(tier));
        bus.awaitEvents("up");
    }

    @Test
    void aKeyWithoutAnUtf8FormIsAFailureAndNotThrown() {
        RemoteTier tier = clients.connect().tier(namespace);
        String half = "\ud800";
        assertThat(failure(tier.claim(half, new byte[0], token(), MINUTE_MILLIS, false)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(failure(tier.get(half))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aClientThatWasShutDownIsAFailureAndNotThrown() {
        RedissonClient client = clients.open();
        try (RedissonTier connection = RedissonTier.of(client)) {
            RemoteTier tier = connection.tier(namespace);
            done(tier.invalidate("k"));
            client.shutdown();
            assertThat(failure(tier.get("k"))).isNotNull();
            assertThat(failure(tier.invalidate("k"))).isNotNull();
            assertThat(failure(tier.claim("k", new byte[0], token(), MINUTE_MILLIS, false)))
                    .isNotNull();
        }
    }

    @Test
    void closingLeavesTheApplicationsClientAsItIs() { // KNOWN-BUG 51
        RedissonClient client = clients.open();
        RedissonTier connection = RedissonTier.of(client);
        RemoteTier tier = connection.tier(namespace);
        BusLog bus = new BusLog();
        connection.bus(namespace).subscribe(bus);
        bus.awaitEvents("up");
        assertThat(ownThreads()).isEqualTo(1);

        connection.close();
        connection.close();

        bus.awaitEvents("up", "down");
        String channel = RedisKeys.onOneServer(namespace.cache()).channel();
        eventually().until(() -> client.getTopic(channel).countSubscribers() == 0);
        assertThat(client.getTopic(channel).countListeners()).isZero();
        assertThat(ownThreads()).isZero();
        assertThat(failure(tier.get("k"))).hasMessageContaining("was closed");
        client.getBucket("application's").set("value");
        assertThat(client.getBucket("application's").get()).isEqualTo("value");
    }

    /** The rights that OPERATIONS.md names. */
    @Test
    void aUserWithOnlyWhatIsNeededCanDoAll() {
        admin.setUser(
                "limited",
                ("on >secret ~stampede:1:* &stampede:1:* +get +mget +set +setrange +getrange +strlen +del +type +hset"
                                + " +hmget +hincrby +pexpire +pttl +time +info +ping +publish +subscribe +unsubscribe +eval"
                                + " +evalsha +script|load" + ADDED_RIGHTS)
                        .split(" "));
        Config config = RedissonClients.oneServer(redis.uri());
        config.setUsername("limited").setPassword("secret");
        try (RedissonClients limited = new RedissonClients(() -> config)) {
            RedissonTier connection = limited.connect();
            RemoteTier tier = connection.tier(namespace);
            BusLog bus = new BusLog();
            connection.bus(namespace).subscribe(bus);
            bus.awaitEvents("up");
            Token lease = token();
            assertThat(done(tier.getAll(List.of("k")))).containsExactly((byte[]) null);
            assertThat(done(tier.claim("k", new byte[0], lease, MINUTE_MILLIS, false)))
                    .isInstanceOf(Claim.Granted.class);
            assertThat(done(tier.claim("k", new byte[0], token(), MINUTE_MILLIS, false)))
                    .isInstanceOf(Claim.Held.class);
            assertThat(done(tier.publish("k", lease, entry()))).isEqualTo(Publication.PUBLISHED);
            eventually()
                    .until(() -> admin.redis()
                                    .exists(RedisKeys.onOneServer(namespace.cache())
                                            .lock("k"))
                            == 0);
            bus.awaitMessages(1);
        }
    }

    private static long ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().equals("stampede-redisson"))
                .count();
    }

    @Test
    void aClientThatRenamesKeysOrMixesMessagesUpIsRefused() {
        Config renaming = RedissonClients.oneServer(redis.uri()).setNameMapper(new NameMapper() {
            @Override
            public String map(String name) {
                return "tenant:" + name;
            }

            @Override
            public String unmap(String name) {
                return name.substring("tenant:".length());
            }
        });
        Config mixing = RedissonClients.oneServer(redis.uri()).setKeepPubSubOrder(false);
        for (Config config : List.of(renaming, mixing)) {
            RedissonClient client = Redisson.create(config.setLazyInitialization(true));
            assertThatThrownBy(() -> RedissonTier.of(client)).isInstanceOf(IllegalArgumentException.class);
            client.shutdown();
        }
    }

    @Test
    void aWriteIsSentOnceHoweverLateItsAnswer() { // KNOWN-BUG 2 of the client: its own retry
        Config impatient = RedissonClients.oneServer(redis.uri());
        impatient.useSingleServer().setTimeout(200).setRetryAttempts(5);
        try (RedissonClients eager = new RedissonClients(() -> impatient)) {
            RemoteTier tier = eager.connect().tier(namespace);
            done(tier.clear(token(), MINUTE_MILLIS)); // so that Redis knows the script
            admin.resetStatistics();
            redis.pause();
            Throwable failure = failure(tier.clear(token(), MINUTE_MILLIS));
            assertThat(failure).hasMessageContaining("CLEAR got no answer");
            redis.resume();
            done(tier.clear(token(), MINUTE_MILLIS));
            assertThat(admin.calls().get("publish")).isEqualTo(2);
        }
    }
}
