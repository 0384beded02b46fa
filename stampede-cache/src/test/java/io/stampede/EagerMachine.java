package io.stampede;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** A machine whose dice fall so that a read which may rebuild its value early does so. */
record EagerMachine(Environment machine) implements Environment {

    @Override
    public RandomGenerator random() {
        return () -> -1; // the largest number there is
    }

    @Override
    public long nanoTime() {
        return machine.nanoTime();
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
    public void close() {
        machine.close();
    }
}
