package io.stampede;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many loads of a cache may run on this node at a time, and who is next. A permit is given back when its load has
 * really ended, however late: a load that nobody waits for any more burdens the source all the same.
 *
 * <p>Thread-safe.
 */
final class LoadPermits {

    private final int most;
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private final Set<Thread> loading = ConcurrentHashMap.newKeySet();
    private int taken;

    LoadPermits(int most) {
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

    /**
     * A loader begins to run on this thread. What it loads on the way needs no permit: it has one, and waits.
     *
     * @return true if no other loader of the cache runs on it already
     */
    boolean enter(Thread thread) {
        return loading.add(thread);
    }

    void leave(Thread thread) {
        loading.remove(thread);
    }

    boolean isLoading(@Nullable Thread thread) {
        return thread != null && loading.contains(thread);
    }

    synchronized int taken() {
        return taken;
    }

    synchronized int inLine() {
        return waiting.size();
    }
}
