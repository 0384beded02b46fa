package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.math.BigInteger;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** P14: pauses double from the first to the longest, however long these are and however often a key has failed. */
class BackoffPropertyTest {

    private static final String SEED = "20261101";
    private static final long DAY = 86_400_000_000_000L;
    private static final Failure FAILURE = Failure.outage(new IllegalStateException("down"));

    /** A clock that begins anywhere, and a chance that always falls alike. */
    private static final class Fixed implements Environment {
        private final long bits;
        private long now;

        Fixed(long now, long bits) {
            this.now = now;
            this.bits = bits;
        }

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public RandomGenerator random() {
            return () -> bits;
        }

        @Override
        public void fillWithSecureRandom(byte[] bytes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Token newToken() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Executor executor() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Runnable schedule(Runnable task, long delayNanos) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // nothing
        }
    }

    @Property(seed = SEED, tries = 600)
    void eachPauseIsTwiceTheOneBeforeUpToTheLongest(
            @ForAll @LongRange(min = 1, max = DAY) long first,
            @ForAll @LongRange(min = 1, max = DAY) long other,
            @ForAll @IntRange(min = 1, max = 80) int failures,
            @ForAll long start,
            @ForAll long bits) {
        long longest = Math.max(first, other);
        Backoff<String> backoff = new Backoff<>(new Fixed(start, bits), first, longest);
        for (int i = 0; i < failures; i++) {
            long doubled = BigInteger.valueOf(first)
                    .shiftLeft(i)
                    .min(BigInteger.valueOf(longest))
                    .longValueExact();
            long pause = backoff.failed("key", FAILURE);
            assertThat(pause).as("pause %d", i + 1).isBetween((long) (doubled * 0.8) - 1, doubled);
        }
    }

    /** The first pause in a row that would be negative as a number of 64 bits is that after the 31st failure. */
    @Property(seed = SEED, tries = 100)
    void aKeyThatFailsForHoursStaysLeftAlone(@ForAll @LongRange(min = 1, max = 60) long seconds) {
        long first = Duration.ofSeconds(seconds).toNanos();
        Backoff<String> backoff = new Backoff<>(new Fixed(0, 0), first, first);
        for (int i = 0; i < 200; i++) {
            assertThat(backoff.failed("key", FAILURE)).as("pause %d", i + 1).isEqualTo(first);
        }
    }

    @Property(seed = SEED, tries = 500)
    void aPauseEndsWhenItIsOver(
            @ForAll @LongRange(min = 2, max = DAY) long first, @ForAll long start, @ForAll long bits) {
        Fixed environment = new Fixed(start, bits);
        Backoff<String> backoff = new Backoff<>(environment, first, first);
        long pause = backoff.failed("key", FAILURE);
        environment.now = start + pause - 1;
        assertThat(backoff.pauseOf("key")).isNotNull();
        environment.now = start + pause;
        assertThat(backoff.pauseOf("key")).isNull();
    }

    @Property(seed = SEED, tries = 200)
    void aSuccessBeginsAnew(
            @ForAll @LongRange(min = 1, max = DAY) long first, @ForAll @IntRange(min = 1, max = 80) int failures) {
        Backoff<String> backoff = new Backoff<>(new Fixed(0, 0), first, DAY);
        for (int i = 0; i < failures; i++) {
            backoff.failed("key", FAILURE);
        }
        backoff.succeeded("key");
        assertThat(backoff.pauseOf("key")).isNull();
        assertThat(backoff.failed("key", FAILURE)).isEqualTo(first);
    }
}
