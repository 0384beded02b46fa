package io.stampede;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes only when a test says so, for several nodes and their server. Timers fire on the thread that lets time
 * pass; executors are real threads.
 */
final class ManualTime implements AutoCloseable {

    private static final long EPOCH_MICROS = 1_790_000_000_000_000L;

    private final ExecutorService pool = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "manual-executor");
        thread.setDaemon(true);
        return thread;
    });
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::due).thenComparingLong(Timer::order));
    private final AtomicLong now = new AtomicLong();
    private final AtomicLong serverShiftMicros = new AtomicLong();
    private final AtomicLong tokens = new AtomicLong();
    private final AtomicLong secrets = new AtomicLong();
    private long order;

    private record Timer(long due, long order, Node node, Runnable task) {}

    /** The server's clock. */
    long serverMicros() {
        return EPOCH_MICROS + serverShiftMicros.get() + now.get() / 1_000;
    }

    long serverMillis() {
        return serverMicros() / 1_000;
    }

    /** Somebody sets the server's clock. */
    void setServerClock(Duration by) {
        serverShiftMicros.addAndGet(by.toNanos() / 1_000);
    }

    /** A node whose own clock is that far from true time. */
    Node node(Duration clockOffset) {
        return new Node(clockOffset.toNanos());
    }

    /** Lets time pass and fires what is due, in order. */
    void pass(Duration duration) {
        long until = now.get() + duration.toNanos();
        for (Timer next = due(until); next != null; next = due(until)) {
            now.accumulateAndGet(next.due, Math::max);
            next.task.run();
        }
        now.accumulateAndGet(until, Math::max);
    }

    private synchronized @Nullable Timer due(long until) {
        Timer found = null;
        for (Timer timer : timers) {
            boolean earlier = found == null || timers.comparator().compare(timer, found) < 0;
            if (timer.due <= until && !timer.node.stopped && earlier) {
                found = timer;
            }
        }
        timers.remove(found);
        return found;
    }

    /** How many timers have been set and neither fired nor been cancelled. */
    synchronized int timersSet() {
        return timers.size();
    }

    private synchronized Runnable schedule(Node node, Runnable task, long delayNanos) {
        Timer timer = new Timer(now.get() + Math.max(0, delayNanos), order++, node, task);
        timers.add(timer);
        return () -> {
            synchronized (this) {
                timers.remove(timer);
            }
        };
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }

    /** The environment of one node. */
    final class Node implements Environment {

        private final long clockOffset;
        private volatile boolean stopped;
        private volatile double chance = Double.NaN;
        private volatile @Nullable StepHold hold;

        private Node(long clockOffset) {
            this.clockOffset = clockOffset;
        }

        /** From now on this node's timers don't fire, as in a long pause of the whole process; or no longer so. */
        void stop(boolean stop) {
            stopped = stop;
        }

        /** From now on every draw between 0 and 1 on this node gives this. */
        void setChance(double draw) {
            chance = draw;
        }

        /** Stops the next thread that comes to a step of the core, named by class and method, just before L1 is locked. */
        Hold holdBeforeStep(Class<?> type, String method) {
            StepHold next = new StepHold(type, method, new Hold());
            hold = next;
            return next.hold;
        }

        @Override
        public long nanoTime() {
            StepHold next = hold;
            if (next != null && next.isHere()) {
                hold = null;
                next.hold.arrive();
            }
            return clockOffset + now.get();
        }

        @Override
        public RandomGenerator random() {
            return new RandomGenerator() {
                @Override
                public long nextLong() {
                    return now.get();
                }

                @Override
                public double nextDouble() {
                    double draw = chance;
                    return Double.isNaN(draw) ? RandomGenerator.super.nextDouble() : draw;
                }
            };
        }

        @Override
        public void fillWithSecureRandom(byte[] bytes) {
            new Random(secrets.incrementAndGet()).nextBytes(bytes);
        }

        @Override
        public Token newToken() {
            return new Token(1, tokens.incrementAndGet());
        }

        @Override
        public Executor executor() {
            return pool;
        }

        @Override
        public Runnable schedule(Runnable task, long delayNanos) {
            return ManualTime.this.schedule(this, task, delayNanos);
        }

        @Override
        public void close() {
            // nothing of its own
        }
    }

    /** {@link LocalTier#change} looks at the clock before it locks the key; who has called it tells the step. */
    private record StepHold(Class<?> type, String method, Hold hold) {
        boolean isHere() {
            return StackWalker.getInstance()
                    .walk(frames -> frames.dropWhile(
                                    frame -> !frame.getClassName().equals(LocalTier.class.getName()))
                            .dropWhile(frame -> frame.getClassName().equals(LocalTier.class.getName())
                                    || (frame.getClassName().equals(type.getName())
                                            && frame.getMethodName().equals("change")))
                            .limit(1)
                            .anyMatch(frame -> frame.getClassName().equals(type.getName())
                                    && frame.getMethodName().equals(method)));
        }
    }
}
