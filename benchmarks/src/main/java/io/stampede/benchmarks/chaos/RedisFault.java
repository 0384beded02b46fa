package io.stampede.benchmarks.chaos;

import java.time.Duration;

/**
 * A fault of Redis or of the way to it, made where the servers are held.
 *
 * @param <T> what it breaks
 */
interface RedisFault<T> extends Fault {

    /** Returns when the fault is there; one that ends by itself does so after this time. */
    void begin(T where, Duration length) throws Exception;

    /** Ends a fault that lasts, tidies up after one that does not. */
    void end(T where) throws Exception;
}
