package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.process.Histograms;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * What the callers of a node have seen in an act.
 *
 * @param waits of their reads, encoded
 * @param stale how many reads were given what was older than it should have been
 * @param oldestMillis by how much, at most
 * @param errors of reads and writes, by kind
 * @param troubled how many reads were late or failed, by the tenth of a second in which they were due
 * @param ticks of the {@link Metronome}
 * @param lateTicks of these
 * @param loads that this node made
 */
record Seen(
        String waits,
        long stale,
        long oldestMillis,
        Map<String, Integer> errors,
        Map<Long, Integer> troubled,
        long ticks,
        long lateTicks,
        List<Load> loads) {

    /** A read that takes longer has waited, for a load or for whatever else is no hit. */
    static final long LATE_MILLIS = 50;

    /**
     * A read by which the answer is older than the ttl, or than another write, has got a stale one. So much is forgiven:
     * on a busy machine a thread may stand still between the answer of the database and the return of the loader.
     */
    static final long STALE_MILLIS = 50;

    static final long BIN_MILLIS = 100;

    static boolean isLate(long nanos) {
        return nanos > TimeUnit.MILLISECONDS.toNanos(LATE_MILLIS);
    }

    /** Collects what many threads see. Thread-safe. */
    static final class Recorder {

        private final ConcurrentHistogram waits = new ConcurrentHistogram(Histograms.LONGEST_NANOS, Histograms.DIGITS);
        private final LongAdder stale = new LongAdder();
        private final LongAccumulator oldestMillis = new LongAccumulator(Math::max, 0);
        private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
        private final Map<Long, LongAdder> troubled = new ConcurrentHashMap<>();
        private final LongAdder ticks = new LongAdder();
        private final LongAdder lateTicks = new LongAdder();

        /**
         * A read has returned.
         *
         * @param dueMillis when it was to be made
         * @param nanos since then
         * @param tooOldMillis by how much what it got was older than it should have been
         */
        void read(long dueMillis, long nanos, long tooOldMillis) {
            waited(dueMillis, nanos, isLate(nanos));
            if (tooOldMillis > STALE_MILLIS) {
                stale.increment();
                oldestMillis.accumulate(tooOldMillis);
            }
        }

        /** A read has thrown, or was never made. */
        void failed(long dueMillis, long nanos, String how) {
            waited(dueMillis, nanos, true);
            error(how);
        }

        private void waited(long dueMillis, long nanos, boolean isTrouble) {
            waits.recordValue(Math.min(nanos, Histograms.LONGEST_NANOS));
            if (isTrouble) {
                troubled.computeIfAbsent(dueMillis / BIN_MILLIS, any -> new LongAdder())
                        .increment();
            }
        }

        void error(String how) {
            errors.computeIfAbsent(how, any -> new LongAdder()).increment();
        }

        void tick(long nanosLate) {
            ticks.increment();
            if (isLate(nanosLate)) {
                lateTicks.increment();
            }
        }

        Seen seen(List<Load> loads) {
            Map<String, Integer> byKind = new TreeMap<>();
            errors.forEach((kind, count) -> byKind.put(kind, count.intValue()));
            Map<Long, Integer> byBin = new TreeMap<>();
            troubled.forEach((bin, count) -> byBin.put(bin, count.intValue()));
            return new Seen(
                    Histograms.encode(waits),
                    stale.sum(),
                    oldestMillis.get(),
                    byKind,
                    byBin,
                    ticks.sum(),
                    lateTicks.sum(),
                    loads);
        }
    }
}
