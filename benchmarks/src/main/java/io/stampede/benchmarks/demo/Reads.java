package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.process.Histograms;
import java.util.List;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.zip.DataFormatException;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What the clients saw, of one node or of all.
 *
 * @param latencies of their reads, in nanoseconds
 * @param oldestMillis the age of the oldest value they got, at the time they asked for it
 */
record Reads(Histogram latencies, long oldestMillis) {

    /** As text, for the way from the node to the demo. */
    String encoded() {
        return oldestMillis + " " + Histograms.encode(latencies);
    }

    /** Those of all nodes. */
    static Reads merge(List<String> encoded) throws DataFormatException {
        Histogram latencies = new Histogram(Histograms.LONGEST_NANOS, Histograms.DIGITS);
        long oldestMillis = 0;
        for (String one : encoded) {
            String[] parts = one.split(" ", -1);
            latencies.add(Histograms.decode(parts[1]));
            oldestMillis = Math.max(oldestMillis, Long.parseLong(parts[0]));
        }
        return new Reads(latencies, oldestMillis);
    }

    long total() {
        return latencies.getTotalCount();
    }

    long longerThan(long nanos) {
        return latencies.getCountBetweenValues(nanos, Histograms.LONGEST_NANOS);
    }

    /** Collects the reads of many threads. */
    static final class Recorder {

        private final ConcurrentHistogram latencies =
                new ConcurrentHistogram(Histograms.LONGEST_NANOS, Histograms.DIGITS);
        private final LongAccumulator oldestMillis = new LongAccumulator(Math::max, 0);

        void record(long latencyNanos, long ageMillis) {
            latencies.recordValue(latencyNanos);
            oldestMillis.accumulate(ageMillis);
        }

        Reads reads() {
            return new Reads(latencies, oldestMillis.get());
        }
    }
}
