package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.page.Figures;
import java.time.Duration;
import java.util.List;

/**
 * Everybody reads some keys at a steady pace, whatever happens meanwhile.
 *
 * @param keys how many are read
 * @param atOneMoment whether they are many that have all been loaded at one moment, since the database took no time for it
 * @param lasts how long they are read
 * @param writes how many writes there are in a second, by all nodes together
 * @param events what happens, in order
 * @param what of it, for people; where something breaks, with blanks for when that is and for how long
 */
record Paced(
        String id,
        String title,
        String what,
        Conditions conditions,
        int keys,
        boolean atOneMoment,
        Duration lasts,
        int writes,
        List<Event> events)
        implements Act {

    /** Of one caller. */
    private static final Duration EVERY = Duration.ofMillis(25);

    /** How much of an act there is before something breaks. */
    private static final Duration CALM = Duration.ofSeconds(3);

    /** What breaks, or is whole again. */
    interface Deed {
        void on(Stage stage) throws Exception;
    }

    /** @param after how long after the beginning */
    record Event(Duration after, Deed deed) {}

    static Paced calm(String id, String title, String what, Conditions conditions, int keys, Duration lasts) {
        return new Paced(id, title, what, conditions, keys, false, lasts, 0, List.of());
    }

    Paced withWrites(int aSecond) {
        return new Paced(id, title, what, conditions, keys, atOneMoment, lasts, aSecond, events);
    }

    Paced loadedAtOneMoment() {
        return new Paced(id, title, what, conditions, keys, true, lasts, writes, events);
    }

    Paced broken(Deed beginning, Duration length, Deed end) {
        return new Paced(
                id,
                title,
                what,
                conditions,
                keys,
                atOneMoment,
                lasts,
                writes,
                List.of(new Event(CALM, beginning), new Event(CALM.plus(length), end)));
    }

    @Override
    public boolean hasFault() {
        return !events.isEmpty();
    }

    private int keys(Options options) {
        return atOneMoment ? options.keys(keys) : keys;
    }

    private Duration lasts(Options options) {
        return options.scaled(lasts);
    }

    @Override
    public String story(Options options) {
        long readsPerSecond = options.allCallers() * 1_000L / EVERY.toMillis();
        String read = keys == 1 ? "One key" : Figures.count(keys(options)) + " keys";
        return read + " with a ttl of " + Figures.seconds(conditions.ttl().toMillis()) + ""
                + (atOneMoment ? ", all loaded at one moment" : "")
                + ", "
                + Figures.count(readsPerSecond) + " reads a second by " + options.allCallers() + " callers on "
                + options.nodes() + " nodes, for "
                + Figures.seconds(lasts(options).toMillis()) + ". A query takes "
                + conditions.query().toMillis() + " ms. " + what(options);
    }

    private String what(Options options) {
        if (events.isEmpty()) {
            return what;
        }
        Duration begins = options.scaled(events.get(0).after());
        Duration ends = options.scaled(events.get(1).after());
        return String.format(
                what,
                Figures.seconds(begins.toMillis()),
                Figures.seconds(ends.minus(begins).toMillis()));
    }

    @Override
    public void prepare(Stage stage) throws Exception {
        if (atOneMoment) {
            stage.source().slowBy(0);
        }
        stage.fill(keys(stage.options()));
        stage.source().wellAgain();
    }

    @Override
    public void play(Stage stage) throws Exception {
        Options options = stage.options();
        Schedule schedule = stage.soon(EVERY, lasts(options));
        stage.pace(keys(options), schedule);
        if (writes > 0) {
            Duration between =
                    Duration.ofSeconds(1).multipliedBy(options.nodes()).dividedBy(writes);
            stage.write(keys(options), new Schedule(schedule.startMillis(), between, schedule.lasts()));
        }
        for (Event event : events) {
            stage.sleepUntil(
                    schedule.startMillis() + options.scaled(event.after()).toMillis());
            event.deed().on(stage);
        }
        stage.sleepUntil(schedule.startMillis() + schedule.lasts().toMillis());
        stage.awaitReaders();
    }
}
