package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.page.Figures;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * A figure of each contender.
 *
 * @param brief whether it is on the terminal too, where there is little room
 */
record Column(String title, Function<Result, String> figure, boolean brief) {

    static final Column QUERIES = new Column("queries", result -> Figures.count(result.queries()));
    static final Column READS =
            new Column("reads", result -> Figures.count(result.reads().total()));
    static final Column OLDEST =
            new Column("oldest value", result -> Figures.seconds(result.reads().oldestMillis()));

    Column(String title, Function<Result, String> figure) {
        this(title, figure, true);
    }

    /** Reads that can't have been answered by a cache alone. */
    static Column waits(Duration longerThan) {
        return new Column("waits (> " + longerThan.toMillis() + " ms)", result -> {
            long waits = result.reads().longerThan(longerThan.toNanos());
            double percent = 100.0 * waits / Math.max(1, result.reads().total());
            return Figures.count(waits) + " (" + Figures.oneDecimal(percent) + " %)";
        });
    }

    /** How long reads took. */
    static List<Column> latencies() {
        return Percentile.ALL.stream()
                .map(percentile -> new Column(
                        percentile.title(),
                        result -> Figures.time(percentile.of(result.reads().latencies())),
                        percentile.brief()))
                .toList();
    }
}
