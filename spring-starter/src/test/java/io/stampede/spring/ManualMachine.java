package io.stampede.spring;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * A machine on which time passes only when a test says so, and everything that would run elsewhere runs on the test's own
 * thread, in one order.
 */
final class ManualMachine implements Environment {

    private static final long EPOCH_MICROS = 1_790_000_000_000_000L;

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::due).thenComparingLong(Timer::order));
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Random secrets = new Random(1);
    private long now;
    private long order;
    private long tokens;
    private double chance = 0.5;
    private boolean isStopped;

    private record Timer(long due, long order, Runnable task) {}

    /** The clock of a server that is right. */
    long serverMicros() {
        return EPOCH_MICROS + now / 1_000;
    }

    /** From now on every draw between 0 and 1 gives this. */
    void setChance(double draw) {
        chance = draw;
    }

    /** The process has died: time passes without it. */
    void stop() {
        isStopped = true;
    }

    /** Until there is nothing more to do at this moment. */
    void settle() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    void pass(Duration duration) {
        settle();
        long until = now + duration.toNanos();
        while (!isStopped && !timers.isEmpty() && timers.peek().due <= until) {
            Timer next = timers.remove();
            now = Math.max(now, next.due);
            next.task.run();
            settle();
        }
        now = until;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public RandomGenerator random() {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return order++;
            }

            @Override
            public double nextDouble() {
                return chance;
            }
        };
    }

    @Override
    public void fillWithSecureRandom(byte[] bytes) {
        secrets.nextBytes(bytes);
    }

    @Override
    public Token newToken() {
        return new Token(1, ++tokens);
    }

    @Override
    public Executor executor() {
        return tasks::add;
    }

    @Override
    public Runnable schedule(Runnable task, long delayNanos) {
        Timer timer = new Timer(now + Math.max(0, delayNanos), order++, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    @Override
    public void close() {
        // nothing of its own
    }
}
