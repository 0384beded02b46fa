package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P1, P2 on a real Redis: three instances with connections of their own, 64 threads each, one load per cold key. */
class OneLoadInTheClusterTest {

    private static final int INSTANCES = 3;
    private static final int THREADS = 64;

    @Test
    @Tag("long")
    void aThousandColdKeysAreLoadedAThousandTimes() throws Exception {
        assertThat(loadsIn(1_000)).isEqualTo(1_000);
    }

    @Test
    void twoHundredColdKeysAreLoadedTwoHundredTimes() throws Exception {
        assertThat(loadsIn(200)).isEqualTo(200);
    }

    private static int loadsIn(int rounds) throws Exception {
        AtomicInteger loads = new AtomicInteger();
        Set<String> answers = ConcurrentHashMap.newKeySet();
        List<RedisTier> tiers = new ArrayList<>();
        List<StampedeCache<Integer, String>> caches = new ArrayList<>();
        try (RedisServer server = RedisServer.start()) {
            try {
                for (int i = 0; i < INSTANCES; i++) {
                    RedisTier tier = RedisTier.connect(server.uri());
                    tiers.add(tier);
                    caches.add(StampedeCache.<Integer, String>builder("herd")
                            .ttl(Duration.ofMinutes(10))
                            .remoteTimeout(Duration.ofSeconds(20))
                            .leaseTtl(Duration.ofSeconds(30))
                            .remote(tier, Codec.strings())
                            .build());
                }
                CyclicBarrier barrier = new CyclicBarrier(INSTANCES * THREADS);
                Threads.run(INSTANCES * THREADS, thread -> {
                    StampedeCache<Integer, String> cache = caches.get(thread % INSTANCES);
                    for (int round = 0; round < rounds; round++) {
                        barrier.await(60, TimeUnit.SECONDS);
                        answers.add(cache.get(
                                round, key -> slowly("value " + key + " of load " + loads.incrementAndGet())));
                    }
                });
            } finally {
                caches.forEach(StampedeCache::close);
                tiers.forEach(RedisTier::close);
            }
        }
        assertThat(answers).as("different answers in all rounds").hasSize(rounds);
        return loads.get();
    }

    private static String slowly(String value) throws Exception {
        Threads.spend(20);
        return value;
    }
}
