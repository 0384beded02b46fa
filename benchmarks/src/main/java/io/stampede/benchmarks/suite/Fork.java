package io.stampede.benchmarks.suite;

import io.stampede.benchmarks.suite.Question.Asked;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs a benchmark in a JVM of its own, with one contender, once. */
final class Fork {

    private static final TimeValue WARMUP = TimeValue.milliseconds(400);
    private static final TimeValue MEASUREMENT = TimeValue.milliseconds(300);

    private Fork() {}

    static Measured run(Question question, Asked asked) throws RunnerException {
        ChainedOptionsBuilder options = options(question, asked)
                .threads(question.threads())
                .warmupIterations(3)
                .warmupTime(WARMUP)
                .measurementIterations(3)
                .measurementTime(MEASUREMENT)
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuProfiler.class)
                .addProfiler(RedisProfiler.class);
        RunResult result = new Runner(options.build()).run().iterator().next();
        Map<String, ? extends Result<?>> secondary = secondary(result);
        return new Measured(
                nanos(result.getPrimaryResult()),
                figure(secondary, CpuProfiler.LABEL),
                figure(secondary, "gc.alloc.rate.norm"),
                figure(secondary, RedisProfiler.BYTES),
                figure(secondary, RedisProfiler.CPU));
    }

    /** How much of the heap an entry of this contender's takes. */
    static double bytesPerEntry(Question question, Asked asked) throws RunnerException {
        RunResult result =
                new Runner(options(question, asked).build()).run().iterator().next();
        return figure(secondary(result), "bytesPerEntry");
    }

    private static ChainedOptionsBuilder options(Question question, Asked asked) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(question.benchmark().getName() + "." + question.method()) + "$")
                .param("contender", asked.param())
                .forks(1)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        question.params().forEach(options::param);
        return options;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // as JMH declares them
    private static Map<String, ? extends Result<?>> secondary(RunResult result) {
        return (Map) result.getSecondaryResults();
    }

    private static double nanos(Result<?> time) {
        return switch (time.getScoreUnit()) {
            case "ns/op" -> time.getScore();
            case "us/op" -> time.getScore() * 1_000;
            default -> throw new IllegalStateException("Unknown unit: " + time.getScoreUnit());
        };
    }

    /** 0 where there is none: no Redis, no costs there. */
    private static double figure(Map<String, ? extends Result<?>> results, String label) {
        return results.entrySet().stream()
                .filter(each -> each.getKey().endsWith(label))
                .mapToDouble(each -> each.getValue().getScore())
                .findFirst()
                .orElse(0);
    }
}
