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
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs a benchmark fork by fork, the contenders taking turns, and compares them within each round: what the neighbours do
 * to a shared machine in one minute they do to all contenders.
 */
final class Forks {

    private final List<Map<String, Figure>> rounds = new ArrayList<>();

    private Forks() {}

    /** What one fork of one contender measured. */
    private record Figure(double nanos, double bytes) {}

    /** Each contender once per round, in its own fork. */
    static Forks run(Class<?> benchmark, List<String> contenders, Map<String, String> params, int rounds)
            throws RunnerException {
        Forks forks = new Forks();
        for (int round = 0; round < rounds; round++) {
            System.out.printf(
                    Locale.ROOT, "%s %s, round %d of %d%n", benchmark.getSimpleName(), params, round + 1, rounds);
            Map<String, Figure> figures = new LinkedHashMap<>();
            for (String contender : contenders) {
                figures.put(contender, fork(benchmark, contender, params));
            }
            forks.rounds.add(figures);
        }
        return forks;
    }

    private static Figure fork(Class<?> benchmark, String contender, Map<String, String> params)
            throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(benchmark.getName() + "." + contender) + "$")
                .forks(1)
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT);
        params.forEach(options::param);
        Collection<RunResult> results = new Runner(options.build()).run();
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

    /** Prints a table of these contenders, the times as ratios to the reference's in the same round. */
    void print(String title, List<String> contenders, String reference) {
        System.out.printf(
                Locale.ROOT,
                "%n%s, %d rounds of one fork each. Ratio: to %s in the same round.%n%n",
                title,
                rounds.size(),
                reference);
        System.out.println("| contender | ratio, median (least to greatest) | ns/op, median | B/op, greatest |");
        System.out.println("|---|---|---|---|");
        for (String contender : contenders) {
            double[] ratios = rounds.stream()
                    .mapToDouble(round -> figure(round, contender).nanos / figure(round, reference).nanos)
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
