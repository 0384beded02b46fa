package io.stampede.benchmarks.herd;

import java.time.Duration;

/** Everybody wants a product that nobody has. */
final class ColdKey implements Act {

    private static final int KEYS = 10;
    private static final Conditions CONDITIONS = new Conditions(Duration.ofMinutes(1), Duration.ofMillis(100));

    @Override
    public String id() {
        return "cold-key";
    }

    @Override
    public String title() {
        return "A cold hot key";
    }

    @Override
    public String story(Options options) {
        return options.allCallers() + " callers on " + options.nodes()
                + " nodes ask for a key that is in no tier, all at"
                + " one moment; " + KEYS + " such keys, one after the other. A query takes "
                + CONDITIONS.query().toMillis() + " ms. Here everybody has to wait; what counts is what the database is"
                + " asked.";
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
        for (int key = 0; key < KEYS; key++) {
            stage.herd(key);
        }
    }
}
