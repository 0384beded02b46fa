package io.stampede.redis;

import io.stampede.CallOptions;
import io.stampede.Codec;
import io.stampede.Result;
import io.stampede.StampedeCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Three nodes on one Redis Cluster, with readers and writers that don't stop, and a source that counts its versions. A
 * value names its key and version, so that each read can be judged: what a node was asked for after a write had returned
 * there must not be older than that write.
 */
final class ClusterLoad implements AutoCloseable {

    static final int KEYS = 200;
    private static final int NODES = 3;
    private static final int READERS_PER_NODE = 3;
    private static final int WRITERS = 3;
    private static final int BATCH = 20;
    private static final Duration PACE = Duration.ofMillis(8);
    private static final Duration WRITE_PACE = Duration.ofMillis(25);

    /** Every tenth key carries one of four tags, and is written by way of them alone. */
    private static final int TAGS = 4;

    final String cache = "load";
    final List<StampedeCache<String, String>> nodes = new ArrayList<>();
    private final List<RedisTier> tiers = new ArrayList<>();
    private final AtomicLongArray source = new AtomicLongArray(KEYS);
    private final List<AtomicLongArray> written = new ArrayList<>();
    private final Collection<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Phase> phases = new ArrayList<>();
    private final CompletableFuture<Void> readers = new CompletableFuture<>();
    private final CompletableFuture<Void> writers = new CompletableFuture<>();
    private volatile Phase phase = new Phase("start");
    private volatile boolean ending;

    ClusterLoad(List<String> seeds) {
        for (int i = 0; i < NODES; i++) {
            RedisTier tier = RedisTier.connectCluster(seeds.toArray(String[]::new));
            tiers.add(tier);
            nodes.add(StampedeCache.<String, String>builder(cache)
                    .ttl(Duration.ofSeconds(1))
                    .leaseTtl(Duration.ofSeconds(2))
                    .remote(new WatchedConnection(tier, code -> phase.refused(code)), Codec.strings())
                    .build());
            written.add(new AtomicLongArray(KEYS));
        }
        new Thread(() -> go(readers, NODES * READERS_PER_NODE, PACE, this::read), "readers").start();
        new Thread(() -> go(writers, WRITERS, WRITE_PACE, this::write), "writers").start();
    }

    private void go(CompletableFuture<Void> end, int clients, Duration pace, PacedClients.Read what) {
        try {
            PacedClients.run(clients, pace, () -> !ending, what);
            end.complete(null);
        } catch (Exception | Error e) {
            end.completeExceptionally(e);
        }
    }

    /** From now on reads and loads are of another phase. */
    void phase(String name) {
        phase.end();
        phase = new Phase(name);
        phases.add(phase);
    }

