package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.CacheListener;
import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.FaultProxy;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * P6, P12: invalidations made while Redis is away are told when it is back, one by one or, if they are too many to be
 * remembered, by a clear; none is undone. How long that takes and what it costs Redis is printed and not asserted.
 */
class QueuedInvalidationsTest {

    private static final int KEYS = 10_000;
    private static final int STEP = 500;
    private static final int FENCE = -1;
    private static final int THREADS = 8;
    private static final String OLD = "old";
    private static final Duration REMOTE_TIMEOUT = Duration.ofMillis(250);

    @ParameterizedTest
    @CsvSource({"REFUSES, 10000", "HANGS, 1000"})
    void noneOfTenThousandIsUndone(Away away, int maxQueuedInvalidations) throws Exception {
        try (Nodes nodes = new Nodes(maxQueuedInvalidations)) {
            List<Integer> keys = IntStream.range(FENCE, KEYS).boxed().toList();
            nodes.fill(keys);
            nodes.admin.resetStatistics();

            away.begin(nodes);
            long begun = System.nanoTime();
            Threads.run(THREADS, thread -> {
                for (int key = thread; key < KEYS; key += THREADS) {
                    assertThat(nodes.one.invalidate(key)).isEqualTo(WriteResult.QUEUED);
                    assertThat(nodes.one.getIfPresent(key))
                            .as("read after the write")
                            .isNull();
                }
            });
            long queued = System.nanoTime();
            away.end(nodes);
            long back = System.nanoTime();
            if (maxQueuedInvalidations < KEYS) {
                eventually().until(() -> nodes.answered("clear") == 1);
            } else {
                eventually().until(() -> nodes.answered("invalidate") == KEYS);
            }
            long told = System.nanoTime();
            Map<String, Integer> commands = nodes.admin.calls();
            assertThat(nodes.answered("clear")).isEqualTo(maxQueuedInvalidations < KEYS ? 1 : 0);

            // What the other node has been told since comes after all that was replayed.
            eventually().until(() -> nodes.one.invalidate(FENCE) == WriteResult.EVERYWHERE);
            eventually().until(() -> nodes.other.getIfPresent(FENCE) == null);
            long heard = System.nanoTime();
            eventually().until(() -> nodes.other.put(FENCE, "new") == WriteResult.EVERYWHERE); // both are well again
            assertThat(served(nodes.other)).as("on the other node").isEmpty();
            assertThat(served(nodes.one)).as("on the node that invalidated").isEmpty();
            try (RedisTier tier = RedisTier.connect(nodes.server.uri());
                    StampedeCache<Integer, String> fresh = nodes.cache(tier)) {
                assertThat(served(fresh)).as("on a fresh node").isEmpty();
            }
            System.out.printf(
                    Locale.ROOT,
                    "%,d invalidations while Redis %s, at most %,d remembered: made in %,d ms, told %,d ms after its "
                            + "return, heard by the other node %,d ms after it; commands until told %s%n",
                    KEYS,
                    away,
                    maxQueuedInvalidations,
                    (queued - begun) / 1_000_000,
                    (told - back) / 1_000_000,
                    (heard - back) / 1_000_000,
                    commands);
        }
    }

    /** Keys that are served at all: suspect or not, there is no value any more. */
    private static Set<Integer> served(StampedeCache<Integer, String> cache) throws Exception {
        Set<Integer> served = ConcurrentHashMap.newKeySet();
        Threads.run(THREADS, thread -> {
            for (int key = thread; key < KEYS; key += THREADS) {
                if (cache.getIfPresent(key) != null) {
                    served.add(key);
                }
            }
        });
        return served;
    }

    private enum Away {
        REFUSES {
            @Override
            void begin(Nodes nodes) {
                nodes.network.refuse();
            }

            @Override
            void end(Nodes nodes) {
                nodes.network.pass();
            }
        },
        HANGS {
            @Override
            void begin(Nodes nodes) {
                nodes.server.pause();
            }

            @Override
            void end(Nodes nodes) {
                nodes.server.resume();
            }
        };

        abstract void begin(Nodes nodes);

        abstract void end(Nodes nodes);

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A node that loses sight of Redis, and another one. */
    private static final class Nodes implements AutoCloseable {

        final RedisServer server = RedisServer.start();
        final RedisAdmin admin = new RedisAdmin(server.uri());
        final FaultProxy network = FaultProxy.to(server);
        final RedisTier oneTier = RedisTier.connect(network.uri());
        final RedisTier otherTier = RedisTier.connect(server.uri());
        final StampedeCache<Integer, String> one;
        final StampedeCache<Integer, String> other;
        private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();
        private final int maxQueuedInvalidations;

        Nodes(int maxQueuedInvalidations) {
            this.maxQueuedInvalidations = maxQueuedInvalidations;
            one = cache(oneTier, REMOTE_TIMEOUT, new CacheListener() {
                @Override
                public void onRemote(String operation, long nanos, boolean answered) {
                    if (answered) {
                        answers.computeIfAbsent(operation, any -> new AtomicInteger())
                                .incrementAndGet();
                    }
                }
            });
            other = cache(otherTier);
        }

        StampedeCache<Integer, String> cache(RedisTier tier) {
            return cache(tier, REMOTE_TIMEOUT, new CacheListener() {});
        }

        private StampedeCache<Integer, String> cache(RedisTier tier, Duration remoteTimeout, CacheListener listener) {
            return StampedeCache.<Integer, String>builder("queued")
                    .ttl(Duration.ofMinutes(10))
                    .maximumSize(2 * KEYS)
                    .remoteTimeout(remoteTimeout)
                    .maxQueuedInvalidations(maxQueuedInvalidations)
                    .listener(listener)
                    .remote(tier, Codec.strings())
                    .build();
        }

        /** Puts all values, by a node that has time for that, and reads them on the two. */
        void fill(List<Integer> keys) {
            try (RedisTier tier = RedisTier.connect(server.uri());
                    StampedeCache<Integer, String> patient =
                            cache(tier, Duration.ofSeconds(20), new CacheListener() {})) {
                for (int from = 0; from < keys.size(); from += STEP) {
                    List<Integer> some = keys.subList(from, Math.min(keys.size(), from + STEP));
                    Map<Integer, String> values =
                            some.stream().collect(Collectors.toMap(Function.identity(), key -> OLD));
                    assertThat(patient.putAll(values)).isEqualTo(WriteResult.EVERYWHERE);
                    for (StampedeCache<Integer, String> node : List.of(one, other)) {
                        eventually().until(() -> values.equals(node.getAll(some, missing -> Map.of())));
                    }
                }
            }
            assertThat(answered("invalidate")).isZero();
        }

        int answered(String operation) {
            return answers.getOrDefault(operation, new AtomicInteger()).get();
        }

        @Override
        public void close() {
            one.close();
            other.close();
            oneTier.close();
            otherTier.close();
            network.close();
            admin.close();
            server.close();
        }
    }
}
