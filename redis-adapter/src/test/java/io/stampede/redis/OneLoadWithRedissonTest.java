package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.RemoteConnection;
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

/** P1, P2 where Redisson's locks elect, everywhere or beside nodes without them: the lease is granted once. */
class OneLoadWithRedissonTest {

    private static final int THREADS_OF_A_NODE = 32;

    @Test
    void threeNodesWithRedissonLoadEachColdKeyOnce() throws Exception {
        assertThat(loads(50, 3, 0)).isEqualTo(50);
    }

    @Test
    void nodesWithAndWithoutRedissonLoadEachColdKeyOnce() throws Exception {
        assertThat(loads(50, 2, 2)).isEqualTo(50);
    }

    @Test
    @Tag("long")
    void aThousandColdKeysAreLoadedAThousandTimes() throws Exception {
        assertThat(loads(1_000, 3, 0)).isEqualTo(1_000);
        assertThat(loads(1_000, 2, 2)).isEqualTo(1_000);
    }

    private static int loads(int rounds, int withRedisson, int without) throws Exception {
        AtomicInteger loads = new AtomicInteger();
        Set<String> answers = ConcurrentHashMap.newKeySet();
        List<StampedeCache<Integer, String>> caches = new ArrayList<>();
        List<RedisTier> lettuce = new ArrayList<>();
        try (RedisServer server = RedisServer.start();
                RedissonClients redisson = RedissonClients.of(server.uri())) {
            try {
                for (int i = 0; i < withRedisson; i++) {
                    caches.add(cache(redisson.connect()));
                }
                for (int i = 0; i < without; i++) {
                    lettuce.add(RedisTier.connect(server.uri()));
                    caches.add(cache(lettuce.get(i)));
                }
                int threads = caches.size() * THREADS_OF_A_NODE;
                CyclicBarrier barrier = new CyclicBarrier(threads);
                Threads.run(threads, thread -> {
                    StampedeCache<Integer, String> cache = caches.get(thread % caches.size());
                    for (int round = 0; round < rounds; round++) {
                        barrier.await(60, TimeUnit.SECONDS);
                        answers.add(cache.get(round, key -> {
                            Threads.spend(20);
                            return "value " + key + " of load " + loads.incrementAndGet();
                        }));
                    }
                });
            } finally {
                caches.forEach(StampedeCache::close);
                lettuce.forEach(RedisTier::close);
            }
        }
        assertThat(answers).as("different answers in all rounds").hasSize(rounds);
        return loads.get();
    }

    private static StampedeCache<Integer, String> cache(RemoteConnection connection) {
        return StampedeCache.<Integer, String>builder("herd")
                .ttl(Duration.ofMinutes(10))
                .remoteTimeout(Duration.ofSeconds(20))
                .leaseTtl(Duration.ofSeconds(30))
                .remote(connection, Codec.strings())
                .build();
    }
}
