package io.stampede;

import java.util.PriorityQueue;
import java.util.Random;

/**
 * Time, chance and order of a simulated cluster: everything that happens is an event of this queue, and one seed decides
 * all of it.
 */
final class SimWorld {

    final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long sequence;
    private long traceHash = 17;
    private long count;

    SimWorld(long seed) {
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

    /** True time in nanoseconds, which no node sees. */
    long now() {
        return now;
    }

    void at(long time, Runnable action) {
        events.add(new Event(Math.max(now, time), sequence++, action));
    }

    void in(long delay, Runnable action) {
        at(now + delay, action);
    }

    /** The next event; false if there is none before the given time. */
    boolean step(long until) {
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

    /** Mixes something that happened into the hash by which two runs of a seed are compared. */
    void trace(long what) {
        traceHash = traceHash * 1_000_003 + what;
    }

    long traceHash() {
        return traceHash;
    }

    long eventCount() {
        return count;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Mostly short, sometimes long: a tenth of the delays are spread over the whole range. */
    long delay(long typical, long longest) {
        return chance(0.9) ? 1 + (long) (random.nextDouble() * typical) : (long) (random.nextDouble() * longest);
    }

    long oneOf(long... choices) {
        return choices[random.nextInt(choices.length)];
    }

    static long millis(long millis) {
        return millis * 1_000_000;
    }
}
