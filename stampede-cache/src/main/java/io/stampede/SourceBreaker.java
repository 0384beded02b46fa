package io.stampede;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.stampede.spi.Environment;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Leaves the source alone while too many loads fail, and then lets one load find out whether it is back.
 *
 * <p>A permission belongs to the state that gave it: how a load ends that began before the breaker opened says nothing
 * about the source after the pause, and must not make room for a second probe.
 *
 * <p>Thread-safe. It is asked inside steps of {@link LocalTier#change}, and so tells nobody by itself: whoever has asked
 * calls {@link #tell} after the step.
 */
final class SourceBreaker {

    private static final System.Logger LOG = System.getLogger(SourceBreaker.class.getName());
    private static final int WINDOW = 20;
    private static final int LEAST_LOADS = 10;

    private final String cache;
    private final Settings.Breaking options;
    private final Environment environment;
    private final Events events;
    private final CircuitBreaker breaker;
    private final Queue<State> untold = new ConcurrentLinkedQueue<>();
    private final AtomicInteger telling = new AtomicInteger();

    private long stateNumber;
    private volatile long pauseEnd;
    private volatile boolean probing;

    SourceBreaker(String cache, Settings.Breaking options, Environment environment, Events events) {
        this.cache = cache;
        this.options = options;
        this.environment = environment;
        this.events = events;
        this.breaker = CircuitBreaker.of(
                cache,
                CircuitBreakerConfig.custom()
                        .slidingWindow(WINDOW, LEAST_LOADS, SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold((float) (100 * options.failureRate()))
                        .waitDurationInOpenState(Duration.ofNanos(options.pause()))
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .clock(new NodeClock(environment))
                        .currentTimestampFunction(clock -> environment.nanoTime(), TimeUnit.NANOSECONDS)
                        .build());
    }

    /** What a load needs to begin. Ends once, in whichever way comes first. */
    final class Permission {

        private final long itsState;
        private boolean ended;

        private Permission(long itsState) {
            this.itsState = itsState;
        }

        /** The load has not asked the source, or says nothing about it. */
        void giveBack() {
            end(() -> {
                probing = false;
                breaker.releasePermission();
            });
        }

        /**
         * The load has ended.
         *
         * @param failure null if it brought a value, or the news that there is none
         */
        void ended(@Nullable Failure failure) {
            if (failure != null && failure.isRejected()) {
                giveBack();
            } else if (failure != null && failure.isOutage()) {
                // No duration is told, here or below: loads that are slow must not open it.
                end(() -> breaker.onError(0, TimeUnit.NANOSECONDS, failure.cause()));
            } else {
                end(() -> breaker.onSuccess(0, TimeUnit.NANOSECONDS));
            }
        }

        private void end(Runnable how) {
            synchronized (SourceBreaker.this) {
                if (!ended && itsState == stateNumber) {
                    State before = breaker.getState();
                    how.run();
                    noteChangeFrom(before);
                }
                ended = true;
            }
        }
    }

    /** The permission to load, or null. */
    synchronized @Nullable Permission ask() {
        State before = breaker.getState();
        boolean permitted = breaker.tryAcquirePermission();
        noteChangeFrom(before);
        if (!permitted) {
            return null;
        }
        probing = breaker.getState() == State.HALF_OPEN;
        return new Permission(stateNumber);
    }

    /** Whether {@link #ask} would say no; just a look, which takes nothing and may be out of date. */
    boolean isRefusing() {
        return switch (breaker.getState()) {
            case OPEN -> environment.nanoTime() - pauseEnd <= 0;
            case HALF_OPEN -> probing;
            default -> false;
        };
    }

    State state() {
        return breaker.getState();
    }

    Failure refusal(String subject) {
        return Failure.rejected(new LoadRejectedException("The load of " + subject
                + " was refused: too many of the last loads of this cache on this node have failed, and its source is "
                + "left alone for " + pauseMillis() + " ms at a time until one load succeeds (sourceBreaker). The "
                + "failures are to be mended at the source; staleOnError or a fallback would serve callers meanwhile"));
    }

    private long pauseMillis() {
        return options.pause() / 1_000_000;
    }

    private void noteChangeFrom(State before) {
        State now = breaker.getState();
        if (now == before) {
            return;
        }
        stateNumber++;
        probing = false;
        pauseEnd = environment.nanoTime() + pauseMillis() * 1_000_000;
        untold.add(now);
    }

    /** Tells of the changes in their order, on one thread at a time and without a lock. */
    void tell() {
        if (untold.isEmpty() || telling.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            for (State next = untold.poll(); next != null; next = untold.poll()) {
                tell(next);
            }
            seen = telling.addAndGet(-seen);
        } while (seen != 0);
    }

    private void tell(State state) {
        switch (state) {
            case OPEN -> {
                LOG.log(
                        System.Logger.Level.WARNING,
                        () -> "Cache '" + cache + "': too many loads have failed; the source is left alone for "
                                + pauseMillis() + " ms");
                events.tell(listener -> listener.onSourceBreaker(true));
            }
            case CLOSED -> {
                LOG.log(System.Logger.Level.INFO, () -> "Cache '" + cache + "': the source answers again");
                events.tell(listener -> listener.onSourceBreaker(false));
            }
            default -> LOG.log(System.Logger.Level.INFO, () -> "Cache '" + cache + "': one load tries the source");
        }
    }

    /** The node's own clock in the shape that the breaker wants; only differences mean something. */
    private static final class NodeClock extends Clock {

        private final Environment environment;
        private final long start;

        private NodeClock(Environment environment) {
            this.environment = environment;
            this.start = environment.nanoTime();
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(environment.nanoTime() - start);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
