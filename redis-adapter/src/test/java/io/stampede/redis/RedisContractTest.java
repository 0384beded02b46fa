package io.stampede.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.LettuceVersion;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.RemoteConnection;
import io.stampede.testing.InvalidationBusContract;
import io.stampede.testing.LeaseContract;
import io.stampede.testing.RemoteHarness;
import io.stampede.testing.RemoteTierContract;
import io.stampede.testing.SchemaContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** A real Redis keeps the contract of the ports, as the double does. */
@Tag("lettuce")
class RedisContractTest {

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

    @Nested
    class Tier extends RemoteTierContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness();
        }
    }

    @Nested
    class Leases extends LeaseContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness();
        }
    }

    @Nested
    class Schemas extends SchemaContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness();
        }
    }

    @Nested
    class Bus extends InvalidationBusContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness();
        }
    }

    private static final class Harness implements RemoteHarness {
        private final List<RedisTier> tiers = new ArrayList<>();

        @Override
        public RemoteConnection connect() {
            RedisTier tier = RedisTier.connect(REDIS.uri());
            tiers.add(tier);
            return tier;
        }

        @Override
        public void pass(Duration time, BooleanSupplier effect) {
            await().atMost(time.plusSeconds(10))
                    .pollInterval(Duration.ofMillis(5))
                    .until(effect::getAsBoolean);
        }

        @Override
        public void loseBus() {
            ADMIN.killSubscribers();
        }

        @Override
        public void mendBus() {
            // it mends itself
        }

        @Override
        public void sendRaw(String cache, byte[] message) {
            ADMIN.redis().publish(RedisAdmin.bytes(new RedisKeys(cache).channel()), message);
        }

        @Override
        public void close() {
            tiers.forEach(RedisTier::close);
        }
    }
}
