package io.stampede.redis;

import io.stampede.redis.testing.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any sequence of operations does the same to the double as to Redis: the cache's tests stand on that. */
class DoubleActsAsRedisTest {

    private static final RedisServer SERVER = RedisServer.start();
    private static final TwinRedis REDIS = TwinRedis.standalone(SERVER.uri(), "double");

    @AfterAll
    static void stop() {
        REDIS.close();
        SERVER.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void afterAnySequence(long seed) {
        AnySequence.of(seed, REDIS).run();
    }

    @Test
    @Tag("long")
    void afterManySequences() {
        for (long seed = 5; seed <= 100; seed++) {
            try {
                AnySequence.of(seed, REDIS).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("Seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
