package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.page.Figures;
import io.stampede.benchmarks.page.TimeChart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Act 1: everybody wants a product that nobody has. */
final class ColdKeys implements Act {

    private static final int KEYS = 5;
    private static final Setup SETUP = new Setup(Duration.ofMinutes(1), Duration.ofMillis(200), 0);

    @Override
    public String title() {
        return "A cold hot key";
    }

    @Override
    public String story(Options options) {
        return options.clients() + " clients on " + options.nodes()
                + " nodes ask for a key that is in no tier, all at one"
                + " moment; " + KEYS + " such keys, one after the other. A query takes "
                + SETUP.query().toMillis() + " ms.";
    }

    @Override
    public Setup setup() {
        return SETUP;
    }

    @Override
    public Result play(Stage stage) throws Exception {
        List<Long> rounds = new ArrayList<>();
        long start = System.nanoTime();
        try (Sampler sampler = stage.sampler()) {
            for (int key = 1; key <= KEYS; key++) {
                long before = sampler.look().queries();
                stage.herd(key);
                rounds.add(sampler.look().queries() - before);
            }
            stage.say("queries for each key " + rounds);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            return new Result(stage.contender(), sampler.timeline(), stage.reads(), rounds, took);
        }
    }

    @Override
    public List<Column> columns() {
        return Showing.columns(List.of(Column.QUERIES, perKey(), Column.READS, Column.waits(Duration.ofMillis(50))));
    }

    private static Column perKey() {
        return new Column("per key", result -> Figures.oneDecimal(result.queriesPerRound()));
    }

    @Override
    public List<TimeChart> charts(List<Result> results) {
        return List.of(Showing.queries(results));
    }

    @Override
    public String finding(List<Result> results) {
        return "A cold hot key costs " + Showing.each(results, perKey().figure()) + ".";
    }
}
