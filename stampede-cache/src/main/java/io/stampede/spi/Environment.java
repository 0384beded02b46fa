package io.stampede.spi;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Time, chance and threads, handed in: the only way for a cache to reach the machine it runs on. With a virtual clock, a
 * seeded random source and a single-threaded scheduler a whole cluster of caches runs deterministically in one thread.
 *
 * <p>Implementations are thread-safe. A cache closes the environment that it made itself, never one that it was given.
 */
public interface Environment extends AutoCloseable {

    /**
     * The node's own monotonic clock.
     *
     * @return nanoseconds since an arbitrary origin; only differences mean something
     */
    long nanoTime();

    /**
     * Chance.
     *
     * @return a source that may be used from any thread
     */
    RandomGenerator random();

    /**
     * Chance that nobody can foresee, for what keeps secrets: by a cryptographically strong source, unless in a test.
     *
     * @param bytes what to fill
     */
    void fillWithSecureRandom(byte[] bytes);

    /**
     * A token that no other node and no other call has ever been given.
     *
     * @return the token
     */
    Token newToken();

    /**
     * Where detached work and the completion of futures run. It may block, so it must not be a small fixed pool.
     *
     * @return the executor
     */
    Executor executor();

    /**
     * Runs a short task that does not block once, later.
     *
     * @param task the task
     * @param delayNanos the delay; zero or less means soon
     * @return cancels the task when run, if it has not begun
     */
    Runnable schedule(Runnable task, long delayNanos);

    /**
     * Lets the calling thread wait for what other threads hand to it, as {@link BlockingQueue#take()} does: a caller who
     * blocks waits nowhere else.
     *
     * @param queue where it is handed over
     * @param <T> the type of what is handed over
     * @return the head of the queue, which is removed from it
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    default <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        return queue.take();
    }

    /** Ends the threads that this environment has started. Tasks that have not begun are dropped. */
    @Override
    void close();

    /**
     * The machine itself: {@link System#nanoTime()}, daemon threads named after the cache, started as needed.
     *
     * @param name the cache's name, part of the thread names
     * @return a new environment
     */
    static Environment system(String name) {
        return new SystemEnvironment(name);
    }
}
