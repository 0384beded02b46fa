package io.stampede.testing;

import java.util.PriorityQueue;
import java.util.Random;

/**
 * Time, chance and order of a simulated cluster: everything that happens is an event of this queue, and one seed decides
 * all of it. Two simulations of the same seed that are asked the same do the same, to the last bit.
 *
 * <p>Times are in nanoseconds from the beginning. Not thread-safe: one thread drives it.
 */
public final class Simulation {

    private final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
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
     * Lets the next event happen.
     *
     * @param until no event after this time; if there is none before, it is this time afterwards
     * @return false if there was none
     */
    public boolean step(long until) {
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
        next.action.run();
        return true;
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
