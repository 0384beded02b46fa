package io.stampede.benchmarks.demo;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The table at the end. */
final class Report {

    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final String ROW = "  %-10s %8s %10s   %8s %18s   %9s %9s %9s %13s%n";

    private final StringBuilder text = new StringBuilder();

    /**
     * What one contender did in one act.
     *
     * @param queries what the database counted, for each cold key or expiry
     * @param reads of all nodes
     */
    record Result(ContenderKind contender, List<Long> queries, Reads reads) {}

    void addAct(String title, String unit, List<Result> results) {
        text.append(String.format("%n%s%n%n", title));
        text.append(String.format(
                Locale.ROOT,
                ROW,
                "",
                "queries",
                "per " + unit,
                "reads",
                "waits (> 50 ms)",
                "p50",
                "p99",
                "max",
                "oldest value"));
        results.forEach(this::addRow);
    }

    private void addRow(Result result) {
        Histogram latencies = result.reads().latencies();
        long queries = result.queries().stream().mapToLong(Long::longValue).sum();
        long reads = result.reads().total();
        long waits = result.reads().longerThan(WAIT_NANOS);
        text.append(String.format(
                Locale.ROOT,
                ROW,
                result.contender().title(),
                queries,
                oneDecimal((double) queries / result.queries().size()),
                reads,
                waits + " (" + oneDecimal(100.0 * waits / reads) + " %)",
                time(latencies.getValueAtPercentile(50)),
                time(latencies.getValueAtPercentile(99)),
                time(latencies.getMaxValue()),
                String.format(Locale.ROOT, "%.2f s", result.reads().oldestMillis() / 1_000.0)));
    }

    private static String oneDecimal(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    private static String time(long nanos) {
        if (nanos < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f µs", nanos / 1e3);
        }
        return String.format(Locale.ROOT, nanos < 10_000_000 ? "%.1f ms" : "%.0f ms", nanos / 1e6);
    }

    void addNote(String note) {
        text.append(String.format("%n%s%n", note));
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
