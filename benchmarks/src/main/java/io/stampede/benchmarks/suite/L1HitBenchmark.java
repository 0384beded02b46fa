package io.stampede.benchmarks.suite;

import io.stampede.benchmarks.contender.Contender;
import io.stampede.benchmarks.contender.ContenderKind;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What does a read cost that this node's memory answers? L1 is full, so that Caffeine takes notes of what is read. With
 * {@code -t 2} and {@code -t 8} the readers are several; {@code -prof gc} says what they allocate.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class L1HitBenchmark {

    private static final int DRAWN = 1 << 16;

    /** A cache that holds 10,000 entries and has room for no more. */
    @State(Scope.Benchmark)
    public static class Full {

        @Param({
            "CONCURRENT_HASH_MAP",
            "CAFFEINE",
            "CAFFEINE_EXPIRING",
            "CAFFEINE_LOADING",
            "JETCACHE",
            "REDISSON_MAP",
            "STAMPEDE",
            "STAMPEDE_METERED"
        })
        public ContenderKind contender;

        final String[] keys = Texts.keys(Node.LOCAL_SIZE);
        final String hotKey = keys[777];
        Contender cache;

        @Setup
        public void fill() {
            cache = Node.of(contender, key -> "value of " + key)
                    .closedAtTheEnd()
                    .cache();
            for (String key : keys) {
                cache.get(key);
            }
        }
    }

    /** What one thread asks for, drawn beforehand. */
    @State(Scope.Thread)
    public static class Drawn {

        private final String[] drawn = new String[DRAWN];
        private int next;

        @Setup
        public void draw(Full full, ThreadParams thread) {
            Random random = new Random(thread.getThreadIndex());
            Zipf zipf = new Zipf(full.keys.length);
            for (int i = 0; i < DRAWN; i++) {
                drawn[i] = full.keys[zipf.draw(random)];
            }
        }

        String next() {
            return drawn[next++ & DRAWN - 1];
        }
    }

    @Benchmark
    public String hotKey(Full full) {
        return full.cache.get(full.hotKey);
    }

    @Benchmark
    public String zipf(Full full, Drawn drawn) {
        return full.cache.get(drawn.next());
    }
}
