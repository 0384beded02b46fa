package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.process.Histograms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What one contender did in one act. Times of reads are in milliseconds, from when a read was due to its end.
 *
 * @param queries that the database has counted
 * @param loads that the nodes have counted, and what had made them necessary
 * @param peakPer100Ms queries in the busiest tenth of a second
 * @param meanPer100Ms in all of them
 * @param mostAtATime queries that the database had under way when it was looked at
 * @param late reads that took longer than {@value Seen#LATE_MILLIS} ms
 * @param veryLate longer than half a second
 * @param machineLatePercent how much of what nothing but the machine can delay was late
 * @param stale reads that got what was older than the ttl, or overwritten
 * @param oldestMillis by how much at most
 * @param errors that reached callers, by kind
 * @param tookMillis from the first read to the last
 * @param queriesPer100Ms in the course of time
 * @param troubledPer100Ms reads that were late or failed, by when they were due
 */
record Row(
        String contender,
        String label,
        long queries,
        Loads loads,
        double peakPer100Ms,
        double meanPer100Ms,
        int mostAtATime,
        long reads,
        long late,
        long veryLate,
        double machineLatePercent,
        double p50,
        double p99,
        double p999,
        double max,
        long stale,
        long oldestMillis,
        Map<String, Integer> errors,
        long tookMillis,
        List<Integer> queriesPer100Ms,
        List<Integer> troubledPer100Ms) {

    private static final long VERY_LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final double NANOS = 1e6;

    /** @param beganMillis when the first read was due, at the latest */
    static Row of(
            String contender,
            String label,
            Timeline timeline,
            List<Seen> nodes,
            Duration ttl,
            long beganMillis,
            long tookMillis)
            throws DataFormatException {
        Histogram waits = new Histogram(Histograms.LONGEST_NANOS, Histograms.DIGITS);
        Map<String, Integer> errors = new TreeMap<>();
        Map<Long, Integer> troubled = new TreeMap<>();
        List<Load> loads = new ArrayList<>();
        for (Seen node : nodes) {
            waits.add(Histograms.decode(node.waits()));
            node.errors().forEach((kind, count) -> errors.merge(kind, count, Integer::sum));
            node.troubled().forEach((bin, count) -> troubled.merge(bin, count, Integer::sum));
            loads.addAll(node.loads());
        }
        return new Row(
                contender,
                label,
                timeline.queries(),
                Loads.of(loads, ttl),
                timeline.peak(),
                timeline.mean(),
                timeline.mostAtATime(),
                waits.getTotalCount(),
                longerThan(TimeUnit.MILLISECONDS.toNanos(Seen.LATE_MILLIS), waits),
                longerThan(VERY_LATE_NANOS, waits),
                machineLatePercent(nodes),
                waits.getValueAtPercentile(50) / NANOS,
                waits.getValueAtPercentile(99) / NANOS,
                waits.getValueAtPercentile(99.9) / NANOS,
                waits.getMaxValue() / NANOS,
                nodes.stream().mapToLong(Seen::stale).sum(),
                nodes.stream().mapToLong(Seen::oldestMillis).max().orElse(0),
                errors,
                tookMillis,
                timeline.queriesPerBin().stream()
                        .map(count -> (int) Math.round(count))
                        .toList(),
                inOrder(troubled, beganMillis, tookMillis));
    }

    private static long longerThan(long nanos, Histogram waits) {
        return waits.getCountBetweenValues(waits.nextNonEquivalentValue(nanos), Histograms.LONGEST_NANOS);
    }

    private static double machineLatePercent(List<Seen> nodes) {
        long ticks = nodes.stream().mapToLong(Seen::ticks).sum();
        return ticks == 0
                ? 0
                : 100.0 * nodes.stream().mapToLong(Seen::lateTicks).sum() / ticks;
    }

    private static List<Integer> inOrder(Map<Long, Integer> byBin, long beganMillis, long tookMillis) {
        long first = beganMillis / Seen.BIN_MILLIS;
        return LongStream.range(first, first + 1 + tookMillis / Seen.BIN_MILLIS)
                .mapToObj(bin -> byBin.getOrDefault(bin, 0))
                .toList();
    }

    double latePercent() {
        return percentOfReads(late);
    }

    double veryLatePercent() {
        return percentOfReads(veryLate);
    }

    double stalePercent() {
        return percentOfReads(stale);
    }

    double errorPercent() {
        return percentOfReads(errorCount());
    }

    private double percentOfReads(long count) {
        return reads == 0 ? 0 : 100.0 * count / reads;
    }

    long errorCount() {
        return errors.values().stream().mapToLong(Integer::longValue).sum();
    }

    double peakToMean() {
        return meanPer100Ms == 0 ? 0 : peakPer100Ms / meanPer100Ms;
    }
}
