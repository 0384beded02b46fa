package io.stampede.benchmarks;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs {@link OutageBenchmark} fork by fork, the contenders taking turns, and compares a cache that has lost its Redis
 * with one that never had any.
 *
 * <p>{@code java -cp benchmarks/target/benchmarks.jar io.stampede.benchmarks.OutageReport [rounds]}
 */
public final class OutageReport {

    private static final List<String> HITS = List.of("hitWithoutRemote", "hitWhileRedisHangs");
    private static final List<String> LOADS = List.of("loadWithoutRemote", "loadWhileRedisHangs");

    private OutageReport() {}

    public static void main(String[] args) throws RunnerException {
        int rounds = args.length == 0 ? 5 : Integer.parseInt(args[0]);
        List<String> all = List.of(HITS.get(0), HITS.get(1), LOADS.get(0), LOADS.get(1));
        Forks forks = Forks.run(OutageBenchmark.class, all, Map.of(), rounds);
        forks.print("A hit in L1", HITS, HITS.get(0));
        forks.print("A load", LOADS, LOADS.get(0));
    }
}
