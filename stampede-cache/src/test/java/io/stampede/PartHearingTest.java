package io.stampede;

import static io.stampede.PartHearing.Finding.BEGUN;
import static io.stampede.PartHearing.Finding.MISSED;
import static io.stampede.PartHearing.Finding.NONE;
import static io.stampede.PartHearing.Finding.OTHER_MEMORY;
import static io.stampede.PartHearing.Finding.PENDING;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.PartHearing.Question;
import io.stampede.spi.RemoteTier.Generation;
import io.stampede.spi.Token;
import org.junit.jupiter.api.Test;

/** P7, KNOWN-BUGS 11: what the numbers of messages tell of those that were not heard. */
class PartHearingTest {

    private static final String SERVER = "server";

    private final PartHearing hearing = new PartHearing(false);
    private final Era era = newEra();
    private long clock = 100;

    private static Era newEra() {
        return new Era(new Token(1, 1), 1_000, 0);
    }

    private static Generation says(long sequence) {
        return says(sequence, SERVER);
    }

    private static Generation says(long sequence, String server) {
        return new Generation(new Token(1, 1), sequence, server, 0);
    }

    private Question ask() {
        return hearing.ask(new Proof(era, ++clock, 1));
    }

    private PartHearing.Finding exchange(long sequence) {
        return hearing.answered(ask(), says(sequence));
    }

    /** The bus is up, and L2 has told how far it had counted. */
    private void listenFrom(long base) {
        hearing.up();
        assertThat(exchange(base)).isEqualTo(BEGUN);
    }

    private void assertProvenAt(long at) {
        assertThat(era.provenAt()).isEqualTo(at);
    }

    @Test
    void whoDoesNotListenKnowsNothing() {
        assertThat(hearing.isListening()).isFalse();
        assertThat(exchange(5)).isEqualTo(NONE);
        assertThat(exchange(5)).isEqualTo(NONE);
        assertProvenAt(0);
    }

    @Test
    void theFirstAnswerSaysWhereItBeginsAndTheNextProves() {
        listenFrom(5);
        assertThat(hearing.isListening()).isTrue();
        assertProvenAt(0);
        assertThat(exchange(5)).isEqualTo(NONE);
        assertProvenAt(clock);
    }

    /** It is the moment of the question that is proven, not that of the answer. */
    @Test
    void whatIsProvenIsWhatWasKnownWhenL2WasAsked() {
        listenFrom(0);
        Question question = ask();
        long asked = clock;
        clock += 10;
        assertThat(hearing.answered(question, says(0))).isEqualTo(NONE);
        assertProvenAt(asked);
    }

    @Test
    void messagesInOrderAreNoReasonForDoubt() {
        listenFrom(5);
        assertThat(hearing.heard(6)).isTrue();
        assertThat(hearing.heard(7)).isTrue();
        assertThat(exchange(7)).isEqualTo(NONE);
        assertProvenAt(clock);
    }

    @Test
    void aGapIsNoticed() {
        listenFrom(5);
        assertThat(hearing.heard(6)).isTrue();
        assertThat(hearing.heard(8)).isFalse();
        assertThat(hearing.heard(9)).isTrue();
        assertThat(hearing.heard(8)).as("out of order").isFalse();
    }

    @Test
    void aGapBeforeTheFirstMessageIsNoticed() {
        listenFrom(5);
        assertThat(hearing.heard(7)).isFalse();
    }

    @Test
    void aMessageThatComesTwiceIsNoticed() {
        listenFrom(5);
        assertThat(hearing.heard(6)).isTrue();
        assertThat(hearing.heard(6)).isFalse();
    }

    /** They were told before L2 counted, and are late. */
    @Test
    void messagesFromBeforeTheBeginningAreInOrder() {
        listenFrom(5);
        assertThat(hearing.heard(4)).isTrue();
        assertThat(hearing.heard(5)).isTrue();
        assertThat(exchange(5)).isEqualTo(NONE);
        assertProvenAt(clock);
        assertThat(hearing.heard(6)).isTrue();
        assertThat(hearing.heard(8)).isFalse();
    }

    @Test
    void betweenTheBusAndTheFirstAnswerOnlyAGapIsNoticed() {
        hearing.up();
        assertThat(hearing.heard(41)).as("the first, whatever its number").isTrue();
        assertThat(hearing.heard(42)).isTrue();
        assertThat(hearing.heard(44)).isFalse();
    }

