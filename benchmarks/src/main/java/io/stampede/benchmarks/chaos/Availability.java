package io.stampede.benchmarks.chaos;

import java.util.List;
import java.util.Locale;

/**
 * MTBF / (MTBF + MTTR), in two ways. Faults of the source are left out, since no cache can answer for those.
 *
 * @param cluster MTTR is the mean time from a fault's end until all was normal, MTBF the mean of the rest of the time
 *     between two faults
 * @param callers the time between and in outages, where an outage is what callers notice: a quarter of a second in which a
 *     read fails, or more than one in a hundred is slow
 * @param mttrMillis of the cluster
 * @param mtbfMillis of the cluster
 */
record Availability(double cluster, double callers, double mttrMillis, double mtbfMillis) {

    static Availability of(List<Row> rows) {
        List<Row> counted = rows.stream().filter(row -> !row.ofTheSource()).toList();
        double all = counted.stream().mapToLong(Availability::millis).sum();
        double repair = counted.stream().mapToLong(Availability::repairMillis).sum();
        long bins = counted.stream().mapToLong(row -> row.bins().size()).sum();
        long noticed = counted.stream()
                .flatMap(row -> row.bins().stream())
                .filter(Calm::isNoticed)
                .count();
        int faults = Math.max(1, counted.size());
        return new Availability(
                all == 0 ? 1 : (all - repair) / all,
                bins == 0 ? 1 : (double) (bins - noticed) / bins,
                repair / faults,
                (all - repair) / faults);
    }

    private static long millis(Row row) {
        return row.bins().size() * Bin.MILLIS;
    }

    /** Of one that was never normal: all that was seen of it. */
    private static long repairMillis(Row row) {
        return row.isNormal() ? row.normalAfterMillis() : millis(row);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "Normal again %.2f s after a fault on average (MTTR), normal or in a fault for %.2f s between (MTBF):"
                        + " availability %.1f %%. Callers noticed nothing for %.1f %% of the time.",
                mttrMillis / 1e3,
                mtbfMillis / 1e3,
                100 * cluster,
                100 * callers);
    }
}
