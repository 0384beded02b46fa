package io.stampede.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Time, chance and order of a simulated cluster: everything that happens is an event of this queue, and one seed decides
 * all of it. Two simulations of the same seed that are asked the same do the same, to the last bit.
 *
 * <p>Times are in nanoseconds from the beginning. Not thread-safe: the thread that made it drives it, and the threads of
 * its nodes take turns with that one.
 */
public final class Simulation {

    private final Thread driver = Thread.currentThread();
    private final long seed;
    private final Random random;
    /** How long a thread that drives it waits for something. Whatever a cache waits for has an end, much earlier. */
    private static final long LONGEST_WAIT = TimeUnit.MINUTES.toNanos(10);

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private List<Expected> expected = new ArrayList<>();
    private boolean happening;
    private long now;
    private long sequence;
    private long traceHash = 17;
    private long count;

    /**
     * A new simulation, in which nothing has happened.
     *
     * @param seed decides everything
     */
    public Simulation(long seed) {
        this.seed = seed;
        this.random = new Random(scattered(seed));
    }

    /** The first numbers of {@link Random} are nearly the same for neighbouring seeds; so they are taken apart first. */
    private static long scattered(long seed) {
        long mixed = (seed + 1) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed ^ (mixed >>> 29);
    }

    private record Event(long time, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(sequence, other.sequence);
        }
    }

    private record Expected(BooleanSupplier condition, Runnable action) {}

    // ---- time ---------------------------------------------------------------------------------------------------

    /**
     * True time, which no node sees.
     *
     * @return nanoseconds since the beginning
     */
    public long now() {
        return now;
    }

    /**
     * Something will happen; what is to happen at one moment does so in the order of these calls.
     *
     * @param time when; what is over means now
     * @param action what happens
     */
    public void at(long time, Runnable action) {
        events.add(new Event(Math.max(now, time), sequence++, action));
    }

    /**
     * As {@link #at}, from now.
     *
     * @param delay how long from now
     * @param action what happens
     */
    public void in(long delay, Runnable action) {
        at(now + delay, action);
    }

    /**
     * Something will happen as soon as a condition holds, which is looked at between events.
     *
     * @param condition what has to hold
     * @param action what happens then, once
     */
    void when(BooleanSupplier condition, Runnable action) {
        expected.add(new Expected(condition, action));
    }

    private void look() {
        if (expected.isEmpty()) {
            return;
        }
        List<Expected> seen = expected;
        expected = new ArrayList<>();
        for (Expected each : seen) {
            if (each.condition.getAsBoolean()) {
                each.action.run();
            } else {
                expected.add(each);
            }
        }
    }

    /**
     * Lets the next event happen.
     *
     * @param until no event after this time; if there is none before, it is this time afterwards
     * @return false if there was none
     * @throws IllegalStateException in an event
     */
    public boolean step(long until) {
        if (happening) {
            throw new IllegalStateException("What happens in a simulation can't drive it: there, wait or sleep");
        }
        look();
        Event next = events.peek();
        if (next == null || next.time > until) {
            now = Math.max(now, until);
            return false;
        }
        events.remove();
        now = next.time;
        trace(next.sequence);
        trace(next.time);
        count++;
        happening = true;
        try {
            next.action.run();
        } finally {
            happening = false;
        }
        return true;
    }

    /**
     * Lets the calling thread wait. A thread of a node lets the others go on meanwhile; the thread that drives the
     * simulation drives it until then.
     *
     * @param condition for what
     * @throws InterruptedException if the thread is interrupted
     * @throws AssertionError if the thread drives the simulation, and ten minutes of its time have not been enough
     * @throws IllegalStateException in an event, which has no time to wait, or in a thread that is no part of this
     */
    public void await(BooleanSupplier condition) throws InterruptedException {
        SimulatedThread thread = SimulatedThread.current();
        if (thread != null) {
            thread.await(condition);
        } else {
            driveUntil(condition);
        }
    }

    /** Whether this thread is part of the simulation. */
    boolean isTurnOfThisThread() {
        return Thread.currentThread() == driver || SimulatedThread.current() != null;
    }

    private void driveUntil(BooleanSupplier condition) throws InterruptedException {
        if (!isTurnOfThisThread()) {
            throw new IllegalStateException(
                    Thread.currentThread() + " can't wait for what happens in a simulation, since"
                            + " it is neither the thread that made it nor one of its nodes'");
        }
        if (happening) {
            throw new IllegalStateException("What happens at one moment of a simulation can't wait for another:"
                    + " whatever blocks belongs on a thread of a node");
        }
        long until = now + LONGEST_WAIT;
        while (!condition.getAsBoolean()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (!step(until)) {
                throw new AssertionError("Ten minutes of virtual time have passed and it has not happened (seed " + seed
                        + "): does it wait for a node that has crashed, or for something outside of the simulation?");
            }
        }
    }

    /**
     * Lets the calling thread sleep, in virtual time, as {@link #await} does.
     *
     * @param nanos for how long
     * @throws InterruptedException if the thread is interrupted
     */
    public void sleep(long nanos) throws InterruptedException {
        long until = now + nanos;
        at(until, () -> {}); // else time need not get there
        await(() -> now >= until);
    }

    /**
     * A time as this class counts it.
     *
     * @param millis milliseconds
     * @return nanoseconds
     */
    public static long millis(long millis) {
        return millis * 1_000_000;
    }

    // ---- chance -------------------------------------------------------------------------------------------------

    /**
     * Where all chance comes from.
     *
     * @return the source of this simulation
     */
    public Random random() {
        return random;
    }

    /**
     * Whether something happens that need not.
     *
     * @param probability how likely it is, from 0 to 1
     * @return whether it does
     */
    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /**
     * Mostly short, sometimes long: a tenth of the delays are spread over the whole range.
     *
     * @param typical nanoseconds that most don't exceed
     * @param longest nanoseconds that none exceeds
     * @return nanoseconds
     */
    public long delay(long typical, long longest) {
        return chance(0.9) ? 1 + (long) (random.nextDouble() * typical) : (long) (random.nextDouble() * longest);
    }

    /**
     * One of several, each as likely as the others.
     *
     * @param choices what there is
     * @return one of them
     */
    public long oneOf(long... choices) {
        return choices[random.nextInt(choices.length)];
    }

    // ---- what happened ------------------------------------------------------------------------------------------

    /**
     * Mixes something that happened into the hash by which two runs of a seed are compared.
     *
     * @param what a number that stands for it
     */
    public void trace(long what) {
        traceHash = traceHash * 1_000_003 + what;
    }

    /**
     * Stands for all that has happened, in its order.
     *
     * @return the same for two runs that were the same
     */
    public long traceHash() {
        return traceHash;
    }

    /**
     * How much has happened.
     *
     * @return the number of events
     */
    public long eventCount() {
        return count;
    }
}
