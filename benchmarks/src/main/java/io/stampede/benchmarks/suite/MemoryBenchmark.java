package io.stampede.benchmarks.suite;

import io.stampede.benchmarks.contender.Contender;
import io.stampede.benchmarks.contender.ContenderKind;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does an entry of L1 take of the heap, its key and its value not counted? The floor is {@link
 * ContenderKind#CAFFEINE_EXPIRING}. The figure is {@code bytesPerEntry}: how much more the heap holds after 200,000 loads,
 * garbage collected before and after; the time says nothing.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(1)
public class MemoryBenchmark {

    private static final int ENTRIES = 200_000;

    /** A cache with nothing in it, and all that will be in it. */
    @State(Scope.Benchmark)
    public static class Empty {

        @Param({"CONCURRENT_HASH_MAP", "CAFFEINE", "CAFFEINE_EXPIRING", "JETCACHE", "REDISSON_MAP", "STAMPEDE"})
        public ContenderKind contender;

        private final String[] keys = Texts.keys(ENTRIES);
        private Node node;
        private long usedBefore;

        @Setup(Level.Iteration)
        public void start() {
            String value = Texts.value(100);
            node = Node.of(contender, ENTRIES, key -> value);
            // What is made once, at the first use.
            node.cache().get("another key");
            usedBefore = used();
        }

        private static long used() {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 5; i++) {
                System.gc();
                least = Math.min(
                        least,
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            }
            return least;
        }

        @TearDown(Level.Iteration)
        public void close() {
            node.close();
        }
    }

    /** What was found. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Found {
        public double bytesPerEntry;
    }

    @Benchmark
    public Contender fill(Empty empty, Found found) {
        Contender cache = empty.node.cache();
        for (String key : empty.keys) {
            cache.get(key);
        }
        found.bytesPerEntry = (double) (Empty.used() - empty.usedBefore) / ENTRIES;
        return cache;
    }
}
