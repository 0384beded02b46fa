package io.stampede.benchmarks.suite;

import io.stampede.benchmarks.contender.Contender;
import io.stampede.benchmarks.contender.ContenderKind;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
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
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.infra.ThreadParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * What does a read cost that Redis answers? Without a first tier, and each thread with keys of its own in random order, so
 * that no read saves another's. The floor is {@link ContenderKind#BY_HAND}: {@code GET} by bare Lettuce and the decoding.
 * With {@code -t 16}, {@code -t 64} and {@code -t 256} the readers are several.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class L2HitBenchmark {

    private static final int FEW = 100;

    /** A cache whose values are all in Redis and nowhere else. */
    @State(Scope.Benchmark)
    public static class InRedis {

        @Param({"BY_HAND", "SPRING", "JETCACHE", "REDISSON_LOCK", "REDISSON_MAP", "STAMPEDE"})
        public ContenderKind contender;

        @Param({"100", "10240"})
        public int bytes;

        final String[] keys = Texts.keys(10_000);
        private final LongAdder loads = new LongAdder();
        Contender cache;

        @Setup
        public void fill() {
            String value = Texts.value(bytes);
            cache = Node.withoutLocal(contender, key -> {
                        loads.increment();
                        return value;
                    })
                    .closedAtTheEnd()
                    .cache();
            for (String key : keys) {
                cache.put(key, value);
            }
        }

        /** A Redis that has been given up would be measured as a fast one. */
        @TearDown(Level.Iteration)
        public void checkThatRedisHasAnswered(IterationParams iteration) {
            long loaded = loads.sumThenReset();
            if (iteration.getType() == IterationType.MEASUREMENT && loaded > FEW) {
                throw new IllegalStateException(loaded + " reads were not answered by Redis");
            }
        }
    }

    /** The keys that no other thread asks for. */
    @State(Scope.Thread)
    public static class Own {

        private String[] keys;
        private int next;

        @Setup
        public void take(InRedis redis, ThreadParams thread) {
            int share = redis.keys.length / thread.getThreadCount();
            int first = share * thread.getThreadIndex();
            keys = Arrays.copyOfRange(redis.keys, first, first + share);
            List<String> shuffled = Arrays.asList(keys);
            Collections.shuffle(shuffled, new Random(thread.getThreadIndex()));
        }

        String next() {
            next = next + 1 == keys.length ? 0 : next + 1;
            return keys[next];
        }
    }

    @Benchmark
    public String get(InRedis redis, Own own) {
        return redis.cache.get(own.next());
    }
}
