package io.stampede.benchmarks.chaos;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the callers of one node saw, in the form in which it travels.
 *
 * @param latencies from when a read was due to its return
 * @param longestCallNanos from the beginning of a read to its return
 * @param failures other than those of the source, by kind
 * @param sourceFailures by kind
 * @param oldHere reads that were given less than what this node itself had written before
 * @param oldElsewhere reads that were given, as fresh, less than what another node had written longer ago than the bound
 * @param longestOutdatedMillis for how long at most, within the bound or not
 * @param example of such a read, or nothing
 * @param served how many reads came from where
 */
record Observed(
        String latencies,
        long longestCallNanos,
        Map<String, Integer> failures,
        Map<String, Integer> sourceFailures,
        long oldHere,
        long oldElsewhere,
        long longestOutdatedMillis,
        String example,
        Map<String, Long> served,
        List<Bin> bins) {

    /** The first column's sums of each. */
    static Map<String, Integer> sum(List<Map<String, Integer>> counts) {
        Map<String, Integer> sum = new TreeMap<>();
        counts.forEach(some -> some.forEach((kind, count) -> sum.merge(kind, count, Integer::sum)));
        return sum;
    }
}
