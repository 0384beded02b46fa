package io.stampede.benchmarks.chaos;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Time that has to pass, and what has to come true. */
final class Pauses {

    private static final Duration LOOK = Duration.ofMillis(20);

    private Pauses() {}

    static void spend(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    /** Returns when it is so; gives up with an {@link IllegalStateException}. */
    static void await(Duration patience, BooleanSupplier condition) throws InterruptedException {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begun > patience.toNanos()) {
                throw new IllegalStateException("Not within " + patience.toSeconds() + " s");
            }
            spend(LOOK);
        }
    }
}
