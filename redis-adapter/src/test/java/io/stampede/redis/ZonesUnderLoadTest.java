package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Codec;
import io.stampede.Result;
import io.stampede.StampedeCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Caches on three nodes in two zones, two of the nodes in the first: acceptance of the zones. */
class ZonesUnderLoadTest {

    private static final List<String> NODES = List.of("a", "a", "b");
    private static final int KEYS = 20;

    private final TwoZones zones = new TwoZones();
    private final List<StampedeCache<Integer, String>> caches = new ArrayList<>();

    private void open(Duration remoteTimeout) {
        for (String zone : NODES) {
            StampedeCache<Integer, String> cache = StampedeCache.<Integer, String>builder(zones.cache)
                    .ttl(Duration.ofMinutes(10))
                    .remoteTimeout(remoteTimeout)
                    .leaseTtl(Duration.ofSeconds(30))
                    .suspectAfter(Duration.ofSeconds(1))
                    .remote(zones.in(zone), Codec.strings())
                    .build();
            caches.add(cache);
            cache.getIfPresent(0); // waits for the first heartbeat
        }
    }

    @AfterEach
    void close() throws Exception {
        caches.forEach(StampedeCache::close);
        zones.close();
    }

    @Test
    void eachColdKeyIsLoadedOnceInAllZones() throws Exception {
        int rounds = 200;
        int threads = 16;
        open(Duration.ofSeconds(20));
        AtomicInteger loads = new AtomicInteger();
        Set<String> answers = ConcurrentHashMap.newKeySet();
        CyclicBarrier barrier = new CyclicBarrier(NODES.size() * threads);
        Threads.run(NODES.size() * threads, thread -> {
            for (int round = 0; round < rounds; round++) {
                barrier.await(60, TimeUnit.SECONDS);
                answers.add(caches.get(thread % NODES.size()).get(round, key -> {
                    Threads.spend(5);
                    return key + " of load " + loads.incrementAndGet();
                }));
            }
        });
        assertThat(answers).as("different answers in all rounds").hasSize(rounds);
        assertThat(loads).hasValue(rounds);
    }

    /** The zone is killed, or hangs; in the second case it comes back with all that it had. */
    @ParameterizedTest
    @CsvSource({"a, kill", "a, pause", "b, kill", "b, pause"})
    void aZoneGoesUnderLoadAndComesBack(String lost, String how) throws Exception {
        open(Duration.ofSeconds(5));
        Load load = new Load();
        try {
            load.awaitMore();
            if (how.equals("kill")) {
                zones.server(lost).kill();
            } else {
                zones.server(lost).pause();
            }
            load.awaitMore();
            load.awaitMoreFromL2(lost.equals("a") ? 0 : 2);
            if (how.equals("kill")) {
                zones.server(lost).restart();
            } else {
                zones.server(lost).resume();
            }
            load.awaitMore();
        } finally {
            load.end();
        }
        assertThat(load.errors).isEmpty();
        for (int node = 0; node < NODES.size(); node++) {
            StampedeCache<Integer, String> cache = caches.get(node);
            for (int key = 0; key < KEYS; key++) {
                int wanted = key;
                eventually()
                        .until(() -> Integer.parseInt(cache.get(wanted, load::fromSource)) == load.source.get(wanted));
            }
        }
        zones.server(lost.equals("a") ? "b" : "a").kill();
        StampedeCache<Integer, String> reader = caches.get(lost.equals("a") ? 0 : 2);
        for (int key = 0; key < KEYS; key++) {
            assertThat(Integer.parseInt(reader.get(key, load::fromSource)))
                    .as("from the zone that was lost, the other being gone now")
                    .isEqualTo(load.source.get(key));
        }
    }

    /** Each node reads and writes, and no read of its own may be older than what it has written. */
    private final class Load {

        private final AtomicIntegerArray source = new AtomicIntegerArray(KEYS);
        private final List<AtomicIntegerArray> written =
                NODES.stream().map(zone -> new AtomicIntegerArray(KEYS)).toList();
        private final AtomicLongArray reads = new AtomicLongArray(NODES.size());
        private final AtomicLongArray fromL2 = new AtomicLongArray(NODES.size());
        private final AtomicInteger writes = new AtomicInteger();
        private final Queue<Object> errors = new ConcurrentLinkedQueue<>();
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private volatile boolean ended;

        Load() {
            for (int i = 0; i < NODES.size(); i++) {
                int node = i;
                threads.execute(() -> repeat(() -> read(node)));
                threads.execute(() -> repeat(() -> read(node)));
                threads.execute(() -> repeat(() -> write(node)));
            }
        }

        private String fromSource(int key) {
            return Integer.toString(source.get(key));
        }

        private void repeat(Runnable step) {
            while (!ended) {
                try {
                    step.run();
                    Threads.spend(1);
                } catch (InterruptedException | RuntimeException | Error e) {
                    errors.add(e);
                }
            }
        }

        private void read(int node) {
            int key = ThreadLocalRandom.current().nextInt(KEYS);
            int atLeast = written.get(node).get(key);
            Result<String> result = caches.get(node).getResult(key, this::fromSource);
            if (Integer.parseInt(result.value()) < atLeast) {
                errors.add(result + " instead of at least " + atLeast + " for key " + key);
            }
            reads.incrementAndGet(node);
            if (result.source() == Result.Source.L2) {
                fromL2.incrementAndGet(node);
            }
        }

        private void write(int node) {
            int key = ThreadLocalRandom.current().nextInt(KEYS);
            int version = source.incrementAndGet(key);
            caches.get(node).invalidate(key);
            written.get(node).set(key, version);
            writes.incrementAndGet();
        }

        void awaitMore() {
            int before = writes.get();
            eventually().until(() -> writes.get() >= before + 100);
            for (int node = 0; node < NODES.size(); node++) {
                int which = node;
                long readBefore = reads.get(which);
                eventually().until(() -> reads.get(which) >= readBefore + 100);
            }
        }

        void awaitMoreFromL2(int node) {
            long before = fromL2.get(node);
            eventually().until(() -> fromL2.get(node) >= before + 20);
        }

        void end() throws InterruptedException {
            ended = true;
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
