package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * P2, P3 on a real Redis: values that were loaded at one moment are read all the time on three nodes, for two lives. Each
 * is loaded once per life in the cluster. How much jitter and early refresh do against a peak is printed beside.
 */
class KeysWrittenTogetherTest {

    private static final int KEYS = 2_000;
    private static final int LIVES = 2;
    private static final int CLIENTS_PER_NODE = 2;
    private static final int SLICES = 10;
    private static final Duration PACE = Duration.ofMillis(10);
    private static final long LOAD_MILLIS = 20;
    private static final long BUCKET_MILLIS = 100;

    @Test
    @Tag("long")
    void eachIsLoadedOncePerLife() throws Exception {
        System.out.println(assertOneLoadPerLife(Duration.ofMillis(1_500), 0.1, 1));
    }

    @Test
    @Tag("long")
    void jitterAndEarlyRefreshTakeTheirPeakAway() throws Exception {
        Duration ttl = Duration.ofSeconds(4);
        List<String> rows = new ArrayList<>();
        for (double jitter : new double[] {0, 0.1}) {
            for (double beta : new double[] {0, 1}) {
                rows.add(assertOneLoadPerLife(ttl, jitter, beta));
            }
        }
        System.out.println(String.join(System.lineSeparator(), rows));
    }

    private static String assertOneLoadPerLife(Duration ttl, double jitter, double beta) throws Exception {
        List<Key> keys = IntStream.range(0, KEYS).mapToObj(number -> new Key()).toList();
        AtomicInteger living = new AtomicInteger(KEYS);
        try (ThreeNodes nodes = new ThreeNodes(options -> options.ttl(ttl)
                .jitter(jitter)
                .earlyRefresh(beta)
                // A limit would flatten the peak.
                .maxConcurrentLoads(KEYS))) {
            List<Integer> all = IntStream.range(0, KEYS).boxed().toList();
            nodes.node(0).getAll(all, missing -> {
                Map<Integer, String> values = new HashMap<>();
                missing.forEach(key -> values.put(key, keys.get(key).load(living)));
                Threads.spend(LOAD_MILLIS);
                return values;
            });

            int perSlice = KEYS / CLIENTS_PER_NODE / SLICES;
            int[] slices = new int[ThreeNodes.COUNT * CLIENTS_PER_NODE];
            PacedClients.run(slices.length, PACE, () -> living.get() > 0, client -> {
                int first = (client / ThreeNodes.COUNT * SLICES + slices[client]++ % SLICES) * perSlice;
                for (int key = first; key < first + perSlice; key++) {
                    Key read = keys.get(key);
                    nodes.node(client).getAsync(key, any -> read.loadAsync(living));
                }
            });

            int loads = keys.stream().mapToInt(Key::loads).sum();
            await().until(() -> nodes.told.published() >= loads);
            String row = String.format(
                    "%,d keys loaded together, ttl %d ms, jitter %.1f, early refresh %.0f: peak %s; %,d loads in all, "
                            + "%,d early refreshes begun",
                    KEYS, ttl.toMillis(), jitter, beta, peak(keys), loads, nodes.told.earlyRefreshes());
            assertThat(keys.stream().mapToInt(Key::mostAtOnce).max())
                    .as("loads of one key at a time")
                    .hasValue(1);
            // A new life is at least half over before it is rebuilt.
            long half = (long) (ttl.toMillis() * (1 - jitter) / 2);
            assertThat(keys.stream().mapToInt(key -> key.loadsSoonerThan(half)).sum())
                    .as("second loads of one life")
                    .isZero();
            return row;
        }
    }

    /** Loads in the fullest tenth of a second over what is there on average, from the writing to the last one's end. */
    private static String peak(List<Key> keys) {
        Map<Long, Integer> buckets = new HashMap<>();
        long begin = keys.stream().mapToLong(key -> key.begun(0)).min().orElseThrow();
        long end = begin;
        for (Key key : keys) {
            for (int life = 1; life <= LIVES; life++) {
                long begun = key.begun(life);
                end = Math.max(end, begun);
                buckets.merge((begun - begin) / BUCKET_MILLIS, 1, Integer::sum);
            }
        }
        int most = buckets.values().stream().mapToInt(count -> count).max().orElseThrow();
        double mean = (double) LIVES * keys.size() * BUCKET_MILLIS / (end - begin);
        return String.format("%.1f times the mean (%d to %.0f per %d ms)", most / mean, most, mean, BUCKET_MILLIS);
    }

    /** One key at its source. */
    private static final class Key {

        private final List<Long> begun = new ArrayList<>();
        private int running;
        private int mostAtOnce;

        synchronized String load(AtomicInteger living) {
            begun.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
            if (begun.size() == LIVES + 1) {
                living.decrementAndGet();
            }
            return "load " + begun.size();
        }

        CompletableFuture<String> loadAsync(AtomicInteger living) {
            synchronized (this) {
                mostAtOnce = Math.max(mostAtOnce, ++running);
            }
            return new CompletableFuture<String>()
                    .completeOnTimeout(load(living), LOAD_MILLIS, TimeUnit.MILLISECONDS)
                    .whenComplete((value, failure) -> ended());
        }

        private synchronized void ended() {
            running--;
        }

        synchronized int loads() {
            return begun.size();
        }

        synchronized long begun(int load) {
            return begun.get(load);
        }

        synchronized int mostAtOnce() {
            return mostAtOnce;
        }

        synchronized int loadsSoonerThan(long millis) {
            return (int) IntStream.range(1, begun.size())
                    .filter(load -> begun.get(load) - begun.get(load - 1) < millis)
                    .count();
        }
    }
}
