package io.stampede.benchmarks.herd;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * When calls are due: from a moment on, one in so long, for so long. A call that comes late for its turn is late, and the
 * next ones are due when they would have been anyway, so that no wait hides behind another.
 *
 * @param startMillis by the clock of the machine, which all nodes share
 */
record Schedule(long startMillis, Duration every, Duration lasts) {

    /** A call and when it was due, by both clocks. */
    interface Call {
        void run(long dueNanos, long dueMillis) throws InterruptedException;
    }

    /** For the way to the nodes. */
    String encoded() {
        return startMillis + " " + every.toNanos() + " " + lasts.toMillis();
    }

    static Schedule decode(String startMillis, String everyNanos, String lastsMillis) {
        return new Schedule(
                Long.parseLong(startMillis),
                Duration.ofNanos(Long.parseLong(everyNanos)),
                Duration.ofMillis(Long.parseLong(lastsMillis)));
    }

    /**
     * Makes all calls that fall to one of many callers, whose turns are evenly spread.
     *
     * @param caller from 0
     */
    void run(int caller, int callers, Call call) throws InterruptedException {
        long startNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(startMillis - System.currentTimeMillis());
        for (long due = every.toNanos() * caller / callers; due < lasts.toNanos(); due += every.toNanos()) {
            awaitNanos(startNanos + due);
            call.run(startNanos + due, startMillis + TimeUnit.NANOSECONDS.toMillis(due));
        }
    }

    private static void awaitNanos(long nanos) throws InterruptedException {
        for (long wait = nanos - System.nanoTime(); wait > 0; wait = nanos - System.nanoTime()) {
            LockSupport.parkNanos(wait);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
