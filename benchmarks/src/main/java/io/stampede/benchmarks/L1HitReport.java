package io.stampede.benchmarks;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs {@link L1HitBenchmark} fork by fork, the contenders taking turns, and compares them.
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

    public static void main(String[] args) throws RunnerException {
        int rounds = args.length == 0 ? 3 : Integer.parseInt(args[0]);
        for (String entries : List.of("1000", "10000")) {
            Forks.run(L1HitBenchmark.class, CONTENDERS, Map.of("entries", entries), rounds)
                    .print("A hit in L1, " + entries + " of 10000 entries", CONTENDERS, REFERENCE);
        }
    }
}
