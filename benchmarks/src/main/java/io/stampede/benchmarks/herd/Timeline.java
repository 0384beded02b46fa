package io.stampede.benchmarks.herd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the database did in the course of an act.
 *
 * @param samples in order, at least one
 */
record Timeline(List<Sample> samples) {

    static final Duration BIN = Duration.ofMillis(100);

    Timeline {
        samples = List.copyOf(samples);
    }

    /** Without what was before: it begins with the last sample that is not later than this. */
    Timeline from(long nanos) {
        int first = 0;
        while (first + 1 < samples.size() && samples.get(first + 1).nanos() - nanos <= 0) {
            first++;
        }
        return new Timeline(samples.subList(first, samples.size()));
    }

    long queries() {
        return last().queries() - first().queries();
    }

    int mostAtATime() {
        return samples.stream().mapToInt(Sample::atATime).max().orElse(0);
    }

    /** Of the queries in a bin. */
    double peak() {
        return queriesPerBin().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    /** Of the queries in a bin. */
    double mean() {
        return nanos() == 0 ? 0 : (double) queries() * BIN.toNanos() / nanos();
    }

    /**
     * How many queries ended in each bin. Those between two samples are spread evenly over the time between: a late
     * sample, on a busy machine, must not make a peak of what came one by one.
     */
    List<Double> queriesPerBin() {
        List<Double> bins = new ArrayList<>();
        double before = first().queries();
        for (int i = 1; i <= bins(); i++) {
            double until = queriesUntil(first().nanos() + i * BIN.toNanos());
            bins.add(until - before);
            before = until;
        }
        return bins;
    }

    /** How many queries were under way at the most, in each bin of this length; where none has looked, as seen last. */
    List<Double> atATimePer(Duration bin) {
        List<Double> bins = new ArrayList<>();
        double seenLast = first().atATime();
        int next = 0;
        for (long end = bin.toNanos(); end - bin.toNanos() < nanos(); end += bin.toNanos()) {
            double most = -1;
            for (; next < samples.size() && samples.get(next).nanos() - first().nanos() < end; next++) {
                seenLast = samples.get(next).atATime();
                most = Math.max(most, seenLast);
            }
            bins.add(most < 0 ? seenLast : most);
        }
        return bins;
    }

    private double queriesUntil(long nanos) {
        Sample before = first();
        for (Sample sample : samples) {
            if (sample.nanos() - nanos >= 0) {
                long span = sample.nanos() - before.nanos();
                double share = span == 0 ? 1 : (double) (nanos - before.nanos()) / span;
                return before.queries() + share * (sample.queries() - before.queries());
            }
            before = sample;
        }
        return last().queries();
    }

    private int bins() {
        return (int) Math.ceil((double) nanos() / BIN.toNanos());
    }

    private long nanos() {
        return last().nanos() - first().nanos();
    }

    private Sample first() {
        return samples.get(0);
    }

    private Sample last() {
        return samples.get(samples.size() - 1);
    }
}
