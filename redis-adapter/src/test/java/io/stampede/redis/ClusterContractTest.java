package io.stampede.redis;

import io.stampede.redis.testing.RedisCluster;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

/** A Redis Cluster keeps the contract of the ports: KNOWN-BUG 44. */
@Tag("topology")
class ClusterContractTest extends ContractTests<RedisTier> {

    private static final RedisCluster REDIS = RedisCluster.start();
    private static final List<RedisAdmin> ADMINS =
            REDIS.uris().stream().map(RedisAdmin::new).toList();

    @AfterAll
    static void stop() {
        ADMINS.forEach(RedisAdmin::close);
        REDIS.close();
    }

    @Override
    RedisTier connect() {
        return RedisTier.connectCluster(REDIS.uris().toArray(String[]::new));
    }

    @Override
    List<RedisAdmin> servers() {
        return ADMINS;
    }
}