    /** What was heard while the first answer was on its way is beyond it already. */
    @Test
    void theFirstAnswerMayBeBehindWhatWasHeard() {
        hearing.up();
        Question question = ask();
        assertThat(hearing.heard(6)).isTrue();
        assertThat(hearing.heard(7)).isTrue();
        assertThat(hearing.answered(question, says(6))).isEqualTo(BEGUN);
        assertThat(hearing.heard(8)).isTrue();
        assertThat(exchange(8)).isEqualTo(NONE);
        assertProvenAt(clock);
    }

    @Test
    void theFirstAnswerMayBeAheadOfWhatWasHeard() {
        hearing.up();
        Question question = ask();
        assertThat(hearing.heard(5)).isTrue();
        assertThat(hearing.answered(question, says(7))).isEqualTo(BEGUN);
        assertThat(hearing.heard(6)).isTrue();
        assertThat(hearing.heard(7)).isTrue();
        assertThat(hearing.heard(8)).isTrue();
    }

    /** Interleaving 18 */
    @Test
    void thatTheLastMessageIsMissingShowsInTheAnswer() {
        listenFrom(5);
        Question question = ask();
        assertThat(hearing.answered(question, says(6))).isEqualTo(PENDING);
        assertThat(hearing.settle(question)).isEqualTo(MISSED);
        assertProvenAt(0);
        assertThat(exchange(6)).as("from here on nothing is missing").isEqualTo(NONE);
        assertProvenAt(clock);
    }

    @Test
    void aMessageThatWasJustLateIsNotMissing() {
        listenFrom(5);
        Question question = ask();
        long asked = clock;
        assertThat(hearing.answered(question, says(7))).isEqualTo(PENDING);
        assertThat(hearing.heard(6)).isTrue();
        assertThat(hearing.heard(7)).isTrue();
        assertProvenAt(0);
        assertThat(hearing.settle(question)).isEqualTo(NONE);
        assertProvenAt(asked);
    }

    @Test
    void ofTwoLateMessagesOneIsNotEnough() {
        listenFrom(5);
        Question question = ask();
        assertThat(hearing.answered(question, says(7))).isEqualTo(PENDING);
        assertThat(hearing.heard(6)).isTrue();
        assertThat(hearing.settle(question)).isEqualTo(MISSED);
        assertProvenAt(0);
    }

    @Test
    void aLaterQuestionTakesThePlaceOfOneThatIsPending() {
        listenFrom(5);
        Question early = ask();
        assertThat(hearing.answered(early, says(6))).isEqualTo(PENDING);
        Question late = ask();
        assertThat(hearing.answered(late, says(7))).isEqualTo(PENDING);
        assertThat(hearing.settle(early)).isEqualTo(NONE);
        assertProvenAt(0);
        assertThat(hearing.settle(late)).isEqualTo(MISSED);
        assertThat(hearing.settle(late)).as("once is enough").isEqualTo(NONE);
    }

    @Test
    void aLaterAnswerThatProvesSettlesTheOneThatIsPending() {
        listenFrom(5);
        Question early = ask();
        assertThat(hearing.answered(early, says(6))).isEqualTo(PENDING);
        assertThat(hearing.heard(6)).isTrue();
        assertThat(exchange(6)).isEqualTo(NONE);
        long proven = clock;
        assertThat(hearing.settle(early)).isEqualTo(NONE);
        assertProvenAt(proven);
    }

    @Test
    void aBusThatGoesDownLeavesNothingPending() {
        listenFrom(5);
        Question question = ask();
        assertThat(hearing.answered(question, says(6))).isEqualTo(PENDING);
        hearing.down();
        assertThat(hearing.settle(question)).isEqualTo(NONE);
        assertThat(exchange(6)).isEqualTo(NONE);
        assertProvenAt(0);
        hearing.up();
        assertThat(exchange(6)).isEqualTo(BEGUN);
    }

    @Test
    void anotherServerNeedNotKnowWhatThisOneKnew() {
        listenFrom(5);
        assertThat(hearing.answered(ask(), says(5, "another"))).isEqualTo(OTHER_MEMORY);
        assertProvenAt(0);
        assertThat(hearing.answered(ask(), says(5, "another"))).isEqualTo(NONE);
        assertProvenAt(clock);
    }

    @Test
    void aServerThatDoesNotTellItsNameIsNoOther() {
        listenFrom(5);
        assertThat(hearing.answered(ask(), says(5, ""))).isEqualTo(NONE);
        assertProvenAt(clock);
        assertThat(hearing.answered(ask(), says(5))).isEqualTo(NONE);
        assertProvenAt(clock);
    }

