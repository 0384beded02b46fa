package io.stampede.redis;

import static org.awaitility.Awaitility.await;

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
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;

/** All contracts of the ports, for whichever kind of connection to whichever servers. */
abstract class ContractTests<C extends RemoteConnection & AutoCloseable> {

    /** A new connection, for the caller to close. */
    abstract C connect();

    /** Other clients' power over each of the servers. */
    abstract List<RedisAdmin> servers();

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

    final class Harness implements RemoteHarness {
        private final List<C> connections = new ArrayList<>();
        private final Supplier<C> way;

        private Harness() {
            this(ContractTests.this::connect);
        }

        /** Connections of another kind. */
        Harness(Supplier<C> way) {
            this.way = way;
        }

        @Override
        public RemoteConnection connect() {
            C connection = way.get();
            connections.add(connection);
            return connection;
        }

        @Override
        public void pass(Duration time, BooleanSupplier effect) {
            await().atMost(time.plusSeconds(10))
                    .pollInterval(Duration.ofMillis(5))
                    .until(effect::getAsBoolean);
        }

        @Override
        public void loseBus() {
            servers().forEach(RedisAdmin::killSubscribers);
        }

        @Override
        public void mendBus() {
            // it mends itself
        }

        @Override
        public void sendRaw(String cache, byte[] message) {
            String channel = RedisKeys.onOneServer(cache).channel();
            servers().get(0).redis().publish(RedisAdmin.bytes(channel), message);
        }

        @Override
        public void close() {
            for (C connection : connections) {
                try {
                    connection.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
