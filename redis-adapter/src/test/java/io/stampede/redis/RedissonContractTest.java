package io.stampede.redis;

import io.stampede.redis.testing.RedisServer;
import io.stampede.testing.LeaseContract;
import io.stampede.testing.RemoteHarness;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.redisson.api.RedissonClient;

/** With Redisson, whose locks elect the rebuilder, a real Redis keeps the contract of the ports, too. */
class RedissonContractTest extends ContractTests<RedissonTier> {

    private static final RedisServer REDIS = RedisServer.start();
    private static final RedisAdmin ADMIN = new RedisAdmin(REDIS.uri());
    private static final RedissonClients CLIENTS = RedissonClients.of(REDIS.uri());
    private static final RedissonClient CLIENT = CLIENTS.open();

    @AfterAll
    static void stop() {
        CLIENTS.close();
        ADMIN.close();
        REDIS.close();
    }

    @Override
    RedissonTier connect() {
        return RedissonTier.of(CLIENT);
    }

    @Override
    List<RedisAdmin> servers() {
        return List.of(ADMIN);
    }

    @Nested
    class LeasesWithoutLocks extends LeaseContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness(() -> RedissonTier.withoutLocks(CLIENT));
        }
    }
}
