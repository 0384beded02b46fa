package io.stampede.redis;

import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What readers and the source have seen while something was as it was. */
final class FaultPhase {

    private final LongAdder reads = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAccumulator longestRead = new LongAccumulator(Math::max, 0);
    private final LongAccumulator longestLoad = new LongAccumulator(Math::max, 0);
    private final Collection<Exception> failures = new ConcurrentLinkedQueue<>();
    private final long begun = System.nanoTime();
    private long nanos;

    void end() {
        nanos = System.nanoTime() - begun;
    }

    void read(long nanos) {
        reads.increment();
        longestRead.accumulate(nanos);
    }

    void loaded(long nanos) {
        loads.increment();
        longestLoad.accumulate(nanos);
    }

    void failed(Exception failure) {
        failures.add(failure);
    }

    long reads() {
        return reads.sum();
    }

    double loadsPerKeyAndTtl() {
        return (double) loads.sum() * FaultyCluster.TTL.toNanos() / FaultyCluster.KEYS / nanos;
    }

    /** How much longer than the longest load the longest read took. */
    long waitNanos() {
        return Math.max(0, longestRead.get() - longestLoad.get());
    }

    Collection<Exception> failures() {
        return failures;
    }
}
