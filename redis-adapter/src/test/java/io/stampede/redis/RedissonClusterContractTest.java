package io.stampede.redis;

import io.stampede.redis.testing.RedisCluster;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** With Redisson, too, a Redis Cluster keeps the contract of the ports. */
@Tag("topology")
class RedissonClusterContractTest extends ContractTests<RedissonTier> {

    private static final RedisCluster REDIS = RedisCluster.start();
    private static final List<RedisAdmin> ADMINS =
            REDIS.uris().stream().map(RedisAdmin::new).toList();
    private static final RedissonClients CLIENTS = new RedissonClients(RedissonClusterContractTest::config);
    private static final RedissonClient CLIENT = CLIENTS.open();

    private static Config config() {
        Config config = new Config();
        config.useClusterServers().addNodeAddress(REDIS.uris().toArray(String[]::new));
        return config;
    }

    @AfterAll
    static void stop() {
        CLIENTS.close();
        ADMINS.forEach(RedisAdmin::close);
        REDIS.close();
    }

    @Override
    RedissonTier connect() {
        return RedissonTier.of(CLIENT);
    }

    @Override
    List<RedisAdmin> servers() {
        return ADMINS;
    }
}
