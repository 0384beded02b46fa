package io.stampede.benchmarks.chaos;

import java.util.List;

/**
 * What happened in a quarter of a second.
 *
 * @param number of the bin, counted from the epoch of the machine's clock, which all processes share
 * @param reads that were due in it
 * @param failed reads
 * @param slow reads, counted from when they were due
 * @param longestMillis of those reads
 */
record Bin(long number, long reads, long failed, long slow, long longestMillis) {

    static final long MILLIS = 250;

    static long at(long millis) {
        return Math.floorDiv(millis, MILLIS);
    }

    static long now() {
        return at(System.currentTimeMillis());
    }

    /** All of them as if they were one. */
    static Bin merge(long number, List<Bin> bins) {
        return new Bin(
                number,
                bins.stream().mapToLong(Bin::reads).sum(),
                bins.stream().mapToLong(Bin::failed).sum(),
                bins.stream().mapToLong(Bin::slow).sum(),
                bins.stream().mapToLong(Bin::longestMillis).max().orElse(0));
    }
}
