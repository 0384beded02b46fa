package io.stampede.redis;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.lettuce.core.api.sync.RedisCommands;
import io.stampede.CallOptions;
import io.stampede.Codec;
import io.stampede.Result.Source;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.FaultProxy;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Three nodes on one real Redis, behind one network that a test can break; hot keys, and readers of them. Redis itself is
 * within reach by other ways.
 */
final class FaultyCluster implements AutoCloseable {

    static final int NODES = 3;
    static final int THREADS_PER_NODE = 50;
    static final int KEYS = 50;
    static final Duration TTL = Duration.ofSeconds(1);
    private static final Duration PACE = Duration.ofMillis(25);
    private static final CallOptions LONG_LIFE = CallOptions.none().ttl(Duration.ofMinutes(10));
    private static final Duration MOMENT = Duration.ofMillis(500);

    final RedisServer server = RedisServer.start();
    final FaultProxy network = FaultProxy.to(server);
    private final List<RedisAdmin> admins = new ArrayList<>();
    private final RedisAdmin admin = another();
    private final List<RedisTier> tiers = new ArrayList<>();
    private final List<StampedeCache<Integer, String>> caches = new ArrayList<>();
    private final CompletableFuture<Void> readers = new CompletableFuture<>();
    private volatile FaultPhase phase = new FaultPhase();
    private volatile boolean closing;
    private int nextProbe = -1;

    FaultyCluster() {
        for (int i = 0; i < NODES; i++) {
            RedisTier tier = RedisTier.connect(network.uri());
            tiers.add(tier);
            caches.add(cache(tier));
        }
        List<Integer> keys = IntStream.range(0, KEYS).boxed().toList();
        caches.forEach(cache -> cache.getAll(keys, FaultyCluster::slowly));
        new Thread(this::readOn, "readers").start();
    }

    /** Timeouts are what applications get by default, but for the lease's, which is more patient than a test can be. */
    private static StampedeCache<Integer, String> cache(RedisTier tier) {
        return StampedeCache.<Integer, String>builder("faulty")
                .ttl(TTL)
                .leaseTtl(Duration.ofSeconds(2))
                .remote(tier, Codec.strings())
                .build();
    }

    RedisCommands<byte[], byte[]> redis() {
        return admin.redis();
    }

    /** Another client, for what keeps one busy. */
    RedisAdmin another() {
        RedisAdmin opened = new RedisAdmin(server.uri());
        admins.add(opened);
        return opened;
    }

    /** From now on reads and loads belong to another phase. */
    FaultPhase nextPhase() {
        FaultPhase next = new FaultPhase();
        phase.end();
        phase = next;
        return next;
    }

    private void readOn() {
        try {
            PacedClients.run(
                    NODES * THREADS_PER_NODE,
                    PACE,
                    () -> !closing,
                    client -> read(client % NODES, ThreadLocalRandom.current().nextInt(KEYS)));
            readers.complete(null);
        } catch (Exception | Error e) {
            readers.completeExceptionally(e);
        }
    }

    /** A read counts where it ends: one that a fault has caught is not the control's. */
    private void read(int node, int key) {
        long begun = System.nanoTime();
        try {
            if (!value(key).equals(caches.get(node).get(key, this::slowly))) {
                throw new IllegalStateException("The value of another key than " + key);
            }
        } catch (RuntimeException e) {
            phase.failed(e);
        }
        phase.read(System.nanoTime() - begun);
    }

    private String slowly(int key) throws InterruptedException {
        FaultPhase current = phase;
        long begun = System.nanoTime();
        Threads.spend(5 + key % 6);
        current.loaded(System.nanoTime() - begun);
        return value(key);
    }

    private static Map<Integer, String> slowly(Set<Integer> keys) throws InterruptedException {
        Threads.spend(5);
        return keys.stream().collect(Collectors.toMap(key -> key, FaultyCluster::value));
    }

    private static String value(int key) {
        return "value of " + key;
    }

    /** Whether the nodes share one load, hold its value, and stop serving it when any one of them has ended it. */
    boolean isNormal() {
        return IntStream.range(0, NODES).allMatch(this::isHeard);
    }

    private boolean isHeard(int writer) {
        int key = nextProbe--;
        AtomicInteger loads = new AtomicInteger();
        Set<String> values = new HashSet<>();
        try {
            List<CompletableFuture<String>> reads = caches.stream()
                    .map(cache ->
                            cache.getAsync(key, any -> completedFuture("load " + loads.incrementAndGet()), LONG_LIFE))
                    .toList();
            for (CompletableFuture<String> read : reads) {
                values.add(read.get(60, SECONDS));
            }
            return values.size() == 1
                    && loads.get() == 1
                    && caches.stream().allMatch(cache -> inAMoment(() -> holds(cache, key)))
                    && caches.get(writer).invalidate(key) == WriteResult.EVERYWHERE
                    && caches.stream().allMatch(cache -> inAMoment(() -> cache.getIfPresent(key) == null));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever waits has given up
            return false;
        } catch (Exception e) {
            phase.failed(e);
            return false;
        }
    }

    private static boolean holds(StampedeCache<Integer, String> cache, int key) {
        return cache.getResult(key, any -> "lost").source() == Source.L1;
    }

    private static boolean inAMoment(BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begun > MOMENT.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return true;
    }

    @Override
    public void close() {
        closing = true;
        try {
            readers.join();
        } finally {
            caches.forEach(StampedeCache::close);
            tiers.forEach(RedisTier::close);
            network.close();
            admins.forEach(RedisAdmin::close);
            server.close();
        }
    }
}
