package io.stampede.benchmarks.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that call at a steady pace, whatever the calls take. A call is due when it was planned: one that had to wait for
 * the one before it has waited since then.
 */
final class Callers {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ended;

    /** A call that was due at this time, by both clocks. */
    interface Call {
        void run(long dueNanos, long dueMillis);
    }

    void start(String name, int count, Duration each, Call call) {
        long start = System.nanoTime();
        long startMillis = System.currentTimeMillis();
        for (int i = 0; i < count; i++) {
            long first = each.toNanos() * i / count;
            Thread thread = new Thread(() -> run(start, startMillis, first, each.toNanos(), call), name + " " + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private void run(long start, long startMillis, long first, long each, Call call) {
        for (long due = first; !ended; due += each) {
            for (long wait = start + due - System.nanoTime(); wait > 0 && !ended; ) {
                LockSupport.parkNanos(wait);
                wait = start + due - System.nanoTime();
            }
            if (!ended) {
                call.run(start + due, startMillis + due / 1_000_000);
            }
        }
    }

    /** Returns when the last call has. */
    void end() throws InterruptedException {
        ended = true;
        for (Thread thread : threads) {
            thread.join(PATIENCE.toMillis());
            if (thread.isAlive()) {
                throw new IllegalStateException("A call has not returned for " + PATIENCE.toSeconds() + " s");
            }
        }
    }
}
