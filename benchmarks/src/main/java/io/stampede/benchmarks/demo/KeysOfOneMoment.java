package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.page.Figures;
import io.stampede.benchmarks.page.TimeChart;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Act 3: what was written together expires together. */
final class KeysOfOneMoment implements Act {

    private static final int KEYS = 1_000;
    private static final Setup SETUP = new Setup(Duration.ofSeconds(8), Duration.ofMillis(20), 0);
    private static final Duration PACE = Duration.ofMillis(10);

    /** Two lives and what follows the second one. */
    private static final Duration LASTS = Duration.ofSeconds(18);

    @Override
    public String title() {
        return Figures.count(KEYS) + " keys written together expire together";
    }

    @Override
    public String story(Options options) {
        return Figures.count(KEYS) + " keys with a ttl of " + SETUP.ttl().toSeconds()
                + " s have been loaded by all nodes at about one moment, as after a deployment; that is where the time begins. Then each"
                + " of " + options.clients() + " clients reads any of them every " + PACE.toMillis()
                + " ms, for two lives and a little more. A query takes "
                + SETUP.query().toMillis() + " ms.";
    }

    @Override
    public Setup setup() {
        return SETUP;
    }

    @Override
    public Result play(Stage stage) throws Exception {
        stage.walk(KEYS);
        stage.reads();
        stage.say(Figures.count(KEYS) + " keys are loaded, now they are read");
        try (Sampler sampler = stage.sampler()) {
            long start = System.nanoTime();
            stage.pace(KEYS, PACE);
            parkUntil(start + LASTS.toNanos());
            Timeline timeline = sampler.timeline();
            stage.stop();
            stage.say("queries " + timeline.queries() + ", at most " + Math.round(timeline.peak()) + " in 100 ms");
            return new Result(stage.contender(), timeline, stage.reads(), List.of(), LASTS);
        }
    }

    private static void parkUntil(long nanos) {
        while (System.nanoTime() - nanos < 0) {
            LockSupport.parkNanos(Math.min(TimeUnit.MILLISECONDS.toNanos(50), nanos - System.nanoTime()));
        }
    }

    @Override
    public List<Column> columns() {
        return Showing.columns(
                List.of(
                        Column.QUERIES,
                        peak(),
                        new Column(
                                "mean",
                                result -> Figures.oneDecimal(result.timeline().mean())),
                        new Column("peak / mean", KeysOfOneMoment::peakToMean),
                        Column.READS,
                        Column.waits(Duration.ofMillis(10))),
                Column.OLDEST);
    }

    private static Column peak() {
        return new Column(
                "peak / 100 ms",
                result -> Figures.count(Math.round(result.timeline().peak())));
    }

    private static String peakToMean(Result result) {
        double mean = result.timeline().mean();
        return mean == 0 ? "-" : Figures.oneDecimal(result.timeline().peak() / mean);
    }

    @Override
    public List<TimeChart> charts(List<Result> results) {
        return List.of(Showing.queries(results));
    }

    @Override
    public String finding(List<Result> results) {
        return "When keys that were written together expire, the busiest 100 ms have "
                + Showing.each(results, peak().figure()) + ".";
    }
}
