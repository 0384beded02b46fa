package io.stampede.benchmarks.demo;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * A place in the order of all reads, from the quickest to the slowest.
 *
 * @param brief whether it belongs to the three that say most
 */
record Percentile(String title, double percent, boolean brief) {

    static final List<Percentile> ALL = List.of(
            new Percentile("p50", 50, true),
            new Percentile("p90", 90, false),
            new Percentile("p99", 99, true),
            new Percentile("p99.9", 99.9, false),
            new Percentile("max", 100, true));

    double of(Histogram latencies) {
        return latencies.getValueAtPercentile(percent);
    }
}
