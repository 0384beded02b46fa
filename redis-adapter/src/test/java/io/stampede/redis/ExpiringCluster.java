package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;

import io.stampede.CacheListener;
import io.stampede.Codec;
import io.stampede.Result.Source;
import io.stampede.StampedeCache;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Three nodes whose keys expire all the time, under readers; each load is remembered, and what it has replaced. */
final class ExpiringCluster implements AutoCloseable {

    static final int NODES = 3;
    static final int KEYS = 50;
    static final Duration TTL = Duration.ofMillis(500);
    private static final int READERS_PER_NODE = 20;
    private static final Duration PACE = Duration.ofMillis(20);
    private static final int LOAD_MILLIS = 5;
    private static final int PROBE_MILLIS = 20;

    /** Half of the default remoteTimeout: slower than that is trouble. */
    private static final Duration SLOW = Duration.ofMillis(250);

    /** What a node takes off a lifetime that Redis's clock has measured, as it can't know that clock exactly. */
    private static final Duration ROUNDING = TTL.dividedBy(5);

    final RedisServer server = RedisServer.start();
    private final List<RedisTier> tiers = new ArrayList<>();
    private final List<StampedeCache<Integer, String>> caches = new ArrayList<>();
    private final Queue<Load> loads = new ConcurrentLinkedQueue<>();
    private final AtomicInteger loadNumber = new AtomicInteger();

    /** When the load ended whose value a reader of this node has seen last. */
    private final Map<NodeKey, AtomicLong> lastSeen = new ConcurrentHashMap<>();

    private final Map<String, Long> endOfLoad = new ConcurrentHashMap<>();
    private final Collection<Exception> failures = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> readers = new CompletableFuture<>();
    private volatile Phase phase = new Phase();
    private volatile boolean over;

    private record NodeKey(int node, int key) {}

    /**
     * One run of the loader.
     *
     * @param replacedEndedAt when the load had ended whose value the node had last
     */
    record Load(int node, int key, long replacedEndedAt, long begunAt, long endedAt) {

