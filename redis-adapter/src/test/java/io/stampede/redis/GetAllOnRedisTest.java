package io.stampede.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.StampedeCache;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P2 on a real Redis for several keys at once: sets that overlap, in orders that would deadlock if they could. */
class GetAllOnRedisTest {

    private static final int KEYS_PER_CALL = 100;

    /** Of 100 keys a node shares 50 with each of the two others. */
    private static final int APART = 50;

    private static final int KEYS_PER_ROUND = KEYS_PER_CALL + APART * (ThreeNodes.COUNT - 1);

    @Test
    void setsThatOverlapAreLoadedOncePerKeyInWhateverOrderTheyAreAskedFor() throws Exception {
        assertOneLoadPerKey(50);
    }

    @Test
    @Tag("long")
    void setsThatOverlapAreLoadedOncePerKeyInWhateverOrderTheyAreAskedForManyTimes() throws Exception {
        assertOneLoadPerKey(200);
    }

    private static void assertOneLoadPerKey(int rounds) throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Map<Integer, AtomicInteger> loads = new ConcurrentHashMap<>();
        Set<String> values = ConcurrentHashMap.newKeySet();
        CyclicBarrier barrier = new CyclicBarrier(ThreeNodes.COUNT);
        long begun = System.nanoTime();
        try (ThreeNodes nodes = new ThreeNodes(options -> options.maximumSize(100_000))) {
            Threads.run(ThreeNodes.COUNT, node -> {
                Random random = new Random(node);
                for (int round = 0; round < rounds; round++) {
                    List<Integer> keys = keys(round, node);
                    if (round % 2 == 0) {
                        Collections.shuffle(keys, random);
                    } else if (node % 2 == 0) {
                        Collections.reverse(keys);
                    }
                    barrier.await(60, SECONDS);
                    Map<Integer, String> answer = nodes.node(node).getAll(keys, missing -> {
                        runs.incrementAndGet();
                        Threads.spend(2);
                        return missing.stream()
                                .collect(Collectors.toMap(
                                        key -> key,
                                        key -> key + " of load "
                                                + loads.computeIfAbsent(key, any -> new AtomicInteger())
                                                        .incrementAndGet()));
                    });
                    assertThat(answer.keySet()).containsExactlyElementsOf(keys);
                    values.addAll(answer.values());
                }
            });
        }
        System.out.printf(
                "%d rounds in which three nodes ask for %d keys each, %d different ones: %,d keys loaded by %d runs of the "
                        + "loader, %d ms in all%n",
                rounds,
                KEYS_PER_CALL,
                KEYS_PER_ROUND,
                loads.values().stream().mapToInt(AtomicInteger::get).sum(),
                runs.get(),
                (System.nanoTime() - begun) / 1_000_000);
        assertThat(loads).hasSize(rounds * KEYS_PER_ROUND);
        assertThat(loads.values()).as("loads per key").allMatch(count -> count.get() == 1);
        assertThat(values).as("values served").hasSize(rounds * KEYS_PER_ROUND);
    }

    @Test
    void whenTheHolderOfHalfOfThemIsKilledTheOthersLoadThoseAfterItsLease() throws Exception {
        Duration lease = Duration.ofSeconds(2);
        try (RedisServer server = RedisServer.start();
                NodeProcess victim = new NodeProcess(server.uri(), lease);
                RedisTier oneTier = RedisTier.connect(server.uri());
                RedisTier otherTier = RedisTier.connect(server.uri());
                StampedeCache<String, String> one = NodeProcess.cache(oneTier, lease);
                StampedeCache<String, String> other = NodeProcess.cache(otherTier, lease)) {
            List<String> keys = texts(0, KEYS_PER_CALL);
            victim.order("loadAll " + String.join(",", texts(0, APART)));
            assertThat(victim.answer()).isEqualTo("loading " + APART);

            Map<String, AtomicInteger> loads = new ConcurrentHashMap<>();
            long[] killed = new long[1];
            Threads.run(3, thread -> {
                if (thread == 2) {
                    // Halfway: the others have loaded what was free, and wait for the rest.
                    Samples.eventually().until(() -> loads.size() >= KEYS_PER_CALL - APART);
                    victim.kill();
                    killed[0] = System.nanoTime();
                    return;
                }
                List<String> mine = new ArrayList<>(keys);
                if (thread == 1) {
                    Collections.reverse(mine);
                }
                Map<String, String> answer = (thread == 0 ? one : other).getAll(mine, missing -> {
                    Map<String, String> found = new HashMap<>();
                    missing.forEach(key -> found.put(
                            key,
                            "load "
                                    + loads.computeIfAbsent(key, any -> new AtomicInteger())
                                            .incrementAndGet()));
                    return found;
                });
                assertThat(answer.keySet()).containsExactlyElementsOf(mine);
            });
            System.out.printf(
                    "The holder of %d of %d keys was killed; the others had them all %d ms later, with a lease TTL of %d ms%n",
                    APART, KEYS_PER_CALL, (System.nanoTime() - killed[0]) / 1_000_000, lease.toMillis());
            assertThat(loads).hasSize(KEYS_PER_CALL);
            assertThat(loads.values()).as("loads per key").allMatch(count -> count.get() == 1);
        }
    }

    private static List<Integer> keys(int round, int node) {
        int first = round * KEYS_PER_ROUND + node * APART;
        return IntStream.range(first, first + KEYS_PER_CALL).boxed().collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<String> texts(int from, int to) {
        return IntStream.range(from, to).mapToObj(key -> "key" + key).toList();
    }
}
