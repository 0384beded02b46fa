package io.stampede.benchmarks.demo;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int DIGITS = 3;

    /** As text, for the way from the node to the demo. */
    String encoded() {
        ByteBuffer bytes = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
        int length = latencies.encodeIntoCompressedByteBuffer(bytes);
        return oldestMillis + " " + Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    }

    /** Those of all nodes. */
    static Reads merge(List<String> encoded) throws DataFormatException {
        Histogram latencies = new Histogram(LONGEST_NANOS, DIGITS);
        long oldestMillis = 0;
        for (String one : encoded) {
            String[] parts = one.split(" ", -1);
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(parts[1]));
            latencies.add(Histogram.decodeFromCompressedByteBuffer(bytes, LONGEST_NANOS));
            oldestMillis = Math.max(oldestMillis, Long.parseLong(parts[0]));
        }
        return new Reads(latencies, oldestMillis);
    }

    long total() {
        return latencies.getTotalCount();
    }

    long longerThan(long nanos) {
        return latencies.getCountBetweenValues(nanos, LONGEST_NANOS);
    }

    /** Collects the reads of many threads. */
    static final class Recorder {

        private final ConcurrentHistogram latencies = new ConcurrentHistogram(LONGEST_NANOS, DIGITS);
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
