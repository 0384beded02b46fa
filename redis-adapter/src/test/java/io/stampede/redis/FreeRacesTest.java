package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * P5, P6, KNOWN-BUGS 1 and 2: loads and writes of one key race freely on two nodes and a real Redis. When all has come to
 * rest, no value from before the write is in either tier of either node.
 */
class FreeRacesTest {

    private static final int ROUNDS = 1_000;

    @Test
    void noOldValueSurvivesAWrite() throws Exception {
        Random random = new Random(20_261_123);
        try (RedisServer server = RedisServer.start();
                RedisTier oneTier = RedisTier.connect(server.uri());
                RedisTier otherTier = RedisTier.connect(server.uri());
                StampedeCache<String, String> one = cache(oneTier);
                StampedeCache<String, String> other = cache(otherTier);
                StampedeCache<String, String> observer = cache(otherTier)) {
            List<StampedeCache<String, String>> nodes = List.of(one, other);
            CyclicBarrier start = new CyclicBarrier(5);
            AtomicLong source = new AtomicLong();
            String[] key = new String[1];
            int[] kind = new int[2];
            Threads.run(5, thread -> {
                for (int round = 0; round < ROUNDS; round++) {
                    if (thread == 0) {
                        key[0] = "key " + round;
                        kind[0] = random.nextInt(4);
                        kind[1] = random.nextInt(2);
                        source.set(0);
                    }
                    start.await(30, TimeUnit.SECONDS);
                    if (thread == 0) {
                        // A little later than the loads, sometimes, so that all their steps get their turn.
                        spin(random.nextInt(4) * 200_000L);
                        source.set(1);
                        assertThat(write(nodes.get(kind[1]), kind[0], key[0])).isEqualTo(WriteResult.EVERYWHERE);
                    } else {
                        nodes.get(thread % 2).get(key[0], any -> {
                            long read = source.get();
                            spin(100_000);
                            return Long.toString(read);
                        });
                    }
                    start.await(30, TimeUnit.SECONDS);
                    if (thread == 0) {
                        String now = key[0];
                        String written = "round " + round + ", kind " + kind[0];
                        // The observer has not met the key, so it tells what is in L2. Messages may still be under way.
                        for (StampedeCache<String, String> node : List.of(one, other, observer)) {
                            await().pollInterval(Duration.ofMillis(1))
                                    .untilAsserted(() -> assertThat(node.getIfPresent(now))
                                            .as(written)
                                            .isNotEqualTo("0"));
                        }
                        if (round > 0) {
                            // Nor has the one of the round before come back since.
                            for (StampedeCache<String, String> node : nodes) {
                                assertThat(node.getIfPresent("key " + (round - 1)))
                                        .as("the round before " + written)
                                        .isNotEqualTo("0");
                            }
                        }
                    }
                    start.await(30, TimeUnit.SECONDS);
                }
            });
        }
    }

    private static StampedeCache<String, String> cache(RedisTier tier) {
        return StampedeCache.<String, String>builder("races")
                .ttl(Duration.ofMinutes(10))
                .remoteTimeout(Duration.ofSeconds(20))
                .leaseTtl(Duration.ofSeconds(30))
                .remote(tier, Codec.strings())
                .build();
    }

    private static WriteResult write(StampedeCache<String, String> node, int kind, String key) {
        return switch (kind) {
            case 0 -> node.put(key, "1");
            case 1 -> node.invalidate(key);
            case 2 -> node.expire(key);
            default -> node.clear();
        };
    }

    private static void spin(long nanos) {
        long until = System.nanoTime() + nanos;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }
}
