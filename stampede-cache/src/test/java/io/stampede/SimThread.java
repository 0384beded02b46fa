package io.stampede;

import io.stampede.testing.Simulation;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * A thread of a simulated node, for a loader that blocks. It and the simulation take turns: there is never more than one
 * of them that runs, so that the order of all that happens remains the seed's.
 */
final class SimThread {

    private static final ThreadLocal<SimThread> CURRENT = new ThreadLocal<>();

    private final SimNode node;
    private final Simulation world;
    private final Semaphore mine = new Semaphore(0);
    private final Semaphore theirs = new Semaphore(0);
    private Throwable failure;
    private boolean stopped;
    private boolean ended;

    /** Ends a thread whose node has crashed, or whose simulation is over. */
    @SuppressWarnings("serial")
    private static final class Stopped extends Error {}

    private SimThread(SimNode node, Simulation world) {
        this.node = node;
        this.world = world;
    }

    /** Runs each task on a thread of its own. */
    static Executor executor(SimNode node, Simulation world) {
        return task -> node.executor().execute(() -> new SimThread(node, world).start(task));
    }

    private void start(Runnable task) {
        Thread thread = new Thread(() -> run(task), "simulated");
        thread.setDaemon(true);
        thread.start();
        node.onEnd(this::stop);
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

    /** Lets the thread run until it sleeps or ends. */
    private void proceed() {
        mine.release();
        theirs.acquireUninterruptibly();
        if (failure != null && !stopped) {
            throw new AssertionError("A thread of node " + node.id + " has failed", failure);
        }
    }

    private void stop() {
        stopped = true;
        while (!ended) {
            proceed();
        }
    }

    /** Lets this thread sleep, in simulated time. That it was interrupted it notices when it wakes up. */
    static void sleep(long nanos) throws InterruptedException {
        SimThread current = CURRENT.get();
        current.node.happen(current.world.now() + nanos, current::proceed);
        current.theirs.release();
        current.mine.acquireUninterruptibly();
        if (current.stopped) {
            throw new Stopped();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
