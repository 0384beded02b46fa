package io.stampede;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A place where a thread is stopped until the test lets it go. */
final class Hold {

    private static final long SECONDS = 20;

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Called by the thread that is to be stopped. */
    void arrive() {
        reached.countDown();
        await(released, "was never let go");
    }

    /** As {@link #arrive}, for a loader that can be interrupted. */
    void arriveInterruptibly() throws InterruptedException {
        reached.countDown();
        if (!released.await(SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("A held thread was never let go");
        }
    }

    void awaitReached() {
        await(reached, "was never reached");
    }

    boolean isReached() {
        return reached.getCount() == 0;
    }

    void release() {
        released.countDown();
    }

    private static void await(CountDownLatch latch, String otherwise) {
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        try {
            while (true) {
                try {
                    if (!latch.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        throw new AssertionError("A hold " + otherwise);
                    }
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
