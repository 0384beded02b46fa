package io.stampede.redis;

import io.lettuce.core.LettuceVersion;
import io.stampede.redis.testing.RedisServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** A real Redis keeps the contract of the ports, as the double does. */
@Tag("lettuce")
class RedisContractTest extends ContractTests<RedisTier> {

    private static final RedisServer REDIS = RedisServer.start();
    private static final RedisAdmin ADMIN = new RedisAdmin(REDIS.uri());

    @BeforeAll
    static void sayWhatThisRunsAgainst() {
        System.out.println("Contract tests: " + "Lettuce " + LettuceVersion.getVersion() + " against " + REDIS);
    }

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
