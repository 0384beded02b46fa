package io.stampede;

import io.stampede.spi.Environment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A blocking caller's thread, lent to its flight while it waits: the flight's steps and the loader run on it. When the
 * caller leaves, early or not, what it had not begun goes on elsewhere, so that its leaving harms nobody.
 */
final class CallerThread implements Executor {

    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Executor elsewhere;
    private final Environment environment;
    private volatile boolean left;

    /** Whether the thread may be waiting, so that it has to be told when there is nothing more to wait for. */
    private volatile boolean waits;

    /**
     * Lends this thread.
     *
     * @param elsewhere where what it leaves behind goes on, in its context
     * @param environment how a thread waits
     */
    CallerThread(Executor elsewhere, Environment environment) {
        this.elsewhere = elsewhere;
        this.environment = environment;
    }

    Executor elsewhere() {
        return elsewhere;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (left) { // whoever adds before it has left is seen by leave
            handOver();
        }
    }

    /**
     * Runs what comes in until the result is there. Call it once.
     *
     * @throws InterruptedException if the thread is interrupted while it waits with nothing to run
     */
    void serveUntilDone(CompletableFuture<?> result) throws InterruptedException {
        result.whenComplete((value, failure) -> {
            if (waits) {
                tasks.add(LocalTier.NOTHING);
            }
        });
        while (!result.isDone()) {
            Runnable task = tasks.poll();
            if (task == null) {
                waits = true; // first: then it is told, or sees by itself
                task = result.isDone() ? LocalTier.NOTHING : environment.take(tasks);
                waits = false;
            }
            task.run();
        }
    }

    /** As {@link #serveUntilDone} for a wait that is bounded and must not be cut short. */
    void serveUninterruptibly(CompletableFuture<?> result) {
        boolean interrupted = false;
        while (!result.isDone()) {
            try {
                serveUntilDone(result);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void leave() {
        left = true;
        handOver();
    }

    private void handOver() {
        for (@Nullable Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            if (task != LocalTier.NOTHING) {
                elsewhere.execute(task);
            }
        }
    }
}
