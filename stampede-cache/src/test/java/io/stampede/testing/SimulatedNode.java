package io.stampede.testing;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The machine of one node of a simulated cluster: a clock that is not quite right, timers and an executor that belong to
 * a {@link Simulation}. It can be paused, as by a garbage collection; its clock can stand still meanwhile, as in a virtual
 * machine that is suspended; and it can crash.
 *
 * <p>Not thread-safe, but for its clock: one thread drives a simulation.
 */
public class SimulatedNode implements Environment {

    /** Which node this is, from 0. */
    public final int id;

    private final Simulation simulation;
    private final long clockOffset;
    private final double clockRate;
    private long stoodStill;
    private long suspendedAt;
    private long suspendedUntil;
    private long pausedUntil;
    private boolean crashed;
    private long tokens;
    private final List<Runnable> crashActions = new ArrayList<>();
    private final Set<SimulatedThread> threads = new LinkedHashSet<>();

    /**
     * A node whose clock began anywhere and is up to 200 ppm too fast or too slow.
     *
     * @param id which one, from 0; no two of a simulation have the same
     * @param simulation where it is
     */
    public SimulatedNode(int id, Simulation simulation) {
        this.id = id;
        this.simulation = simulation;
        this.clockOffset = (simulation.random().nextLong() >> 8) & ~1_023L;
        this.clockRate = 1 + (simulation.random().nextDouble() - 0.5) / 2_500;
    }

    // ---- what happens to it -------------------------------------------------------------------------------------

    /**
     * Something happens on this node: when it is there to do it, and not at all if it has crashed by then.
     *
     * @param time the earliest time
     * @param action what happens
     */
    public void happen(long time, Runnable action) {
        simulation.at(time, () -> {
            if (crashed) {
                return;
            }
            if (isPaused()) {
                happen(pausedUntil, action);
            } else {
                action.run();
            }
        });
    }

    /**
     * Nothing happens on this node for a while, and time goes on.
     *
     * @param nanos how long
     */
    public void pause(long nanos) {
        pausedUntil = Math.max(pausedUntil, simulation.now() + nanos);
    }

    /**
     * Nothing happens on this node for a while, and to its clock that time never was. A node that is paused stays so, and
     * no more.
     *
     * @param nanos how long
     */
    public void suspend(long nanos) {
        if (isPaused()) {
            return;
        }
        suspendedAt = simulation.now();
        suspendedUntil = suspendedAt + nanos;
        stoodStill += nanos;
        pause(nanos);
    }

    /**
     * Whether nothing happens on this node now.
     *
     * @return whether it is paused or suspended
     */
    public boolean isPaused() {
        return simulation.now() < pausedUntil;
    }

    /**
     * Until when nothing happens or happened on this node.
     *
     * @return the time at which the last pause ends or has ended; 0 if there was none
     */
    public long lastPausedUntil() {
        return pausedUntil;
    }

    /**
     * For how long its clock has stood still so far.
     *
     * @return nanoseconds
     */
    public long stoodStill() {
        return stoodStill;
    }

    /** Ends this node, from one moment to the next. */
    public void crash() {
        if (crashed) {
            return;
        }
        crashed = true;
        crashActions.forEach(Runnable::run);
    }

    /**
     * Whether this node has ended.
     *
     * @return whether it has crashed
     */
    public boolean isCrashed() {
        return crashed;
    }

    /**
     * For who has to know that this node is no more.
     *
     * @param action run when it crashes
     */
    public void onCrash(Runnable action) {
        crashActions.add(action);
    }

    /** The simulation is over: ends the threads of this node. */
    public void end() {
        List.copyOf(threads).forEach(SimulatedThread::stop);
    }

    // ---- threads ------------------------------------------------------------------------------------------------

    /**
     * As {@link #executor()}, for tasks that block: each has a thread of its own. It takes turns with all others, so that
     * never more than one runs and the order of all that happens remains the seed's.
     *
     * @return the executor
     */
    public Executor threads() {
        return task -> happen(soon(), () -> run(task));
    }

    private void run(Runnable task) {
        SimulatedThread thread = new SimulatedThread(this, simulation, task);
        threads.add(thread);
        thread.start();
    }

    void ended(SimulatedThread thread) {
        threads.remove(thread);
    }

    // ---- what runs on it sees this ------------------------------------------------------------------------------

    @Override
    public long nanoTime() {
        long now = simulation.now();
        long running =
                now < suspendedUntil ? suspendedAt + (suspendedUntil - suspendedAt) - stoodStill : now - stoodStill;
        return clockOffset + (long) (running * clockRate);
    }

    @Override
    public RandomGenerator random() {
        return simulation.random();
    }

    @Override
    public void fillWithSecureRandom(byte[] bytes) {
        simulation.random().nextBytes(bytes);
    }

    @Override
    public Token newToken() {
        return new Token(id + 1, ++tokens);
    }

    @Override
    public Executor executor() {
        return task -> happen(soon(), task);
    }

    private long soon() {
        return simulation.now() + simulation.delay(20_000, 1_000_000);
    }

    @Override
    public <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        simulation.await(() -> !queue.isEmpty());
        return queue.take();
    }

    @Override
    public Runnable schedule(Runnable task, long delayNanos) {
        boolean[] cancelled = new boolean[1];
        whenDue(nanoTime() + Math.max(0, delayNanos), () -> {
            if (!cancelled[0]) {
                task.run();
            }
        });
        return () -> cancelled[0] = true;
    }

    /** By this node's own clock, which may stand still meanwhile. */
    private void whenDue(long due, Runnable action) {
        happen(simulation.now() + (long) (Math.max(0, due - nanoTime()) / clockRate) + 1, () -> {
            if (due - nanoTime() > 0) {
                whenDue(due, action);
            } else {
                action.run();
            }
        });
    }

    @Override
    public void close() {
        crash();
    }
}
