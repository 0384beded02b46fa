package io.stampede.testing;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a simulated node, for what blocks. It and the thread that drives the simulation take turns: there is never
 * more than one of them that runs, so that the order of all that happens remains the seed's.
 */
final class SimulatedThread {

    /** Real time, after which a thread is taken to wait for something that is no part of the simulation. */
    private static final long STUCK_SECONDS = 60;

    private static final ThreadLocal<SimulatedThread> CURRENT = new ThreadLocal<>();

    private final SimulatedNode node;
    private final Simulation simulation;
    private final Semaphore mine = new Semaphore(0);
    private final Semaphore theirs = new Semaphore(0);
    private @Nullable Thread thread;
    private @Nullable Throwable failure;
    private boolean stopped;
    private boolean ended;

    /** Ends a thread whose node has crashed, or whose simulation is over. */
    private static final class Stopped extends Error {
        private static final long serialVersionUID = 1L;
    }

    SimulatedThread(SimulatedNode node, Simulation simulation) {
        this.node = node;
        this.simulation = simulation;
    }

    /** The one that calls this, or null for a thread that is none of a simulated node. */
    static @Nullable SimulatedThread current() {
        return CURRENT.get();
    }

    SimulatedNode node() {
        return node;
    }

    /** Lets it run until it waits or ends. */
    void start(Runnable task) {
        Thread begun = new Thread(() -> run(task), "simulated-node-" + node.id);
        thread = begun;
        begun.setDaemon(true);
        begun.start();
        proceed();
    }

    private void run(Runnable task) {
        mine.acquireUninterruptibly();
        CURRENT.set(this);
        try {
            task.run();
        } catch (Throwable t) {
            failure = t;
        }
        ended = true;
        theirs.release();
    }

    private void proceed() {
        mine.release();
        awaitMyTurn();
        if (failure != null && !stopped) {
            throw new AssertionError("A thread of node " + node.id + " has failed", failure);
        }
    }

    /** An interrupt is for what this thread does next, not for its turn. */
    private void awaitMyTurn() {
        boolean interrupted = false;
        boolean mineAgain = false;
        while (!mineAgain) {
            try {
                if (!theirs.tryAcquire(STUCK_SECONDS, TimeUnit.SECONDS)) {
                    throw stuck();
                }
                mineAgain = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private AssertionError stuck() {
        ended = true; // as far as anybody here can tell
        AssertionError error = new AssertionError("A thread of node " + node.id + " has not waited in virtual time for "
                + STUCK_SECONDS + " s of real time. This is where it is:");
        if (thread != null) {
            error.setStackTrace(thread.getStackTrace());
        }
        return error;
    }

    /** Ends it, wherever it is. */
    void stop() {
        stopped = true;
        while (!ended) {
            proceed();
        }
    }

    /** For this thread itself: lets others go on until the condition holds. */
    void await(BooleanSupplier condition) throws InterruptedException {
        Thread self = Thread.currentThread();
        if (!condition.getAsBoolean() && !self.isInterrupted() && !stopped) {
            simulation.when(
                    () -> condition.getAsBoolean() || self.isInterrupted(),
                    () -> node.happen(simulation.now(), this::proceed));
            theirs.release();
            mine.acquireUninterruptibly();
        }
        if (stopped) {
            throw new Stopped();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
