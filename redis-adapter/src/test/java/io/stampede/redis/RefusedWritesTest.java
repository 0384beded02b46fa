package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** P10: a Redis that answers reads and refuses writes. A node then loads a key once, and serves it while it is inside its ttl. */
class RefusedWritesTest {

    private static final int READS = 100;

    @ParameterizedTest
    @CsvSource({"maxmemory, 1, 0", "min-replicas-to-write, 1, 0"})
    void aNodeLoadsAKeyOnce(String option, String broken, String healthy) throws InterruptedException {
        AtomicInteger loads = new AtomicInteger();
        try (ThreeNodes nodes = new ThreeNodes(options -> options)) {
            nodes.admin.redis().configSet(option, broken);
            for (int read = 0; read < READS; read++) {
                assertThat(nodes.node(0).get(1, key -> "load " + loads.incrementAndGet()))
                        .startsWith("load ");
                Threads.spend(10);
            }
            nodes.admin.redis().configSet(option, healthy);
            System.out.printf(
                    "%d loads for %d reads of a key while Redis refuses to write (%s); %s%n",
                    loads.get(), READS, option, nodes.told);
            assertThat(loads.get()).as("loads of one key on one node").isEqualTo(1);
        }
    }
}
