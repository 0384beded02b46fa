package io.stampede.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.stampede.CallOptions;
import io.stampede.LoadFailedElsewhereException;
import io.stampede.redis.PacedClients.Latencies;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P4 on a real Redis: the source of a key fails for a while under three nodes with 50 threads each. */
class SickSourceTest {

    private static final int THREADS = 50 * ThreeNodes.COUNT;
    private static final Duration TTL = Duration.ofMillis(200);
    private static final Duration PACE = Duration.ofMillis(20);

    @Test
    void staleValuesAreServedThroughoutAndTheSourceIsLeftAlone() throws Exception {
        assertLeftAlone(Duration.ofSeconds(3));
    }

    @Test
    @Tag("long")
    void staleValuesAreServedThroughoutTenSecondsAndTheSourceIsLeftAlone() throws Exception {
        assertLeftAlone(Duration.ofSeconds(10));
    }

    private static void assertLeftAlone(Duration sickness) throws Exception {
        AtomicIntegerArray calls = new AtomicIntegerArray(ThreeNodes.COUNT);
        Map<String, Integer> sources = new ConcurrentHashMap<>();
        // Without early refresh, whose failures are counted by themselves.
        try (ThreeNodes nodes =
                new ThreeNodes(options -> options.ttl(TTL).earlyRefresh(0).staleOnError(Duration.ofMinutes(1)))) {
            nodes.all().forEach(node -> node.get(1, key -> "good"));
            await().until(() -> nodes.told.published() == 1);
            nodes.told.forget();

            long sickSince = System.nanoTime();
            Latencies latencies = PacedClients.run(
                    THREADS, PACE, () -> System.nanoTime() - sickSince < sickness.toNanos(), thread -> {
                        int node = thread % ThreeNodes.COUNT;
                        var result = nodes.node(node).getResult(1, key -> {
                            calls.incrementAndGet(node);
                            throw new SourceIsSick();
                        });
                        assertThat(result.value()).isEqualTo("good");
                        sources.merge(
                                result.source() + (result.staleReason() == null ? "" : " " + result.staleReason()),
                                1,
                                Integer::sum);
                    });
            long sickFor = System.nanoTime() - sickSince;

            int allowed = mostAttempts(sickFor);
            System.out.printf(
                    "The source was sick for %d ms: %d calls by three nodes with %d threads (by node %s; the backoff allows "
                            + "%d a node); %d errors; %s; %s%n",
                    sickFor / 1_000_000,
                    sum(calls),
                    THREADS,
                    calls,
                    allowed,
                    nodes.told.failedReads(),
                    latencies,
                    new TreeMap<>(sources));
            assertThat(nodes.told.failedReads()).as("reads that failed").isZero();
            for (int node = 0; node < ThreeNodes.COUNT; node++) {
                assertThat(calls.get(node)).as("calls by node %d", node).isLessThanOrEqualTo(allowed);
            }

            // It is well again.
            nodes.node(0).get(1, key -> "better", CallOptions.none().forceFresh());
            await().untilAsserted(() -> assertThat(nodes.all())
                    .allSatisfy(node -> assertThat(
                                    node.getResult(1, key -> "loaded again").value())
                            .isNotEqualTo("good")));
        }
    }

    @Test
    void withoutStaleValuesTheCallersGetTheSourcesExceptionAtOnce() throws Exception {
        int keys = 50;
        Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        Duration pause = Duration.ofHours(1); // longer than the test
        long begun = System.nanoTime();
        try (ThreeNodes nodes = new ThreeNodes(options -> options.backoff(pause, pause))) {
            Threads.run(THREADS, thread -> {
                int node = thread % ThreeNodes.COUNT;
                for (int key = 0; key < keys; key++) {
                    int it = key;
                    String where = "key " + key + ", node " + node;
                    barrier.await(60, SECONDS);
                    for (int time = 0; time < 2; time++) {
                        Throwable failure =
                                catchThrowable(() -> nodes.node(node).get(it, any -> {
                                    count(counts, where + ": calls");
                                    throw new SourceIsSick();
                                }));
                        count(counts, where + ": " + failure.getClass().getSimpleName());
                        if (failure instanceof LoadFailedElsewhereException elsewhere) {
                            assertThat(elsewhere.getExceptionType()).isEqualTo(SourceIsSick.class.getName());
                        }
                    }
                }
            });
        }
        int calls = sum(counts, "calls");
        int own = sum(counts, "SourceIsSick");
        int elsewhere = sum(counts, "LoadFailedElsewhereException");
        System.out.printf(
                "%d keys whose source fails, twice asked for by %d threads on three nodes: %d calls, %d answers were the "
                        + "source's own exception, %d told of another node's; %d ms in all%n",
                keys, THREADS, calls, own, elsewhere, (System.nanoTime() - begun) / 1_000_000);
        assertThat(own + elsewhere).as("answers").isEqualTo(2 * keys * THREADS);
        for (int key = 0; key < keys; key++) {
            assertAnsweredByWhomItConcerns(counts, "key " + key + ", node ");
        }
    }

    /** One call per node at most; and its own exception where the load ran, another node's where it did not. */
    private static void assertAnsweredByWhomItConcerns(Map<String, AtomicInteger> counts, String key) {
        int nodesThatLoaded = 0;
        for (int node = 0; node < ThreeNodes.COUNT; node++) {
            int calls = count(counts, key, node, "calls");
            nodesThatLoaded += calls;
            assertThat(calls).as("calls for %s%d", key, node).isBetween(0, 1);
            if (calls == 0) {
                assertThat(count(counts, key, node, "SourceIsSick")).isZero();
            }
        }
        assertThat(nodesThatLoaded).as("nodes that loaded %s", key).isBetween(1, ThreeNodes.COUNT);
        for (int node = 0; node < ThreeNodes.COUNT; node++) {
            if (nodesThatLoaded == 1 && count(counts, key, node, "calls") == 1) {
                assertThat(count(counts, key, node, "LoadFailedElsewhereException"))
                        .isZero();
            }
        }
    }

    /** One attempt at once, and one after each pause that fits: 100 ms, 200 ms, 400 ms..., each up to a fifth shorter. */
    private static int mostAttempts(long nanos) {
        int attempts = 0;
        long pause = 100_000_000;
        for (long at = 0; at < nanos; at += 8 * pause / 10, pause = Math.min(2 * pause, 10_000_000_000L)) {
            attempts++;
        }
        return attempts;
    }

    private static void count(Map<String, AtomicInteger> counts, String what) {
        counts.computeIfAbsent(what, key -> new AtomicInteger()).incrementAndGet();
    }

    private static int count(Map<String, AtomicInteger> counts, String key, int node, String what) {
        AtomicInteger count = counts.get(key + node + ": " + what);
        return count == null ? 0 : count.get();
    }

    private static int sum(Map<String, AtomicInteger> counts, String what) {
        return counts.entrySet().stream()
                .filter(count -> count.getKey().endsWith(": " + what))
                .mapToInt(count -> count.getValue().get())
                .sum();
    }

    private static int sum(AtomicIntegerArray counts) {
        int sum = 0;
        for (int i = 0; i < counts.length(); i++) {
            sum += counts.get(i);
        }
        return sum;
    }

    private static final class SourceIsSick extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
