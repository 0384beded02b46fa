package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Scenarios;
import io.stampede.redis.testing.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The scenarios of the simulated cluster, with each operation of each node carried out by the real scripts, too. One seed
 * is replayed with {@code ./mvnw test -pl redis-adapter -am -Dtest=ScenariosOnRedisTest#replay -Dstampede.sim.seed=SEED}.
 */
class ScenariosOnRedisTest {

    private static final RedisServer SERVER = RedisServer.start();
    private static final TwinRedis REDIS = TwinRedis.standalone(SERVER.uri(), Scenarios.CACHE);

    @AfterAll
    static void stop() {
        REDIS.close();
        SERVER.close();
    }

    @Test
    void redisActsAsTheDoubleDoes() {
        runAll(12, REDIS);
    }

    @Test
    @Tag("long")
    void redisActsAsTheDoubleDoesInManyScenarios() {
        runAll(Integer.getInteger("stampede.sim.seeds", 500), REDIS);
    }

    @Test
    @Tag("long")
    void aClusterActsAsTheDoubleDoes() {
        try (RedisServer server = RedisServer.startEmbedded("--cluster-enabled", "yes")) {
            server.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
            Samples.eventually()
                    .until(() ->
                            String.valueOf(server.command("CLUSTER", "INFO")).contains("cluster_state:ok"));
            try (TwinRedis cluster = TwinRedis.cluster(server.uri(), Scenarios.CACHE)) {
                runAll(50, cluster);
            }
        }
    }

    private static void runAll(int seeds, TwinRedis redis) {
        long operations = 0;
        for (long seed = 1; seed <= seeds; seed++) {
            operations += run(seed, redis).operations();
        }
        System.out.printf(
                "Redis and the double agreed on %,d operations of %,d simulated scenarios%n", operations, seeds);
        assertThat(operations).isGreaterThan(100L * seeds);
    }

    @Test
    void replay() {
        long seed = Long.getLong("stampede.sim.seed", 1);
        assertThat(run(seed, REDIS).traceHash())
                .as("nobody notices that Redis is asked, too")
                .isEqualTo(TwinScenario.of(seed).runAlone());
    }

    private static TwinScenario.Result run(long seed, TwinRedis redis) {
        try {
            return TwinScenario.of(seed).run(redis);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "Seed " + seed + ": " + e.getMessage()
                            + "\nReplay: ./mvnw test -pl redis-adapter -am -Dtest=ScenariosOnRedisTest#replay"
                            + " -Dstampede.sim.seed=" + seed,
                    e);
        }
    }
}
