package io.stampede.spi;

import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** The real clock, the real dice, and daemon threads of the cache's own. */
final class SystemEnvironment implements Environment {

    private static final long CLOSE_SECONDS = 5;

    private final ExecutorService workers;
    private final ScheduledThreadPoolExecutor timer;
    private final SecureRandom secure = new SecureRandom();
    private final long tokenHigh;
    private final AtomicLong tokenLow;

    SystemEnvironment(String name) {
        this.workers = Workers.named("stampede-" + name + "-");
        this.timer = new ScheduledThreadPoolExecutor(1, Workers.daemons("stampede-" + name + "-timer-"));
        timer.setRemoveOnCancelPolicy(true);
        this.tokenHigh = secure.nextLong();
        this.tokenLow = new AtomicLong(secure.nextLong());
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public RandomGenerator random() {
        return SystemEnvironment::nextLong;
    }

    private static long nextLong() {
        return ThreadLocalRandom.current().nextLong(); // each thread has its own
    }

    @Override
    public void fillWithSecureRandom(byte[] bytes) {
        secure.nextBytes(bytes);
    }

    @Override
    public Token newToken() {
        return new Token(tokenHigh, tokenLow.incrementAndGet());
    }

    @Override
    public Executor executor() {
        return workers;
    }

    @Override
    public Runnable schedule(Runnable task, long delayNanos) {
        try {
            var scheduled = timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException closed) {
            return SystemEnvironment::nothingToCancel; // closing drops what has not begun
        }
    }

    private static void nothingToCancel() {}

    @Override
    public void close() {
        timer.shutdownNow();
        workers.shutdownNow();
        try {
            // Interrupted loaders need a moment; one that ignores its interrupt must not hold up the application.
            if (timer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
