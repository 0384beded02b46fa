package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** P7 on a real Redis: everything is cold and asked for at once on three nodes, and the source has no more to do than it can. */
class ColdStartTest {

    private static final int KEYS = 5_000;
    private static final int LOADS_PER_NODE = 8;

    @Test
    void noMoreLoadsRunThanEachNodeMayAndEachKeyIsLoadedOnce() throws Exception {
        Gauge cluster = new Gauge();
        List<Gauge> byNode = List.of(new Gauge(), new Gauge(), new Gauge());
        long begun = System.nanoTime();
        try (ThreeNodes nodes = new ThreeNodes(
                options -> options.maxConcurrentLoads(LOADS_PER_NODE).maxLoadWait(Duration.ofMinutes(1)))) {
            Threads.run(ThreeNodes.COUNT, node -> {
                List<Integer> keys =
                        new ArrayList<>(IntStream.range(0, KEYS).boxed().toList());
                Collections.shuffle(keys, new Random(node));
                List<CompletableFuture<String>> reads = new ArrayList<>();
                for (int key : keys) {
                    reads.add(nodes.node(node).getAsync(key, any -> {
                        cluster.begin();
                        byNode.get(node).begin();
                        return new CompletableFuture<String>()
                                .completeOnTimeout("value", 2, TimeUnit.MILLISECONDS)
                                .whenComplete((value, failure) -> {
                                    byNode.get(node).end();
                                    cluster.end();
                                });
                    }));
                }
                for (CompletableFuture<String> read : reads) {
                    assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo("value");
                }
            });
        }
        System.out.printf(
                "%,d cold keys on three nodes, %d loads allowed on each: %,d loads, at most %d at a time (%s by node), %d ms%n",
                KEYS,
                LOADS_PER_NODE,
                cluster.begun.get(),
                cluster.most.get(),
                byNode.stream().map(gauge -> gauge.most).toList(),
                (System.nanoTime() - begun) / 1_000_000);
        assertThat(cluster.begun.get()).as("loads").isEqualTo(KEYS);
        assertThat(cluster.most.get()).as("loads at a time").isLessThanOrEqualTo(LOADS_PER_NODE * ThreeNodes.COUNT);
        assertThat(byNode)
                .allSatisfy(
                        gauge -> assertThat(gauge.most.get()).as("on a node").isLessThanOrEqualTo(LOADS_PER_NODE));
    }

    /** How many there are, and were at most. */
    private static final class Gauge {

        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger();

        void begin() {
            begun.incrementAndGet();
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
        }

        void end() {
            running.decrementAndGet();
        }
    }
}