    private void read(int client) {
        int node = client % NODES;
        long begun = System.nanoTime();
        try {
            if (ThreadLocalRandom.current().nextInt(10) == 0) {
                readMany(node);
            } else {
                int key = ThreadLocalRandom.current().nextInt(KEYS);
                long floor = written.get(node).get(key);
                judge(node, key, floor, nodes.get(node).get("k" + key, name -> load(key), options(key)));
            }
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
        phase.read(System.nanoTime() - begun);
    }

    /** Of as many slots. Tags belong to single calls, so without the keys that have any. */
    private void readMany(int node) {
        Map<String, Long> floors = new ConcurrentHashMap<>();
        ThreadLocalRandom.current()
                .ints(0, KEYS)
                .filter(key -> !isTagged(key))
                .distinct()
                .limit(BATCH)
                .forEach(key -> floors.put("k" + key, written.get(node).get(key)));
        Map<String, String> found = nodes.get(node)
                .getAll(
                        floors.keySet(),
                        names -> names.stream()
                                .collect(Collectors.toMap(Function.identity(), name -> load(number(name)))));
        floors.forEach((name, floor) -> judge(node, number(name), floor, String.valueOf(found.get(name))));
    }

    private static void judge(int node, int key, long floor, String value) {
        String[] parts = value.split(":");
        if (!parts[0].equals("k" + key) || Long.parseLong(parts[1]) < floor) {
            throw new IllegalStateException(
                    "Node " + node + " was served " + value + " of k" + key + " after it had written version " + floor);
        }
    }

    private String load(int key) {
        phase.loads.increment();
        String value = value(key, source.get(key));
        try {
            Threads.spend(5);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return value;
    }

    /** Each key has one writer, so that its versions are written in their order; he writes on any node. */
    private void write(int writer) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int node = random.nextInt(NODES);
        try {
            if (writer == 0 && random.nextInt(10) == 0) {
                writeTag(node, random.nextInt(TAGS));
                return;
            }
            int key = random.nextInt(KEYS / WRITERS) * WRITERS + writer;
            if (isTagged(key)) {
                return;
            }
            long version = source.incrementAndGet(key);
            if (random.nextBoolean()) {
                nodes.get(node).put("k" + key, value(key, version));
            } else {
                nodes.get(node).invalidate("k" + key);
            }
            written.get(node).set(key, version);
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
    }

    private void writeTag(int node, int tag) {
        Map<Integer, Long> versions = IntStream.range(0, KEYS)
                .filter(key -> isTagged(key) && tag(key).equals("tag" + tag))
                .boxed()
                .collect(Collectors.toMap(Function.identity(), source::incrementAndGet));
        nodes.get(node).invalidateByTag("tag" + tag);
        versions.forEach((key, version) -> written.get(node).set(key, version));
    }

    private static CallOptions options(int key) {
        return isTagged(key) ? CallOptions.none().tags(tag(key)) : CallOptions.none();
    }

    private static boolean isTagged(int key) {
        return key % 10 == 0;
    }

    private static String tag(int key) {
        return "tag" + key / 10 % TAGS;
    }

    private static String value(int key, long version) {
        return "k" + key + ":" + version;
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(1));
    }

    /** Ends reading and writing, and tells what has gone wrong. */
    Collection<Throwable> stop() throws Exception {
        phase.end();
        ending = true;
        readers.get(60, TimeUnit.SECONDS);
        writers.get(60, TimeUnit.SECONDS);
        return failures;
    }

    /** With what operations have failed, and how often. */
    Map<String, Integer> refusals() {
        return phases.stream()
                .flatMap(each -> each.refusals.entrySet().stream())
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().get(), Integer::sum));
    }

    /** Whether a value that one node puts ends what another holds, and a third finds it in Redis. */
    boolean isShared(String key) {
        CallOptions longLife = CallOptions.none().ttl(Duration.ofMinutes(10));
        String value = key + ":" + System.nanoTime();
        nodes.get(1).put(key, "before", longLife);
        nodes.get(0).put(key, value, longLife);
        boolean heard = Samples.becomes(() -> value.equals(nodes.get(1).getIfPresent(key)));
        Result<String> read = nodes.get(2).getResult(key, name -> "loaded", longLife.skipLocal());
        return heard && read.source() == Result.Source.L2 && value.equals(read.value());
    }

    @Override
    public void close() {
        ending = true;
        nodes.forEach(StampedeCache::close);
        tiers.forEach(RedisTier::close);
    }

    @Override
    public String toString() {
        return phases.stream().map(Phase::toString).collect(Collectors.joining("\n"));
    }

    private static final class Phase {

        private final String name;
        private final LongAdder reads = new LongAdder();
        private final LongAdder loads = new LongAdder();
        private final LongAccumulator longest = new LongAccumulator(Math::max, 0);
        private final Map<String, AtomicInteger> refusals = new ConcurrentHashMap<>();
        private final long begun = System.nanoTime();
        private long ended = begun;

        Phase(String name) {
            this.name = name;
        }

        void end() {
            ended = System.nanoTime();
        }

        void read(long nanos) {
            reads.increment();
            longest.accumulate(nanos);
        }

        void refused(String code) {
            refusals.computeIfAbsent(code, any -> new AtomicInteger()).incrementAndGet();
        }

        @Override
        public String toString() {
            double seconds = (ended - begun) / 1e9;
            return String.format(
                    Locale.ROOT,
                    "%-16s %5.1f s, %,6d reads, %5.2f loads per key and second, longest read %4d ms, failed operations %s",
                    name,
                    seconds,
                    reads.sum(),
                    loads.sum() / seconds / KEYS,
                    longest.get() / 1_000_000,
                    refusals);
        }
    }
}
