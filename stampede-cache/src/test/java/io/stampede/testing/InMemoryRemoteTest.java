package io.stampede.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.RemoteConnection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Nested;

/** The double keeps the same contract as the real thing, so that whoever tests with it can trust it. */
class InMemoryRemoteTest {

    @Nested
    class Tier extends RemoteTierContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness(1);
        }
    }

    @Nested
    class Leases extends LeaseContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness(1);
        }
    }

    @Nested
    class Schemas extends SchemaContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness(1);
        }
    }

    @Nested
    class Bus extends InvalidationBusContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness(1);
        }
    }

    @Nested
    class TierOfManyParts extends RemoteTierContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness(32);
        }
    }

    @Nested
    class LeasesOfManyParts extends LeaseContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness(32);
        }
    }

    @Nested
    class BusOfManyParts extends InvalidationBusContract {
        @Override
        protected RemoteHarness harness() {
            return new Harness(32);
        }
    }

    /** Each look at the clock finds it a microsecond further, so that no two writes are of the same moment. */
    private static final class Harness implements RemoteHarness {
        private final AtomicLong micros = new AtomicLong(1_700_000_000_000_000L);
        private final InMemoryRemote remote;

        Harness(int parts) {
            remote = new InMemoryRemote(micros::incrementAndGet, parts);
        }

        @Override
        public RemoteConnection connect() {
            return remote;
        }

        @Override
        public void pass(Duration time, BooleanSupplier effect) {
            micros.addAndGet(time.toNanos() / 1_000);
            assertThat(effect.getAsBoolean()).isTrue();
        }

        @Override
        public void loseBus() {
            remote.disconnectBus();
        }

        @Override
        public void mendBus() {
            remote.reconnectBus();
        }

        @Override
        public void sendRaw(String cache, byte[] message) {
            remote.sendRaw(cache, message);
        }

        @Override
        public void close() {
            // nothing outlives the test
        }
    }
}
