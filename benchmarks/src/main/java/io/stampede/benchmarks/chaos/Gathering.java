package io.stampede.benchmarks.chaos;

import io.stampede.benchmarks.process.Histograms;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** Puts together what all nodes have observed and what the source has counted, while a fault is played. For one thread. */
final class Gathering {

    private static final double P50 = 50;
    private static final double P99 = 99;

    private final Histogram latencies = new Histogram(Histograms.LONGEST_NANOS, Histograms.DIGITS);
    private final List<Map<String, Integer>> failures = new ArrayList<>();
    private final List<Map<String, Integer>> sourceFailures = new ArrayList<>();
    private final Map<String, Long> served = new TreeMap<>();
    private final Map<Long, List<Bin>> bins = new TreeMap<>();
    private final Map<Long, Long> loadsByBin = new TreeMap<>();
    private final List<String> examples = new ArrayList<>();
    private final Map<String, Long> mostOften = new HashMap<>();
    private long longestCall;
    private long oldHere;
    private long oldElsewhere;
    private long longestOutdatedMillis;
    private long loads;
    private long loadsNeeded;
    private int mostLoadsAtOnce;

    /** @param timed whether its times count: those of a node that is itself stopped or killed say nothing of the cache */
    void add(Observed observed, boolean timed) throws DataFormatException {
        if (timed) {
            longestCall = Math.max(longestCall, observed.longestCallNanos());
            latencies.add(Histograms.decode(observed.latencies()));
            observed.bins()
                    .forEach(bin -> bins.computeIfAbsent(bin.number(), any -> new ArrayList<>())
                            .add(bin));
        }
        failures.add(observed.failures());
        sourceFailures.add(observed.sourceFailures());
        observed.served().forEach((from, count) -> served.merge(from, count, Long::sum));
        oldHere += observed.oldHere();
        oldElsewhere += observed.oldElsewhere();
        longestOutdatedMillis = Math.max(longestOutdatedMillis, observed.longestOutdatedMillis());
        if (!observed.example().isEmpty()) {
            examples.add(observed.example());
        }
    }

    void add(LoadLog.Seen seen) {
        loads += seen.loads();
        loadsNeeded += seen.needed();
        mostLoadsAtOnce = Math.max(mostLoadsAtOnce, seen.mostAtOnce());
        seen.byBin().forEach((bin, count) -> loadsByBin.merge(bin, count, Long::sum));
        seen.byKey().forEach((key, count) -> mostOften.merge(key, (long) count, Long::sum));
    }

    List<Bin> bins() {
        return bins.entrySet().stream()
                .map(bin -> Bin.merge(bin.getKey(), bin.getValue()))
                .toList();
    }

    Map<Long, Long> loadsByBin() {
        return loadsByBin;
    }

    Row row(TopologyKind topology, Fault fault, Course course) {
        double expired =
                (double) Keys.EXPIRING * (course.gatheredMillis() - course.beganMillis()) / Keys.TTL.toMillis();
        return new Row(
                topology,
                fault.id(),
                fault.title(),
                fault.ofTheSource(),
                course.beganMillis(),
                course.endedMillis(),
                latencies.getTotalCount(),
                Observed.sum(failures),
                Observed.sum(sourceFailures),
                latencies.getValueAtPercentile(P50),
                latencies.getValueAtPercentile(P99),
                latencies.getMaxValue(),
                longestCall,
                loads,
                expired + loadsNeeded,
                mostOften(),
                mostLoadsAtOnce,
                oldHere,
                oldElsewhere,
                longestOutdatedMillis,
                first(examples),
                served,
                course.normalAfterMillis(),
                course.remark(),
                bins(),
                loadsByBin);
    }

    private String mostOften() {
        return mostOften.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(1)
                .map(most -> most.getKey() + ", " + most.getValue() + " times")
                .collect(Collectors.joining());
    }

    private static String first(Collection<String> texts) {
        return texts.stream().findFirst().orElse("");
    }
}
