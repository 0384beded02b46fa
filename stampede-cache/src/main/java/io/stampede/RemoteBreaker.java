package io.stampede;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.stampede.spi.Environment;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Keeps callers from waiting for an L2 that has failed or become slow: while it is open, they aren't sent there at all.
 * No caller is a probe either. It is the heartbeat that finds out when L2 is well again, by a few calls in a row.
 *
 * <p>It judges L2 alone, by the time that each command took there; loaders have no part in that. An L2 that answers
 * quickly, be it with a refusal, costs nobody anything and opens nothing; unless it says itself that another may have
 * taken its place.
 *
 * <p>Thread-safe.
 */
final class RemoteBreaker {

    /** How many calls in a row must be answered, and no more than half of them slowly, before callers are sent to L2. */
    static final int PROBES = 3;

    private static final int WINDOW = 20;
    private static final int LEAST_CALLS = 10;
    private static final float MOST_BAD_PERCENT = 50;

    /** It is opened half by the heartbeat, not by time. */
    private static final Duration NEVER = Duration.ofDays(36_500);

    private final Environment environment;
    private final long slowNanos;
    private final CircuitBreaker breaker;
    private volatile long closedAt;

    /**
     * A closed breaker.
     *
     * @param timeoutNanos how long a call may take; half of that is slow
     */
    RemoteBreaker(String cache, Environment environment, long timeoutNanos) {
        this.environment = environment;
        slowNanos = Math.max(1, timeoutNanos / 2);
        closedAt = environment.nanoTime();
        breaker = CircuitBreaker.of(
                cache,
                CircuitBreakerConfig.custom()
                        .slidingWindow(WINDOW, LEAST_CALLS, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold(MOST_BAD_PERCENT)
                        .slowCallRateThreshold(MOST_BAD_PERCENT)
                        .slowCallDurationThreshold(Duration.ofNanos(slowNanos))
                        .permittedNumberOfCallsInHalfOpenState(PROBES)
                        .waitDurationInOpenState(NEVER)
                        .currentTimestampFunction(clock -> environment.nanoTime(), TimeUnit.NANOSECONDS)
                        .writableStackTraceEnabled(false)
                        .build());
    }

    /** Whether callers are sent to L2. */
    boolean isClosed() {
        return breaker.getState() == State.CLOSED;
    }

    /** The heartbeat is about to ask; one at a time. */
    void probe() {
        if (breaker.getState() == State.OPEN) {
            breaker.transitionToHalfOpenState();
        }
    }

    /** L2 is not to be believed. */
    void open() {
        if (breaker.getState() != State.OPEN) {
            breaker.transitionToOpenState();
        }
    }

    /** L2 has answered what it was asked at that moment. */
    void answered(long sentAt, boolean probe) {
        State before = breaker.getState();
        if (counts(before, sentAt, probe)) {
            breaker.onSuccess(environment.nanoTime() - sentAt, TimeUnit.NANOSECONDS);
            if (before == State.HALF_OPEN && breaker.getState() == State.CLOSED) {
                closedAt = environment.nanoTime();
            }
        }
    }

    /** What was sent to L2 at that moment was not answered in time; if there was little left of it, that says nothing. */
    void unanswered(long sentAt, Throwable silence, boolean probe) {
        if (environment.nanoTime() - sentAt >= slowNanos) {
            failed(sentAt, silence, probe);
        }
    }

    /** What was sent to L2 at that moment has failed. */
    void failed(long sentAt, Throwable failure, boolean probe) {
        State before = breaker.getState();
        if (before == State.HALF_OPEN && probe) {
            breaker.transitionToOpenState();
        } else if (counts(before, sentAt, probe)) {
            breaker.onError(environment.nanoTime() - sentAt, TimeUnit.NANOSECONDS, failure);
        }
    }

    /** What was sent before it opened says nothing about what the probes find, nor against what they have found. */
    private boolean counts(State state, long sentAt, boolean probe) {
        return state == State.HALF_OPEN ? probe : state == State.CLOSED && sentAt - closedAt >= 0;
    }
}
