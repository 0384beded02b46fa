package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.CacheListener;
import io.stampede.CallOptions;
import io.stampede.Codec;
import io.stampede.Health;
import io.stampede.Result;
import io.stampede.StampedeCache;
import io.stampede.StampedeCacheBuilder;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.Environment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

    /** How many go together depends on how busy Redis is; what each gets does not. */
    @Test
    void aThousandHitsOfL2AtOnceCostAtMostAThousandCommandsAndEachGetsItsOwn() {
        try (Fixture fixture = new Fixture()) {
            for (int key = 0; key < CALLS; key++) {
                fixture.one.put(key, "value" + key);
            }
            Map<String, Integer> commands = fixture.countedWhile(() -> {
                List<CompletableFuture<String>> answers = IntStream.range(0, CALLS)
                        .mapToObj(
                                key -> fixture.other.getAsync(key, any -> CompletableFuture.completedFuture("loaded")))
                        .toList();
                for (int key = 0; key < CALLS; key++) {
                    assertThat(answers.get(key).join()).isEqualTo("value" + key);
                }
            });
            System.out.println("1,000 L2 hits at once cost Redis " + commands);
            assertThat(commands.keySet()).isSubsetOf("get", "mget");
            assertThat(commands.values().stream().mapToInt(calls -> calls).sum())
                    .isLessThanOrEqualTo(CALLS);
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
                try (StampedeCache<Integer, String> starting = Fixture.cache(fixture.oneTier, options -> options)) {
                    // The first read waits for the first heartbeat.
                    assertThat(starting.getIfPresent(7)).isNull();
                }
            });
            // One; and another if the bus was not listening yet at the first.
            assertThat(commands.get("evalsha")).isBetween(1, 2).isEqualTo(commands.get("hset"));
        }
    }

    @Test
    void anEarlyRefreshIsAClaimAndAPublishAndLooksNothingUp() {
        AtomicInteger refreshes = new AtomicInteger();
        CacheListener listener = new CacheListener() {
            @Override
            public void onEarlyRefresh() {
                refreshes.incrementAndGet();
            }
        };
        int keys = 5;
        // So eager that about every read in the last half of the life, a second, begins one; in the first none does.
        try (Fixture fixture = new Fixture(options ->
                options.ttl(Duration.ofSeconds(2)).jitter(0).earlyRefresh(100).listener(listener))) {
            for (int key = 0; key < keys; key++) {
                fixture.one.get(key, CommandCountTest::slowly);
                fixture.awaitPublished(key);
            }
            Map<String, Integer> commands = fixture.countedWhile(() -> {
                eventually().until(() -> {
                    for (int key = 0; key < keys; key++) {
                        fixture.one.get(key, CommandCountTest::slowly);
                    }
                    return refreshes.get() == keys;
                });
                fixture.awaitPublished(0, keys);
            });
            System.out.println(keys + " early refreshes cost Redis " + fixture.sent(commands));
            assertThat(fixture.sent(commands)).isEqualTo(Map.of("get", 0, "evalsha", 2 * keys));
        }
    }

    @Test
    void aRebuildBehindAStaleValueCostsWhatAMissCosts() {
        try (Fixture fixture = new Fixture(options -> options.staleWhileRevalidate(Duration.ofMinutes(1)))) {
            fixture.one.put(0, "old");
            fixture.one.expire(0);
            Map<String, Integer> commands = fixture.countedWhile(() -> {
                assertThat(fixture.one.getResult(0, any -> "new").source()).isEqualTo(Result.Source.STALE);
                eventually().until(() -> "new".equals(fixture.one.getIfPresent(0)));
                fixture.awaitPublished(0);
            });
            System.out.println("A rebuild behind a stale value costs Redis " + fixture.sent(commands));
            assertThat(fixture.sent(commands)).isEqualTo(Map.of("get", 1, "evalsha", 2));
        }
    }

    @Test
    void theFirstPutWithATagAsksForTheTagAndFurtherOnesDoNot() {
        CallOptions tagged = CallOptions.none().tags("tag");
        try (Fixture fixture = new Fixture()) {
            Map<String, Integer> first = fixture.countedWhile(() -> fixture.one.put(0, "value", tagged));
            Map<String, Integer> second = fixture.countedWhile(() -> fixture.one.put(1, "value", tagged));
            System.out.println("A tagged put costs Redis " + fixture.sent(first) + ", then " + fixture.sent(second));
            assertThat(fixture.sent(first)).isEqualTo(Map.of("get", 0, "evalsha", 2));
            assertThat(fixture.sent(second)).isEqualTo(Map.of("get", 0, "evalsha", 1));
        }
    }

    @Test
    void anExpireIsOneScript() {
        try (Fixture fixture = new Fixture()) {
            fixture.one.put(0, "value");
            Map<String, Integer> commands = fixture.countedWhile(() -> fixture.one.expire(0));
            System.out.println("An expire costs Redis " + commands);
            assertThat(fixture.sent(commands)).isEqualTo(Map.of("get", 0, "evalsha", 1));
            assertThat(commands)
                    .containsEntry("setrange", 1)
                    .containsEntry("publish", 1)
                    .doesNotContainKey("set");
        }
    }

    @Test
    void aHundredKeysInL2CostOneMgetAndAHundredColdOnesAClaimAndAPublishEach() {
        try (Fixture fixture = new Fixture()) {
            List<Integer> keys = IntStream.range(0, 100).boxed().toList();
            Map<String, Integer> cold = fixture.countedWhile(() -> {
                fixture.one.getAll(keys, CommandCountTest::values);
                fixture.awaitPublished(0, 100);
            });
            Map<String, Integer> warm = fixture.countedWhile(() -> assertThat(fixture.other.getAll(keys, none -> {
                        throw new AssertionError("All are in L2");
                    }))
                    .hasSize(100));
            System.out.println("100 keys by one getAll cost Redis " + fixture.sent(cold) + " cold, with one mget of "
                    + cold.get("mget") + "; in L2 " + warm);
            assertThat(fixture.sent(cold)).isEqualTo(Map.of("get", 0, "evalsha", 200));
            assertThat(cold).containsEntry("mget", 1);
            assertThat(warm).isEqualTo(Map.of("mget", 1));
        }
    }

    private static String slowly(Integer key) throws InterruptedException {
        Threads.spend(20);
        return "value";
    }

    private static Map<Integer, String> values(Set<Integer> keys) {
        return keys.stream().collect(Collectors.toMap(key -> key, key -> "value"));
    }

    private static final class Fixture implements AutoCloseable {

        final RedisServer server = RedisServer.start();
        final RedisAdmin admin = new RedisAdmin(server.uri());
        final RedisTier oneTier = RedisTier.connect(server.uri());
        final RedisTier otherTier = RedisTier.connect(server.uri());
        final StampedeCache<Integer, String> one;
        final StampedeCache<Integer, String> other;

        Fixture() {
            this(options -> options);
        }

        Fixture(UnaryOperator<StampedeCacheBuilder<Integer, String>> options) {
            one = cache(oneTier, options);
            other = cache(otherTier, options);
            awaitHeartbeat(one);
            awaitHeartbeat(other);
        }

        /** The last thing that a cache does on its own when it is built. */
        private static void awaitHeartbeat(StampedeCache<Integer, String> cache) {
            eventually().until(() -> cache.deepHealth().status() == Health.Status.UP);
        }

        static StampedeCache<Integer, String> cache(
                RedisTier tier, UnaryOperator<StampedeCacheBuilder<Integer, String>> options) {
            return options.apply(StampedeCache.<Integer, String>builder("counted")
                            .ttl(Duration.ofMinutes(10))
                            .remoteTimeout(Duration.ofSeconds(20))
                            .leaseTtl(Duration.ofMinutes(10))
                            .suspectAfter(Duration.ofHours(1)) // which nobody proves here
                            .environment(new WithoutHeartbeat(Environment.system("counted")))
                            .remote(tier, Codec.strings()))
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
         * What clients have sent. The server counts what scripts do under the same names; of these two, the scripts that
         * are counted here use only GET, each of them once.
         */
        Map<String, Integer> sent(Map<String, Integer> commands) {
            int scripts = commands.getOrDefault("evalsha", 0);
            Map<String, Integer> sent = new TreeMap<>();
            sent.put("evalsha", scripts);
            sent.put("get", commands.getOrDefault("get", 0) - scripts);
            return sent;
        }

        void awaitPublished(int key) {
            byte[] lease = RedisKeys.onOneServer("counted").lease(Integer.toString(key));
            // PTTL is not among the commands that are counted above.
            eventually().until(() -> admin.redis().pttl(lease) == -2);
        }

        void awaitPublished(int from, int to) {
            IntStream.range(from, to).forEach(this::awaitPublished);
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
}
