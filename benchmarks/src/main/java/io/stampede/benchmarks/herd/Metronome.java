package io.stampede.benchmarks.herd;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * A thread that does nothing at a steady pace, and notes how late it is at that: what it waits, it waits for the machine
 * and for nobody's cache. Reads that are late as rarely as this have not waited for a load.
 */
final class Metronome implements AutoCloseable {

    private static final Duration EVERY = Duration.ofMillis(10);

    private final Thread thread;
    private volatile boolean stopped;

    Metronome(LongConsumer nanosLate) {
        thread = new Thread(() -> run(nanosLate), "metronome");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(LongConsumer nanosLate) {
        long due = System.nanoTime();
        while (!stopped) {
            due += EVERY.toNanos();
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            nanosLate.accept(System.nanoTime() - due);
        }
    }

    @Override
    public void close() {
        stopped = true;
    }
}
