package io.stampede;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Time stands still, timers never fire, and everything runs on the thread that asks for it: Lincheck has the threads. */
final class LincheckEnvironment implements Environment {

    private final AtomicLong tokens = new AtomicLong();

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public RandomGenerator random() {
        return () -> 0; // nothing here is left to chance
    }

    @Override
    public void fillWithSecureRandom(byte[] bytes) {
        throw new UnsupportedOperationException("Nothing here is secret");
    }

    @Override
    public Token newToken() {
        return new Token(1, tokens.incrementAndGet());
    }

    @Override
    public Executor executor() {
        return Runnable::run;
    }

    @Override
    public Runnable schedule(Runnable task, long delayNanos) {
        return LocalTier.NOTHING;
    }

    @Override
    public void close() {}
}
