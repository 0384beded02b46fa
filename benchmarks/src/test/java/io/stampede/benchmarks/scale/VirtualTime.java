package io.stampede.benchmarks.scale;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Time that passes from one event to the next, with everything on one thread: a cluster of real caches in no time. */
final class VirtualTime implements Environment {

    private static final long EPOCH_MICROS = 1_790_000_000_000_000L;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::due).thenComparingLong(Event::order));
    private final Random random;
    private long now;
    private long order;
    private long tokens;

    private record Event(long due, long order, Runnable task) {}

    VirtualTime(long seed) {
        this.random = new Random(seed);
    }

    long micros() {
        return EPOCH_MICROS + now / 1_000;
    }

    void runUntil(long nanos) {
        while (!events.isEmpty() && events.peek().due <= nanos) {
            Event next = events.remove();
            now = Math.max(now, next.due);
            next.task.run();
        }
        now = nanos;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public void fillWithSecureRandom(byte[] bytes) {
        random.nextBytes(bytes);
    }

    @Override
    public Token newToken() {
        return new Token(1, ++tokens);
    }

    @Override
    public Executor executor() {
        return task -> schedule(task, 0);
    }

    @Override
    public Runnable schedule(Runnable task, long delayNanos) {
        Event event = new Event(now + Math.max(0, delayNanos), order++, task);
        events.add(event);
        return () -> events.remove(event);
    }

    @Override
    public void close() {
        events.clear();
    }
}
