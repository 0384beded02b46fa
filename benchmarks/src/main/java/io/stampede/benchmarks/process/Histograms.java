package io.stampede.benchmarks.process;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** Times of reads, in nanoseconds, on their way from one process to another. */
public final class Histograms {

    /** What is longer counts as this. */
    public static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** How many digits of a time are kept. */
    public static final int DIGITS = 3;

    private Histograms() {}

    /** As text without a blank. */
    public static String encode(Histogram times) {
        ByteBuffer bytes = ByteBuffer.allocate(times.getNeededByteBufferCapacity());
        int length = times.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    }

    /**
     * What was encoded.
     *
     * @throws DataFormatException if it was not
     */
    public static Histogram decode(String text) throws DataFormatException {
        return Histogram.decodeFromCompressedByteBuffer(
                ByteBuffer.wrap(Base64.getDecoder().decode(text)), LONGEST_NANOS);
    }
}
