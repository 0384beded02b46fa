package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.page.Figures;
import io.stampede.benchmarks.page.TimeChart;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Act 2: everybody goes on reading a product that expires every now and then. */
final class ExpiringKey implements Act {

    private static final Setup SETUP = new Setup(Duration.ofSeconds(2), Duration.ofMillis(200), 0);
    private static final Duration PACE = Duration.ofMillis(20);

    /** At least. Four lives of a value, with the loads between them. */
    private static final Duration LASTS = Duration.ofMillis(9_200);

    private static final Duration WATCH = Duration.ofMillis(25);

    @Override
    public String title() {
        return "A hot key expires again and again";
    }

    @Override
    public String story(Options options) {
        return "One key with a ttl of " + SETUP.ttl().toSeconds() + " s; each of " + options.clients()
                + " clients reads it every " + PACE.toMillis() + " ms. A query takes "
                + SETUP.query().toMillis()
                + " ms. An expiry is a time when the count of queries began to grow after it had"
                + " stood still for half a ttl. Without Stampede, a value that Redis is about to let go lives for another"
                + " ttl in a node that has just read it: hence the fewer expiries and the older values.";
    }

    @Override
    public Setup setup() {
        return SETUP;
    }

    @Override
    public Result play(Stage stage) throws Exception {
        // Cached before it begins: this act is about expiring, the cold key was the one before.
        stage.herd(1);
        stage.reads();
        try (Sampler sampler = stage.sampler()) {
            Sample first = sampler.look();
            Expiries expiries = new Expiries(SETUP.ttl(), first.queries(), first.nanos());
            stage.pace(1, PACE);
            Duration took = watch(stage, sampler, expiries, first.nanos());
            stage.stop();
            return new Result(stage.contender(), sampler.timeline(), stage.reads(), expiries.queries(), took);
        }
    }

    /** Ends after its time, and half a ttl after an expiry: that is, when no query is under way or about to be. */
    private static Duration watch(Stage stage, Sampler sampler, Expiries expiries, long start) throws Exception {
        int seen = 0;
        while (true) {
            LockSupport.parkNanos(WATCH.toNanos());
            Sample now = sampler.look();
            Duration soFar = Duration.ofNanos(now.nanos() - start);
            expiries.observe(now.queries(), now.nanos());
            if (expiries.finished(now.nanos()) > seen) {
                long queries = expiries.queries().get(seen);
                seen++;
                stage.say("expiry " + seen + ": queries " + queries);
                if (soFar.compareTo(LASTS) > 0) {
                    return soFar;
                }
            } else if (soFar.compareTo(LASTS.multipliedBy(2)) > 0) {
                throw new IllegalStateException(
                        "The product does not expire: " + seen + " times in " + soFar.toSeconds() + " s");
            }
        }
    }

    @Override
    public List<Column> columns() {
        return Showing.columns(
                List.of(
                        Column.QUERIES,
                        new Column(
                                "expiries",
                                result -> Figures.count(result.rounds().size())),
                        perExpiry(),
                        Column.READS,
                        Column.waits(Duration.ofMillis(50))),
                Column.OLDEST);
    }

    private static Column perExpiry() {
        return new Column("per expiry", result -> Figures.oneDecimal(result.queriesPerRound()));
    }

    @Override
    public List<TimeChart> charts(List<Result> results) {
        return List.of(Showing.queries(results));
    }

    @Override
    public String finding(List<Result> results) {
        return "Each expiry of a hot key costs "
                + Showing.each(results, perExpiry().figure()) + ".";
    }
}
