package io.stampede.benchmarks.suite;

import io.stampede.redis.testing.RedisServer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * What an operation costs Redis by its own count: the commands that it ran, those inside scripts among them, the bytes it
 * took and gave, and its processor time. {@link CommandCount} tells what was sent from what scripts did.
 */
public final class RedisProfiler implements InternalProfiler {

    static final String COMMANDS = "redis.commands.norm";
    static final String BYTES = "redis.bytes.norm";
    static final String CPU = "redis.cpu.norm";

    private @Nullable RedisUsage before;

    @Override
    public String getDescription() {
        return "Commands, bytes and processor time of Redis per operation";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        RedisServer server = Node.redis();
        before = server == null ? null : RedisUsage.of(server);
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        List<Result<?>> results = new ArrayList<>();
        RedisServer server = Node.redis();
        // Before the first iteration there was no server yet; some contenders have none.
        if (server != null && before != null) {
            RedisUsage used = RedisUsage.of(server).since(before);
            double operations = Math.max(1, result.getMetadata().getAllOps());
            results.add(average(COMMANDS, used.commands() / operations, "commands/op"));
            results.add(average(BYTES, used.bytes() / operations, "B/op"));
            results.add(average(CPU, used.cpuSeconds() * 1e9 / operations, "ns/op"));
        }
        return results;
    }

    private static ScalarResult average(String label, double figure, String unit) {
        return new ScalarResult(label, figure, unit, AggregationPolicy.AVG);
    }
}
