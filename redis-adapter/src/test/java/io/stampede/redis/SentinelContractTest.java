package io.stampede.redis;

import io.stampede.redis.testing.RedisSentinels;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

/** A primary that sentinels watch over keeps the contract of the ports. */
@Tag("topology")
@Tag("lettuce")
class SentinelContractTest extends ContractTests<RedisTier> {

    private static final RedisSentinels REDIS = RedisSentinels.start();
    private static final RedisAdmin ADMIN = new RedisAdmin(REDIS.primary().uri());

    @AfterAll
    static void stop() {
        ADMIN.close();
        REDIS.close();
    }

    @Override
    RedisTier connect() {
        return RedisTier.connect(REDIS.uri());
    }

    @Override
    List<RedisAdmin> servers() {
        return List.of(ADMIN);
    }
}
