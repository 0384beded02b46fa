package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.page.Figures;
import io.stampede.benchmarks.page.TimeChart;
import java.time.Duration;
import java.util.List;

/** Act 4: all nodes begin with nothing, and everything is asked for. */
final class ColdStart implements Act {

    private static final int KEYS = 5_000;
    private static final Setup SETUP = new Setup(Duration.ofMinutes(1), Duration.ofMillis(5), 8);

    @Override
    public String title() {
        return "A cold start";
    }

    @Override
    public String story(Options options) {
        return "New caches and an empty Redis. Each of " + options.nodes() + " nodes reads " + Figures.count(KEYS)
                + " keys once, in an order of its own, its " + options.threads()
                + " clients as fast as they can. A query"
                + " takes " + SETUP.query().toMillis() + " ms. Stampede has been given maxConcurrentLoads("
                + SETUP.maxConcurrentLoads() + "), that is, for each node.";
    }

    @Override
    public Setup setup() {
        return SETUP;
    }

    @Override
    public Result play(Stage stage) throws Exception {
        try (Sampler sampler = stage.sampler()) {
            long start = stage.walk(KEYS);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            Timeline timeline = sampler.timeline().from(start);
            stage.say("queries " + timeline.queries() + ", at most " + timeline.mostAtATime()
                    + " at a time, warm after " + Figures.seconds(took.toMillis()));
            return new Result(stage.contender(), timeline, stage.reads(), List.of(), took);
        }
    }

    @Override
    public List<Column> columns() {
        return Showing.columns(List.of(
                Column.QUERIES,
                atATime(),
                new Column("warm after", result -> Figures.seconds(result.took().toMillis())),
                Column.READS));
    }

    private static Column atATime() {
        return new Column(
                "at a time, at most", result -> Figures.count(result.timeline().mostAtATime()));
    }

    @Override
    public List<TimeChart> charts(List<Result> results) {
        return List.of(Showing.atATime(results), Showing.queries(results));
    }

    @Override
    public String finding(List<Result> results) {
        return "During a cold start the database has at most "
                + Showing.each(results, atATime().figure()) + " at a time.";
    }
}