        /** How long after the end of the load before it on this node it began. */
        long ageOfReplaced() {
            return begunAt - replacedEndedAt;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "key %d on node %d, %d ms old", key, node, ageOfReplaced() / 1_000_000);
        }
    }

    ExpiringCluster() {
        for (int node = 0; node < NODES; node++) {
            RedisTier tier = RedisTier.connect(server.uri());
            tiers.add(tier);
            caches.add(cache(tier));
        }
        new Thread(this::readOn, "readers").start();
    }

    /** Without jitter and early refresh, so that a load too early is told from one at an expiry. */
    private StampedeCache<Integer, String> cache(RedisTier tier) {
        return StampedeCache.<Integer, String>builder("expiring")
                .ttl(TTL)
                .jitter(0)
                .earlyRefresh(0)
                .listener(new CacheListener() {
                    @Override
                    public void onRemote(String operation, long nanos, boolean answered) {
                        if (!answered || nanos > SLOW.toNanos()) {
                            phase.late.incrementAndGet();
                        }
                    }
                })
                .remote(tier, Codec.strings())
                .build();
    }

    private void readOn() {
        try {
            PacedClients.run(
                    NODES * READERS_PER_NODE,
                    PACE,
                    () -> !over,
                    client -> read(client % NODES, ThreadLocalRandom.current().nextInt(KEYS)));
            readers.complete(null);
        } catch (Exception | Error e) {
            readers.completeExceptionally(e);
        }
    }

    private void read(int node, int key) {
        Phase current = phase;
        long begun = System.nanoTime();
        try {
            var read = caches.get(node).getResult(key, any -> load(node, key));
            current.read(read.source(), System.nanoTime() - begun);
            Long ended = endOfLoad.get(read.value());
            if (ended == null) {
                throw new IllegalStateException("No load has made " + read);
            }
            seen(node, key).accumulateAndGet(ended, Math::max);
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    private AtomicLong seen(int node, int key) {
        return lastSeen.computeIfAbsent(new NodeKey(node, key), any -> new AtomicLong(Long.MIN_VALUE));
    }

    private String load(int node, int key) throws InterruptedException {
        long replaced = seen(node, key).get();
        long begun = System.nanoTime();
        phase.loads.incrementAndGet();
        Threads.spend(LOAD_MILLIS);
        String value = key + " load " + loadNumber.incrementAndGet();
        long ended = System.nanoTime();
        endOfLoad.put(value, ended);
        seen(node, key).accumulateAndGet(ended, Math::max);
        loads.add(new Load(node, key, replaced, begun, ended));
        return value;
    }

    /** From now on reads and loads belong to another phase. */
    Phase nextPhase() {
        Phase next = new Phase();
        phase.end();
        phase = next;
        return next;
    }

    /** Every value that any node has now has been replaced when this returns. */
    void awaitAllExpiredOnce() {
        long now = System.nanoTime();
        eventually()
                .until(() -> System.nanoTime() - now
                        > TTL.multipliedBy(3).dividedBy(2).toNanos());
        eventually()
                .until(() -> IntStream.range(0, NODES * KEYS)
                        .allMatch(i -> seen(i % NODES, i / NODES).get() - now > 0));
    }

    /** Whether the nodes wait for each other's loads, whichever of them is the first to ask. */
    boolean isNormal() {
        return IntStream.range(0, NODES).allMatch(this::othersWaitFor);
    }

    private boolean othersWaitFor(int first) {
        int key = -loadNumber.incrementAndGet();
        AtomicInteger probes = new AtomicInteger();
        Executor later = CompletableFuture.delayedExecutor(PROBE_MILLIS, TimeUnit.MILLISECONDS);
        List<CompletableFuture<@Nullable String>> reads = IntStream.range(0, NODES)
                .mapToObj(i -> caches.get((first + i) % NODES)
                        .getAsync(
                                key,
                                any -> CompletableFuture.supplyAsync(() -> "probe " + probes.incrementAndGet(), later)))
                .toList();
        reads.forEach(CompletableFuture::join);
        return probes.get() == 1;
    }

    /** Loads that began in this time on a node that had a value inside its ttl. */
    List<Load> loadsOfKeysInsideTheirTtl(long from, long to) {
        return loads.stream()
                .filter(load -> load.begunAt - from > 0 && load.begunAt - to < 0)
                .filter(load -> load.replacedEndedAt != Long.MIN_VALUE)
                .filter(load -> load.ageOfReplaced() < TTL.minus(ROUNDING).toNanos())
                .toList();
    }

    /** Loads of a phase for whose key another load, on whatever node, had ended less than a ttl before. */
    List<Load> loadsTooSoonAfterAnother(Phase during) {
        List<Load> sorted = loads.stream()
                .sorted(Comparator.comparingInt(Load::key).thenComparingLong(Load::begunAt))
                .toList();
        return IntStream.range(1, sorted.size())
                .filter(i -> sorted.get(i).key == sorted.get(i - 1).key)
                .filter(i -> during.contains(sorted.get(i).begunAt) && during.contains(sorted.get(i - 1).begunAt))
                .filter(i -> sorted.get(i).begunAt - sorted.get(i - 1).endedAt
                        < TTL.minus(ROUNDING).toNanos())
                .mapToObj(sorted::get)
                .toList();
    }

    Collection<Exception> failures() {
        return failures;
    }

    void stopReading() {
        over = true;
        readers.join();
    }

    @Override
    public void close() {
        try {
            stopReading();
        } finally {
            caches.forEach(StampedeCache::close);
            tiers.forEach(RedisTier::close);
            server.close();
        }
    }

    /** What was seen while something was as it was. */
    static final class Phase {

        private final AtomicInteger loads = new AtomicInteger();
        private final AtomicInteger late = new AtomicInteger();
        private final Map<Source, AtomicInteger> reads = new EnumMap<>(Source.class);
        private final LongAccumulator longestRead = new LongAccumulator(Math::max, 0);
        private final long begun = System.nanoTime();
        private volatile long ended;

        Phase() {
            for (Source source : Source.values()) {
                reads.put(source, new AtomicInteger());
            }
        }

        void end() {
            ended = System.nanoTime();
        }

        boolean contains(long moment) {
            return moment - begun > 0 && ended - moment > 0;
        }

        /** How many commands were not answered, or so slowly that the breaker counts it against Redis. */
        int late() {
            return late.get();
        }

        void read(Source source, long nanos) {
            reads.get(source).incrementAndGet();
            longestRead.accumulate(nanos);
        }

        @Override
        public String toString() {
            double seconds = (ended - begun) / 1e9;
            return String.format(
                    Locale.ROOT,
                    "%.1f s: %d loads, %.2f per key and ttl; longest read %.0f ms; %d commands late or unanswered; reads %s",
                    seconds,
                    loads.get(),
                    loads.get() / seconds * TTL.toMillis() / 1e3 / KEYS,
                    longestRead.get() / 1e6,
                    late.get(),
                    reads);
        }
    }
}
