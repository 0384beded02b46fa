package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** P8: what a node knows of the store's clock brackets it, and freshness is rounded so that it ends early. */
class ServerClockTest {

    private static final long MILLI = 1_000_000;
    private static final long SERVER = 1_790_000_000_000_000L;

    private final ServerClock clock = new ServerClock();

    @Test
    void itMustBeLearnedBeforeItIsAsked() {
        assertThat(clock.isKnown()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> clock.earliestMicros(0));
        clock.learn(0, 0, SERVER);
        assertThat(clock.isKnown()).isTrue();
    }

    @Test
    void aReplyInNoTimeTellsItExactly() {
        clock.learn(5 * MILLI, 5 * MILLI, SERVER);
        assertThat(clock.earliestMicros(5 * MILLI)).isEqualTo(SERVER);
        assertThat(clock.latestMicros(5 * MILLI)).isEqualTo(SERVER);
    }

    @Test
    void aReplyIsUncertainByTheTimeItTook() {
        clock.learn(0, 10 * MILLI, SERVER);
        assertThat(clock.earliestMicros(10 * MILLI)).isEqualTo(SERVER);
        assertThat(clock.latestMicros(10 * MILLI)).isEqualTo(SERVER + 10_000);
    }

    @Test
    void whatSeveralRepliesSayIsIntersected() {
        clock.learn(0, 10 * MILLI, SERVER); // at 10 ms: 0 to 10 ms later
        clock.learn(10 * MILLI, 20 * MILLI, SERVER + 18_000); // at 20 ms: 18 to 28 ms later
        assertThat(clock.earliestMicros(20 * MILLI)).isEqualTo(SERVER + 18_000);
        assertThat(clock.latestMicros(20 * MILLI)).isBetween(SERVER + 20_000, SERVER + 20_011);
    }

    @Test
    void certaintyFadesWithTime() {
        clock.learn(0, 0, SERVER);
        long later = 1_000 * MILLI;
        assertThat(clock.earliestMicros(later)).isLessThan(SERVER + 1_000_000);
        assertThat(clock.latestMicros(later)).isGreaterThan(SERVER + 1_000_000);
        assertThat(clock.latestMicros(later) - clock.earliestMicros(later)).isEqualTo(2_000);
    }

    /** A load may have returned long before the reply by which the clock is known. */
    @Test
    void soItDoesTowardsThePast() {
        clock.learn(1_000 * MILLI, 1_000 * MILLI, SERVER + 1_000_000);
        assertThat(clock.earliestMicros(0)).isEqualTo(SERVER - 1_000);
        assertThat(clock.latestMicros(0)).isEqualTo(SERVER + 1_000);
    }

    @Test
    void aClockThatWasSetForwardIsBelieved() {
        clock.learn(0, 0, SERVER);
        clock.learn(MILLI, MILLI, SERVER + 60_000_000);
        assertThat(clock.earliestMicros(MILLI)).isEqualTo(SERVER + 60_000_000);
        assertThat(clock.latestMicros(MILLI)).isEqualTo(SERVER + 60_000_000);
    }

    @Test
    void aClockThatWasSetBackIsBelieved() {
        clock.learn(0, 0, SERVER);
        clock.learn(MILLI, 3 * MILLI, SERVER - 60_000_000);
        assertThat(clock.earliestMicros(3 * MILLI)).isEqualTo(SERVER - 60_000_000);
        assertThat(clock.latestMicros(3 * MILLI)).isEqualTo(SERVER - 60_000_000 + 2_000);
    }

    @Test
    void itGoesSteadilyUntilAReplyContradicts() {
        clock.learn(0, 5 * MILLI, SERVER);
        assertThat(clock.steadySince()).isEqualTo(5 * MILLI);
        clock.learn(10 * MILLI, 20 * MILLI, SERVER + 15_000);
        assertThat(clock.steadySince()).isEqualTo(5 * MILLI);
        clock.learn(30 * MILLI, 31 * MILLI, SERVER - 60_000_000);
        assertThat(clock.steadySince()).isEqualTo(31 * MILLI);
        clock.heard(40 * MILLI, SERVER);
        assertThat(clock.steadySince()).isEqualTo(40 * MILLI);
    }

    @Test
    void aMessageThatMayBeOldSaysNothing() {
        clock.learn(0, 10 * MILLI, SERVER);
        clock.heard(10 * MILLI, SERVER + 10_000);
        assertThat(clock.earliestMicros(10 * MILLI)).isEqualTo(SERVER);
        assertThat(clock.latestMicros(10 * MILLI)).isEqualTo(SERVER + 10_000);
    }

