package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.page.Figures;
import java.time.Duration;

/** All nodes begin with nothing, and everything is asked for. */
final class ColdStart implements Act {

    private static final int KEYS = 10_000;
    private static final Conditions CONDITIONS = new Conditions(Duration.ofMinutes(1), Duration.ofMillis(5));

    @Override
    public String id() {
        return "cold-start";
    }

    @Override
    public String title() {
        return "A cold start";
    }

    @Override
    public String story(Options options) {
        return "New caches and an empty Redis. Each of " + options.nodes() + " nodes reads "
                + Figures.count(options.keys(KEYS)) + " keys once, in an order of its own, its " + options.callers()
                + " callers as fast as they can. A query takes "
                + CONDITIONS.query().toMillis() + " ms.";
    }

    @Override
    public Conditions conditions() {
        return CONDITIONS;
    }

    @Override
    public boolean hasFault() {
        return false;
    }

    @Override
    public void prepare(Stage stage) {}

    @Override
    public void play(Stage stage) throws InterruptedException {
        stage.walk(stage.options().keys(KEYS));
    }
}
