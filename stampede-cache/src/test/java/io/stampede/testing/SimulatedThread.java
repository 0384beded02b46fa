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
    private final Runnable task;
    private final Semaphore mine = new Semaphore(0);
    private final Semaphore theirs = new Semaphore(0);
    private final Body body;
    private @Nullable Throwable failure;
    private boolean stopped;
    private boolean ended;

    /** Ends a thread whose node has crashed, or whose simulation is over. */
    private static final class Stopped extends Error {
        private static final long serialVersionUID = 1L;
    }

    SimulatedThread(SimulatedNode node, Simulation simulation, Runnable task) {
        this.node = node;
        this.simulation = simulation;
        this.task = task;
        this.body = new Body(this::run, "simulated-node-" + node.id);
    }

    /**
     * The thread itself. An interrupt that comes while it waits for its turn is kept for when it has it: the semaphore would
     * take it for its own, at a moment that nobody decides.
     */
    private static final class Body extends Thread {
        private boolean waits = true;
        private boolean interruptedInWait;

        private Body(Runnable run, String name) {
            super(run, name);
            setDaemon(true);
        }

        @Override
        public void interrupt() {
            if (waits) {
                interruptedInWait = true;
            } else {
                super.interrupt();
            }
        }

        @Override
        public boolean isInterrupted() {
            return interruptedInWait || super.isInterrupted();
        }

        private void awaitTurn(Semaphore turn) {
            turn.acquireUninterruptibly();
            waits = false;
            if (interruptedInWait) {
                interruptedInWait = false;
                interrupt();
            }
        }
    }

    /** The one that calls this, or null for a thread that is none of a simulated node. */
    static @Nullable SimulatedThread current() {
        return CURRENT.get();
    }

    SimulatedNode node() {
        return node;
    }

    /** Lets it run until it waits or ends. */
    void start() {
        body.start();
        proceed();
    }

    private void run() {
        body.awaitTurn(mine);
        CURRENT.set(this);
        try {
            task.run();
        } catch (Throwable t) {
            failure = t;
        }
        ended = true;
        node.ended(this);
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
        error.setStackTrace(body.getStackTrace());
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
        if (!condition.getAsBoolean() && !body.isInterrupted() && !stopped) {
            simulation.when(
                    () -> condition.getAsBoolean() || body.isInterrupted(),
                    () -> node.happen(simulation.now(), this::proceed));
            body.waits = true;
            theirs.release();
            body.awaitTurn(mine);
        }
        if (stopped) {
            throw new Stopped();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