    /** Nobody knows how long it was under way, so it may be any later time by now. */
    @Test
    void aMessageFromWhatWasBelievedToBeTheFutureLeavesItOpenHowLateItIsUntilTheNextReply() {
        clock.learn(0, 0, SERVER);
        assertThat(clock.isBounded()).isTrue();
        clock.heard(MILLI, SERVER + 60_000_000);
        assertThat(clock.earliestMicros(MILLI)).isEqualTo(SERVER + 60_000_000);
        assertThat(clock.isBounded()).isFalse();
        clock.learn(2 * MILLI, 3 * MILLI, SERVER + 90_000_000);
        assertThat(clock.isBounded()).isTrue();
        assertThat(clock.earliestMicros(3 * MILLI)).isEqualTo(SERVER + 90_000_000);
        assertThat(clock.latestMicros(3 * MILLI)).isEqualTo(SERVER + 90_001_000);
    }

    @Test
    void aMessageAloneTeachesNothing() {
        clock.heard(0, SERVER);
        assertThat(clock.isKnown()).isFalse();
    }

    @Test
    void aMomentOfTheServerIsRoundedEarly() {
        clock.learn(0, 10 * MILLI, SERVER);
        // At our 10 ms the server is at SERVER + 10 ms at the latest: 90 ms are certainly left of 100.
        assertThat(clock.nanosAt(SERVER + 100_000, 10 * MILLI)).isEqualTo(100 * MILLI);
        assertThat(clock.nanosAt(SERVER, 10 * MILLI)).isLessThanOrEqualTo(10 * MILLI);
    }

    @Test
    void momentsFarAwayDoNotOverflow() {
        long now = Long.MAX_VALUE - MILLI;
        clock.learn(now, now, SERVER);
        assertThat(clock.nanosAt(Long.MAX_VALUE, now) - now).isPositive();
        assertThat(clock.nanosAt(0, now) - now).isNegative();
        assertThat(clock.nanosAt(Long.MIN_VALUE, now) - now).isNegative(); // P15: garbage is not fresh
    }

    /** Whatever clocks with a drift within bounds do, the truth lies inside. */
    @Test
    void theTruthLiesBetweenEarliestAndLatest() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ServerClock learned = new ServerClock();
            double rate = 1 + (random.nextDouble() - 0.5) / 1_100; // within a thousandth, against each other
            long origin = random.nextLong() / 4;
            long trueNanos = 0;
            for (int reply = 0; reply < 30; reply++) {
                long sent = trueNanos + random.nextInt(2_000_000_000);
                long served = sent + random.nextInt(50_000_000);
                long received = served + random.nextInt(50_000_000);
                trueNanos = received;
                learned.learn(origin + sent, origin + received, SERVER + (long) (served * rate) / 1_000);
                long asked = received + random.nextInt(2_000_000_000);
                long truth = SERVER + (long) (asked * rate) / 1_000;
                assertThat(learned.earliestMicros(origin + asked))
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(truth + 1);
                assertThat(learned.latestMicros(origin + asked))
                        .as("seed %d", seed)
                        .isGreaterThanOrEqualTo(truth - 1);
            }
        }
    }

    @Test
    void aMomentOfThePastIsRoundedLateByNoMoreThanTheDrift() {
        clock.learn(0, 0, SERVER);
        assertThat(clock.nanosAfter(SERVER, 0)).isZero();
        assertThat(clock.nanosAfter(SERVER - 100_000, 0)).isEqualTo(-100 * MILLI + 100_000);
        // A second later the clocks may be a millisecond apart.
        assertThat(clock.nanosAfter(SERVER, 1_000 * MILLI)).isEqualTo(MILLI + 999_000);
    }

    @Test
    void aMomentThatIsNotOfThePastIsNow() {
        clock.learn(0, 0, SERVER);
        assertThat(clock.nanosAfter(SERVER + 1, 7)).isEqualTo(7);
        assertThat(clock.nanosAfter(SERVER + MILLI, 7)).isEqualTo(7);
    }

    @Test
    void twoRepliesThatHaveOneMomentInCommonAgreeOnIt() {
        clock.learn(0, 10 * MILLI, SERVER);
        clock.learn(0, 10 * MILLI, SERVER + 10_000);
        assertThat(clock.earliestMicros(10 * MILLI)).isEqualTo(SERVER + 10_000);
        assertThat(clock.latestMicros(10 * MILLI)).isEqualTo(SERVER + 10_000);
    }

    @Test
    void whatTheStoresClockHasReachedJustNowIsNow() {
        clock.learn(0, 0, SERVER);
        assertThat(clock.nanosAt(SERVER, 0)).isZero();
    }
}
