package io.stampede;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * How many of something may go on at a time, and who is next.
 *
 * <p>Thread-safe.
 */
class Permits {

    private final int most;
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private int taken;

    Permits(int most) {
        this.most = most;
    }

    /** Waits in line for a permit. Called at most once. */
    @FunctionalInterface
    interface Waiter {

        /** A permit is free: takes it, or returns false if it isn't wanted any more. */
        boolean take();
    }

    /** Takes a permit; or, if there is none, joins the line and returns false. */
    synchronized boolean takeOrWait(Waiter waiter) {
        if (taken < most) {
            taken++;
            return true;
        }
        waiting.add(waiter);
        return false;
    }

    void giveBack() {
        for (Waiter next = nextOrFree(); next != null; next = nextOrFree()) {
            if (next.take()) {
                return;
            }
        }
    }

    private synchronized @Nullable Waiter nextOrFree() {
        Waiter next = waiting.poll();
        if (next == null) {
            taken--;
        }
        return next;
    }

    synchronized int taken() {
        return taken;
    }

    synchronized int inLine() {
        return waiting.size();
    }
}
