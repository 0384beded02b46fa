package io.stampede.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs {@link L1HitBenchmark} fork by fork, the contenders taking turns, and compares them within each round: what the
 * neighbours do to a shared machine in one minute they do to all contenders.
 *
 * <p>{@code java -cp benchmarks/target/benchmarks.jar io.stampede.benchmarks.L1HitReport [rounds]}
 */
public final class L1HitReport {

    private static final String REFERENCE = "caffeineExpiring";
    private static final List<String> CONTENDERS = List.of(
            "stampede",
            REFERENCE,
            "stampedeMetered",
            "caffeineExpiringCounting",
            "stampedeLoading",
            "caffeine",
            "caffeineExpiringLoading");

    private L1HitReport() {}

    /** What one fork of one contender measured. */
    private record Figure(double nanos, double bytes) {}

    public static void main(String[] args) throws RunnerException {
        int rounds = args.length == 0 ? 3 : Integer.parseInt(args[0]);
        for (String entries : List.of("1000", "10000")) {
            List<Map<String, Figure>> figures = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                System.out.printf(Locale.ROOT, "%s entries, round %d of %d%n", entries, round + 1, rounds);
                Map<String, Figure> ofRound = new LinkedHashMap<>();
                for (String contender : CONTENDERS) {
                    ofRound.put(contender, fork(contender, entries));
                }
                figures.add(ofRound);
            }
            print(entries, figures);
        }
    }

    private static Figure fork(String contender, String entries) throws RunnerException {
        Options options = new OptionsBuilder()
                .include("^" + Pattern.quote(L1HitBenchmark.class.getName() + "." + contender) + "$")
                .param("entries", entries)
                .forks(1)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        RunResult result = results.iterator().next();
        return new Figure(result.getPrimaryResult().getScore(), bytes(result.getSecondaryResults()));
    }

    @SuppressWarnings("rawtypes") // as JMH declares them
    private static double bytes(Map<String, Result> results) {
        return results.entrySet().stream()
                .filter(each -> each.getKey().endsWith("gc.alloc.rate.norm"))
                .mapToDouble(each -> each.getValue().getScore())
                .findFirst()
                .orElse(Double.NaN);
    }

    private static void print(String entries, List<Map<String, Figure>> rounds) {
        System.out.printf(
                Locale.ROOT,
                "%nA hit in L1, %s of 10000 entries, %d rounds of one fork each. Ratio: to %s in the same round.%n%n",
                entries,
                rounds.size(),
                REFERENCE);
        System.out.println("| contender | ratio, median (least to greatest) | ns/op, median | B/op, greatest |");
        System.out.println("|---|---|---|---|");
        for (String contender : CONTENDERS) {
            double[] ratios = rounds.stream()
                    .mapToDouble(round -> figure(round, contender).nanos / figure(round, REFERENCE).nanos)
                    .sorted()
                    .toArray();
            double[] nanos = rounds.stream()
                    .mapToDouble(round -> figure(round, contender).nanos)
                    .sorted()
                    .toArray();
            double bytes = rounds.stream()
                    .mapToDouble(round -> figure(round, contender).bytes)
                    .max()
                    .orElse(Double.NaN);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.2f (%.2f to %.2f) | %.1f | %.4f |%n",
                    contender,
                    median(ratios),
                    ratios[0],
                    ratios[ratios.length - 1],
                    median(nanos),
                    bytes);
        }
    }

    private static Figure figure(Map<String, Figure> round, String contender) {
        Figure figure = round.get(contender);
        if (figure == null) {
            throw new IllegalStateException(contender + " has not run");
        }
        return figure;
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
