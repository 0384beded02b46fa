package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a call costs Redis, by its own count ({@code INFO commandstats}). The heartbeat, one script every ten seconds and
 * node, is switched off here so that the counts are exact; it is counted by itself.
 */
@Tag("lettuce")
class CommandCountTest {

    private static final int CALLS = 1_000;

    @Test
    void aThousandHitsOfL2CostAThousandGets() {
        try (Fixture fixture = new Fixture()) {
            for (int key = 0; key < CALLS; key++) {
                fixture.one.put(key, "value");
            }
            Map<String, Integer> commands = fixture.countedWhile(() -> {
                for (int key = 0; key < CALLS; key++) {
                    assertThat(fixture.other.get(key, any -> "loaded")).isEqualTo("value");
                }
            });
            System.out.println("1,000 L2 hits cost Redis " + commands);
            assertThat(commands).isEqualTo(Map.of("get", CALLS));
        }
    }

    @Test
    void aColdMissIsTwoRoundTripsBeforeTheLoaderAndThreeCommandsInAll() {
        try (Fixture fixture = new Fixture()) {
            fixture.one.get(-1, any -> "the scripts are known from here on");
            fixture.awaitPublished(-1);
            AtomicReference<Map<String, Integer>> beforeTheLoader = new AtomicReference<>(Map.of());
            Map<String, Integer> oneMiss = fixture.countedWhile(() -> {
                fixture.one.get(0, any -> {
                    beforeTheLoader.set(fixture.sent(fixture.admin.calls()));
                    return "value";
                });
                fixture.awaitPublished(0);
            });
            assertThat(beforeTheLoader.get()).isEqualTo(Map.of("get", 1, "evalsha", 1));
            assertThat(fixture.sent(oneMiss)).isEqualTo(Map.of("get", 1, "evalsha", 2));

            Map<String, Integer> thousandMisses = fixture.countedWhile(() -> {
                for (int key = 1; key <= CALLS; key++) {
                    fixture.one.get(key, any -> "value");
                }
                fixture.awaitPublished(CALLS);
            });
            System.out.println("1,000 cold misses cost Redis " + fixture.sent(thousandMisses)
                    + ", with what the scripts do " + thousandMisses);
            assertThat(fixture.sent(thousandMisses)).isEqualTo(Map.of("get", CALLS, "evalsha", 2 * CALLS));
        }
    }

    @Test
    void aHeartbeatIsOneScript() {
        try (Fixture fixture = new Fixture()) {
            Map<String, Integer> commands = fixture.countedWhile(() -> {
                try (StampedeCache<Integer, String> starting = fixture.cache(fixture.oneTier)) {
                    // The first read waits for the first heartbeat.
                    assertThat(starting.getIfPresent(7)).isNull();
                }
            });
            assertThat(commands).containsEntry("evalsha", 1);
        }
    }

    private static final class Fixture implements AutoCloseable {

        final RedisServer server = RedisServer.start();
        final RedisAdmin admin = new RedisAdmin(server.uri());
        final RedisTier oneTier = RedisTier.connect(server.uri());
        final RedisTier otherTier = RedisTier.connect(server.uri());
        final StampedeCache<Integer, String> one = cache(oneTier);
        final StampedeCache<Integer, String> other = cache(otherTier);

        Fixture() {
            one.getIfPresent(0); // waits for the first heartbeat
            other.getIfPresent(0);
        }

        StampedeCache<Integer, String> cache(RedisTier tier) {
            return StampedeCache.<Integer, String>builder("counted")
                    .ttl(Duration.ofMinutes(10))
                    .remoteTimeout(Duration.ofSeconds(20))
                    .leaseTtl(Duration.ofMinutes(10))
                    .environment(new WithoutHeartbeat(Environment.system("counted")))
                    .remote(tier, Codec.strings())
                    .build();
        }

        Map<String, Integer> countedWhile(Runnable calls) {
            admin.resetStatistics();
            calls.run();
            Map<String, Integer> commands = new TreeMap<>(admin.calls());
            commands.keySet().removeIf(name -> name.startsWith("config") || name.equals("info"));
            return commands;
        }

        /**
         * What clients have sent. The server counts what scripts do under the same names; of these, the scripts of a miss
         * use only GET: one inside the claim and one inside the publish.
         */
        Map<String, Integer> sent(Map<String, Integer> commands) {
            int scripts = commands.getOrDefault("evalsha", 0);
            Map<String, Integer> sent = new TreeMap<>();
            sent.put("evalsha", scripts);
            sent.put("get", commands.getOrDefault("get", 0) - scripts);
            return sent;
        }

        void awaitPublished(int key) {
            byte[] lease = new RedisKeys("counted").lease(Integer.toString(key));
            Awaitility.await().until(() -> {
                // PTTL is not among the commands that are counted above.
                return admin.redis().pttl(lease) == -2;
            });
        }

        @Override
        public void close() {
            one.close();
            other.close();
            oneTier.close();
            otherTier.close();
            admin.close();
            server.close();
        }
    }

    /** The system's environment, but for whatever is to happen as late as the next regular heartbeat. */
    private record WithoutHeartbeat(Environment system) implements Environment {

        private static final long HEARTBEAT_NANOS = Duration.ofSeconds(10).toNanos();

        @Override
        public Runnable schedule(Runnable task, long delayNanos) {
            return delayNanos == HEARTBEAT_NANOS ? () -> {} : system.schedule(task, delayNanos);
        }

        @Override
        public long nanoTime() {
            return system.nanoTime();
        }

        @Override
        public RandomGenerator random() {
            return system.random();
        }

        @Override
        public void fillWithSecureRandom(byte[] bytes) {
            system.fillWithSecureRandom(bytes);
        }

        @Override
        public Token newToken() {
            return system.newToken();
        }

        @Override
        public Executor executor() {
            return system.executor();
        }

        @Override
        public void close() {
            system.close();
        }
    }
}
