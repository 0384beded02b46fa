package io.stampede.benchmarks.chaos;

import io.stampede.redis.testing.RedisSentinels;
import io.stampede.redis.testing.RedisServer;
import java.util.Arrays;

/** A primary, two replicas and three sentinels. */
final class WithSentinels extends Topology {

    private final RedisSentinels redis = RedisSentinels.start();
    private RedisServer broken = redis.primary();

    WithSentinels() {
        suffers(Arrays.asList(SentinelFault.values()), this);
    }

    RedisSentinels redis() {
        return redis;
    }

    /** The server that a fault has begun with, which its end may have to do with. */
    RedisServer broken() {
        return broken;
    }

    RedisServer breaks(RedisServer server) {
        broken = server;
        return server;
    }

    @Override
    Address address(int node) {
        return Address.of(redis.uri());
    }

    @Override
    String description() {
        return "Redis " + broken.version() + ", a primary with 2 replicas and 3 sentinels";
    }

    @Override
    public void close() {
        redis.close();
    }
}
