package io.stampede.redis;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** The system's environment, but for whatever is to happen as late as the next regular heartbeat. */
record WithoutHeartbeat(Environment system) implements Environment {

    private static final long HEARTBEAT_NANOS = Duration.ofSeconds(10).toNanos();

    @Override
    public Runnable schedule(Runnable task, long delayNanos) {
        return delayNanos == HEARTBEAT_NANOS ? () -> {} : system.schedule(task, delayNanos);
    }

    @Override
    public long nanoTime() {
        return system.nanoTime();
    }

    @Override
    public RandomGenerator random() {
        return system.random();
    }

    @Override
    public void fillWithSecureRandom(byte[] bytes) {
        system.fillWithSecureRandom(bytes);
    }

    @Override
    public Token newToken() {
        return system.newToken();
    }

    @Override
    public Executor executor() {
        return system.executor();
    }

    @Override
    public void close() {
        system.close();
    }
}