    @Test
    void anotherServerIsNoticedThoughOneInBetweenDidNotTellItsName() {
        listenFrom(5);
        assertThat(hearing.answered(ask(), says(5, ""))).isEqualTo(NONE);
        assertThat(hearing.answered(ask(), says(5, "another"))).isEqualTo(OTHER_MEMORY);
    }

    @Test
    void aServerThatHasLostCountHasLostItsMemory() {
        listenFrom(5);
        assertThat(exchange(4)).isEqualTo(OTHER_MEMORY);
        assertThat(hearing.heard(5)).as("the next one of the new count").isTrue();
        assertThat(exchange(5)).isEqualTo(NONE);
        assertProvenAt(clock);
    }

    @Test
    void numbersThatBeginAnewAreNoticed() {
        listenFrom(5);
        assertThat(hearing.heard(6)).isTrue();
        assertThat(hearing.heard(1)).isFalse();
        assertThat(exchange(1)).as("less than what was known").isEqualTo(OTHER_MEMORY);
        assertThat(hearing.heard(2)).isTrue();
    }

    /** The answer was under way while messages came in: that is no going back. */
    @Test
    void anAnswerBehindWhatWasHeardSinceIsNoLossOfMemory() {
        listenFrom(5);
        Question question = ask();
        long asked = clock;
        assertThat(hearing.heard(6)).isTrue();
        assertThat(hearing.heard(7)).isTrue();
        assertThat(hearing.answered(question, says(6))).isEqualTo(NONE);
        assertProvenAt(asked);
    }

    @Test
    void aMessageLostWhileTheAnswerWasOnItsWayLeavesItsEraUnproven() {
        listenFrom(5);
        Question question = ask();
        assertThat(hearing.heard(7)).isFalse();
        assertThat(hearing.answered(question, says(7))).isEqualTo(NONE);
        assertProvenAt(0);
    }

    @Test
    void whetherItHasBegunFollowsTheBusAndTheFirstAnswer() {
        assertThat(hearing.hasBegun()).isFalse();
        assertThat(hearing.isToBegin()).isFalse();
        hearing.up();
        assertThat(hearing.hasBegun()).isFalse();
        assertThat(hearing.isToBegin()).isTrue();
        exchange(5);
        assertThat(hearing.hasBegun()).isTrue();
        assertThat(hearing.isToBegin()).isFalse();
        hearing.down();
        assertThat(hearing.hasBegun()).isFalse();
        assertThat(hearing.isToBegin()).isFalse();
    }

    @Test
    void whereTheTokenIsTheMemoryAnotherTokenIsAnotherMemory() {
        PartHearing part = new PartHearing(true);
        part.up();
        Generation first = new Generation(new Token(1, 1), 5, SERVER, 0);
        Generation other = new Generation(new Token(1, 2), 5, SERVER, 0);
        assertThat(part.answered(part.ask(new Proof(era, 1, 1)), first)).isEqualTo(BEGUN);
        assertThat(part.answered(part.ask(new Proof(era, 2, 1)), first)).isEqualTo(NONE);
        assertThat(part.answered(part.ask(new Proof(era, 3, 1)), other)).isEqualTo(OTHER_MEMORY);
    }

    /** What is settled only after the bus was down has been asked in another stretch of messages. */
    @Test
    void aGapAndANewBeginningDoNotCancelEachOther() {
        listenFrom(5);
        Question early = ask();
        hearing.heard(8);
        hearing.up();
        assertThat(hearing.answered(early, says(8))).isEqualTo(PENDING);
        hearing.heard(8);
        assertThat(hearing.settle(early)).isEqualTo(NONE);
        assertProvenAt(0);
    }

    @Test
    void afterAnotherServerOrAStepBackItCountsFromThere() {
        listenFrom(5);
        assertThat(hearing.answered(ask(), says(2, "other"))).isEqualTo(OTHER_MEMORY);
        assertThat(hearing.answered(ask(), says(2, "other"))).isEqualTo(NONE);
        assertProvenAt(clock);
        assertThat(hearing.answered(ask(), says(1, "other"))).isEqualTo(OTHER_MEMORY);
        assertThat(hearing.answered(ask(), says(1, "other"))).isEqualTo(NONE);
        assertProvenAt(clock);
    }
}
