package io.stampede.redis;

import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Several zones keep the contract of the ports as one Redis does, wherever the rebuilder is elected. */
@Tag("topology")
class ZonesContractTest {

    private static final RedisServer A = RedisServer.start();
    private static final RedisServer B = RedisServer.start();
    private static final RedisServer C = RedisServer.start();
    private static final List<RedisServer> ALL = List.of(A, B, C);
    private static final List<RedisAdmin> ADMINS =
            ALL.stream().map(server -> new RedisAdmin(server.uri())).toList();

    @AfterAll
    static void stop() {
        ADMINS.forEach(RedisAdmin::close);
        ALL.forEach(RedisServer::close);
    }

    /** Patient, however busy the machine is: nothing fails here. */
    private static RedisZones.Builder twoZones() {
        return RedisZones.builder().zone("a", A.uri()).zone("b", B.uri()).patience(Duration.ofSeconds(5));
    }

    @Nested
    class InTheFirstOfTwo extends ContractTests<RedisZones> {
        @Override
        RedisZones connect() {
            return twoZones().ownZone("a").build();
        }

        @Override
        List<RedisAdmin> servers() {
            return ADMINS;
        }
    }

    @Nested
    @Tag("long")
    class InTheLastOfThree extends ContractTests<RedisZones> {
        @Override
        RedisZones connect() {
            return twoZones().zone("c", C.uri()).ownZone("c").build();
        }

        @Override
        List<RedisAdmin> servers() {
            return List.of(ADMINS.get(2), ADMINS.get(0), ADMINS.get(1));
        }
    }
}
