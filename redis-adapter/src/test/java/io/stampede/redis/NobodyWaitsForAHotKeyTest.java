package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.Result.Source;
import io.stampede.redis.PacedClients.Latencies;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * P2, P3 on a real Redis: a key that is read all the time expires again and again on three nodes. It is rebuilt in the
 * background, once per cycle in the whole cluster, and nobody waits for that.
 */
class NobodyWaitsForAHotKeyTest {

    private static final int EXPIRIES = 20;
    private static final int CLIENTS_PER_NODE = 8;
    private static final int KEY = 1;
    private static final Duration PACE = Duration.ofMillis(5);

    @Test
    void withDefaultOptionsItIsLoadedOncePerCycle() throws Exception {
        // How many reads waited is printed and not asserted: a machine that pauses for longer than a rebuild is early
        // makes a read meet the expiry.
        Cycles.of(Duration.ofMillis(500), Duration.ZERO);
    }

    @Test
    @Tag("long")
    void withStaleWhileRevalidateNobodyWaitsHoweverLongALoadTakes() throws Exception {
        assertThat(Cycles.of(Duration.ofMillis(500), Duration.ofMinutes(1)).waited)
                .as("reads that waited for a load")
                .isZero();
    }

    @Test
    @Tag("long")
    void withDefaultOptionsAndATtlOfASecondItIsLoadedOncePerCycle() throws Exception {
        for (int run = 0; run < 10; run++) {
            Cycles.of(Duration.ofSeconds(1), Duration.ZERO);
        }
    }

    /**
     * What clients on three nodes have seen of so many expiries, the first load not counted.
     *
     * @param loads how often the loader ran
     * @param published how many of these loads came to L2
     * @param versions how many different values were served
     * @param waited how many reads loaded or waited for a load
     */
    private record Cycles(int loads, int published, int versions, int waited) {

        static Cycles of(Duration ttl, Duration staleWhileRevalidate) throws Exception {
            AtomicInteger loads = new AtomicInteger();
            Set<String> versions = ConcurrentHashMap.newKeySet();
            try (ThreeNodes nodes =
                    new ThreeNodes(options -> options.ttl(ttl).staleWhileRevalidate(staleWhileRevalidate))) {
                // The first load is not counted, but takes its time: that is what a rebuild is early by.
                nodes.all().forEach(node -> node.get(KEY, key -> load(new AtomicInteger(-1))));
                await().until(() -> nodes.told.published() == 1);
                nodes.told.forget();

                Latencies latencies = PacedClients.run(
                        ThreeNodes.COUNT * CLIENTS_PER_NODE, PACE, () -> loads.get() < EXPIRIES, client -> {
                            var read = nodes.node(client).getResult(KEY, key -> load(loads));
                            versions.add(read.value());
                        });
                int waited = nodes.told.reads(Source.LOADED, Source.WAITED);
                AtomicReference<Cycles> end = new AtomicReference<>();
                await().untilAsserted(() -> {
                    nodes.all().forEach(node -> versions.add(node.get(KEY, key -> load(loads))));
                    versions.remove("load 0");
                    Cycles cycles = new Cycles(loads.get(), nodes.told.published(), versions.size(), waited);
                    cycles.assertOneLoadEach();
                    end.set(cycles);
                });
                System.out.printf(
                        "A hot key on three nodes, ttl %d ms, stale while revalidate %d ms: %s, %d served stale; %s; %d early "
                                + "refreshes begun%n",
                        ttl.toMillis(),
                        staleWhileRevalidate.toMillis(),
                        end.get(),
                        nodes.told.reads(Source.STALE),
                        latencies,
                        nodes.told.earlyRefreshes());
                return end.get();
            }
        }

        void assertOneLoadEach() {
            assertThat(loads).as("cycles").isGreaterThanOrEqualTo(EXPIRIES);
            assertThat(published).as("values that came to L2").isEqualTo(loads);
            assertThat(versions).as("values that were served").isEqualTo(loads);
        }
    }

    private static String load(AtomicInteger loads) throws InterruptedException {
        int load = loads.incrementAndGet();
        Threads.spend(20);
        return "load " + load;
    }
}
