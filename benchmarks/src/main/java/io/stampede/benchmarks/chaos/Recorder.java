package io.stampede.benchmarks.chaos;

import io.stampede.benchmarks.process.Histograms;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/** Collects what the callers of a node see. Thread-safe. */
final class Recorder {

    /** Slower than a load and what the machine's other work costs. */
    static final long SLOW_MILLIS = 60;

    private final ConcurrentHistogram latencies = new ConcurrentHistogram(Histograms.LONGEST_NANOS, Histograms.DIGITS);
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> sourceFailures = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> served = new ConcurrentHashMap<>();
    private final Map<Long, Counts> bins = new ConcurrentHashMap<>();
    private final LongAdder oldHere = new LongAdder();
    private final LongAdder oldElsewhere = new LongAdder();
    private final LongAccumulator longestOutdatedMillis = new LongAccumulator(Math::max, 0);
    private final LongAccumulator longestCallNanos = new LongAccumulator(Math::max, 0);
    private final Queue<String> examples = new ConcurrentLinkedQueue<>();

    private static final class Counts {
        private final LongAdder reads = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private final LongAdder slow = new LongAdder();
        private final LongAccumulator longestMillis = new LongAccumulator(Math::max, 0);
    }

    /**
     * A read has ended, well or not.
     *
     * @param nanos since it was due
     * @param callNanos since it began
     */
    void read(long dueMillis, long nanos, long callNanos, boolean failed) {
        longestCallNanos.accumulate(callNanos);
        latencies.recordValue(Math.min(nanos, Histograms.LONGEST_NANOS));
        Counts bin = bins.computeIfAbsent(Bin.at(dueMillis), any -> new Counts());
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        bin.reads.increment();
        bin.longestMillis.accumulate(millis);
        if (failed) {
            bin.failed.increment();
        }
        if (millis > SLOW_MILLIS) {
            bin.slow.increment();
        }
    }

    void served(String from) {
        count(served, from);
    }

    void failed(String how) {
        count(failures, how);
    }

    void sourceFailed(String how) {
        count(sourceFailures, how);
    }

    void oldHere(String what) {
        oldHere.increment();
        examples.add(what);
    }

    /** A read was given, as fresh, what was outdated for so long. */
    void outdated(long millis) {
        longestOutdatedMillis.accumulate(millis);
    }

    void oldElsewhere(String what) {
        oldElsewhere.increment();
        examples.add(what);
    }

    private static void count(Map<String, LongAdder> counts, String what) {
        counts.computeIfAbsent(what, any -> new LongAdder()).increment();
    }

    Observed observed() {
        Map<String, Integer> failed = new TreeMap<>();
        failures.forEach((kind, count) -> failed.put(kind, count.intValue()));
        Map<String, Integer> sourceFailed = new TreeMap<>();
        sourceFailures.forEach((kind, count) -> sourceFailed.put(kind, count.intValue()));
        Map<String, Long> from = new TreeMap<>();
        served.forEach((source, count) -> from.put(source, count.sum()));
        String example = examples.peek();
        return new Observed(
                Histograms.encode(latencies),
                longestCallNanos.get(),
                failed,
                sourceFailed,
                oldHere.sum(),
                oldElsewhere.sum(),
                longestOutdatedMillis.get(),
                example == null ? "" : example,
                from,
                bins.entrySet().stream()
                        .map(bin -> new Bin(
                                bin.getKey(),
                                bin.getValue().reads.sum(),
                                bin.getValue().failed.sum(),
                                bin.getValue().slow.sum(),
                                bin.getValue().longestMillis.get()))
                        .sorted((a, b) -> Long.compare(a.number(), b.number()))
                        .toList());
    }
}
