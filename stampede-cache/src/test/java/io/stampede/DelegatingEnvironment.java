package io.stampede;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** A machine that is just as another one, but for what a subclass overrides. */
class DelegatingEnvironment implements Environment {

    private final Environment machine;

    DelegatingEnvironment(Environment machine) {
        this.machine = machine;
    }

    @Override
    public long nanoTime() {
        return machine.nanoTime();
    }

    @Override
    public RandomGenerator random() {
        return machine.random();
    }

    @Override
    public void fillWithSecureRandom(byte[] bytes) {
        machine.fillWithSecureRandom(bytes);
    }

    @Override
    public Token newToken() {
        return machine.newToken();
    }

    @Override
    public Executor executor() {
        return machine.executor();
    }

    @Override
    public Runnable schedule(Runnable task, long delayNanos) {
        return machine.schedule(task, delayNanos);
    }

    @Override
    public <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        return machine.take(queue);
    }

    @Override
    public void close() {
        machine.close();
    }
}
