package io.stampede.benchmarks.suite;

import io.stampede.benchmarks.contender.Contender;
import io.stampede.benchmarks.contender.ContenderKind;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
 * What does a read cost that nobody but the source can answer? Each asks for a key that was never asked for. The floor is
 * {@link ContenderKind#BY_HAND}, the read-through without any guard. Stampede publishes after it has answered its caller;
 * what that takes of the processor and of Redis is in the figures all the same. With {@code -t 16} the callers are several.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ColdMissBenchmark {

    /** A cache with nothing in it. */
    @State(Scope.Benchmark)
    public static class Empty {

        @Param({
            "BY_HAND",
            "SINGLE_FLIGHT",
            "SPRING",
            "SPRING_LOCKING",
            "JETCACHE",
            "REDISSON_MAP",
            "REDISSON_LOCK",
            "SET_NX",
            "STAMPEDE"
        })
        public ContenderKind contender;

        /** How long a load takes; 0 for one that returns at once. */
        @Param({"0", "1000"})
        public long loadMicros;

        Contender cache;

        @Setup
        public void start() {
            String value = Texts.value(100);
            long loadNanos = TimeUnit.MICROSECONDS.toNanos(loadMicros);
            cache = Node.of(contender, key -> {
                        spend(loadNanos);
                        return value;
                    })
                    .closedAtTheEnd()
                    .cache();
        }

        /** A source that is waited for takes no processor time. */
        private static void spend(long nanos) {
            long end = System.nanoTime() + nanos;
            for (long left = nanos; left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    /** Keys that nobody else asks for. */
    @State(Scope.Thread)
    public static class Fresh {

        private String prefix;
        private long next;

        @Setup
        public void start(ThreadParams thread) {
            prefix = "product:" + thread.getThreadIndex() + ":";
        }

        String next() {
            return prefix + next++;
        }
    }

    @Benchmark
    public String get(Empty empty, Fresh fresh) {
        return empty.cache.get(fresh.next());
    }
}
