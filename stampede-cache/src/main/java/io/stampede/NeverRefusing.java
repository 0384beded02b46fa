package io.stampede;

import io.stampede.spi.Environment;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The environment's executor; if it refuses a task, which a user's may, the timer's thread helps out so that no flight
 * hangs.
 *
 * <p>Thread-safe.
 */
record NeverRefusing(Environment environment) implements Executor {

    @Override
    public void execute(Runnable task) {
        try {
            environment.executor().execute(task);
        } catch (RejectedExecutionException e) {
            environment.schedule(task, 0);
        }
    }
}
