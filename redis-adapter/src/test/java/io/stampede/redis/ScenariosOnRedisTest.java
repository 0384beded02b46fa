package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Scenarios;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.RemoteConnection;
import io.stampede.testing.InMemoryRemote;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The scenarios of the simulated cluster, with each operation of each node carried out by the real scripts, too. One seed
 * is replayed with {@code ./mvnw test -pl redis-adapter -am -Dtest=ScenariosOnRedisTest#replay -Dstampede.sim.seed=SEED}.
 */
class ScenariosOnRedisTest {

    private static final int CALLS = 200;
    private static final RedisServer SERVER = RedisServer.start();
    private static final TwinRedis REDIS = new TwinRedis(SERVER.uri(), Scenarios.CACHE);

    @AfterAll
    static void stop() {
        REDIS.close();
        SERVER.close();
    }

    @Test
    void redisActsAsTheDoubleDoes() {
        runAll(20);
    }

    @Test
    @Tag("long")
    void redisActsAsTheDoubleDoesInManyScenarios() {
        runAll(Integer.getInteger("stampede.sim.seeds", 1_000));
    }

    private static void runAll(int seeds) {
        long operations = 0;
        long start = System.nanoTime();
        for (long seed = 1; seed <= seeds; seed++) {
            operations += run(seed);
        }
        System.out.printf(
                "Redis and the double agreed on %,d operations of %,d scenarios, in %,d ms%n",
                operations, seeds, (System.nanoTime() - start) / 1_000_000);
        assertThat(operations).isGreaterThan(100L * seeds);
    }

    @Test
    void replay() {
        run(Long.getLong("stampede.sim.seed", 1));
    }

    /** How many operations it had. */
    private static int run(long seed) {
        AtomicReference<Twin> twin = new AtomicReference<>();
        UnaryOperator<RemoteConnection> around = memory -> {
            twin.compareAndSet(
                    null,
                    new Twin(
                            (InMemoryRemote) memory,
                            Scenarios.CACHE,
                            UnaryOperator.identity(),
                            REDIS,
                            UnaryOperator.identity()));
            return twin.get();
        };
        try {
            Scenarios.run(seed, CALLS, around);
            return twin.get().operations();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "Seed " + seed + ": " + e.getMessage()
                            + "\nReplay: ./mvnw test -pl redis-adapter -am -Dtest=ScenariosOnRedisTest#replay"
                            + " -Dstampede.sim.seed=" + seed,
                    e);
        }
    }
}
