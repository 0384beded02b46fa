package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** P12: what the store does not know of yet is kept until it has been told, and bounded. */
class OutboxTest {

    private final Outbox outbox = new Outbox(3);

    @Test
    void aKeyIsHeldUntilItIsSettled() {
        assertThat(outbox.isEmpty()).isTrue();
        assertThat(outbox.add("a", 0)).isTrue();
        assertThat(outbox.isEmpty()).isFalse();
        assertThat(outbox.holds("a")).isTrue();
        assertThat(outbox.holds("b")).isFalse();
        outbox.settle("a", outbox.ticket("a"));
        assertThat(outbox.holds("a")).isFalse();
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void whatCameAfterTheTicketStays() {
        outbox.add("a", 0);
        Outbox.Ticket early = outbox.ticket("a");
        outbox.add("a", 0);
        outbox.settle("a", early);
        assertThat(outbox.holds("a")).isTrue();
        outbox.settle("a", null);
        assertThat(outbox.holds("a")).isTrue();
        outbox.settle("a", outbox.ticket("a"));
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void thereIsRoomForSoManyKeysAndNoMore() {
        assertThat(outbox.add("a", 0) && outbox.add("b", 0) && outbox.add("c", 0))
                .isTrue();
        assertThat(outbox.add("d", 0)).isFalse();
        assertThat(outbox.add("a", 0)).as("a key that is there already").isTrue();
        assertThat(outbox.dueKeys(0)).containsOnlyKeys("a", "b", "c");
    }

    @Test
    void aClearTakesAllKeysWithIt() {
        outbox.add("a", 0);
        outbox.addClear(0);
        assertThat(outbox.dueKeys(0)).isEmpty();
        assertThat(outbox.holds("a")).isTrue();
        assertThat(outbox.holds("any other")).isTrue();
        assertThat(outbox.awaitsClear()).isTrue();
        outbox.settleClear(outbox.clearTicket());
        assertThat(outbox.isEmpty()).isTrue();
        assertThat(outbox.holds("a")).isFalse();
    }

    @Test
    void aKeyThatCameWhileTheClearWasOnItsWayIsNotSettledByIt() {
        outbox.addClear(0);
        Outbox.Ticket onItsWay = outbox.clearTicket();
        assertThat(outbox.add("a", 0)).isTrue();
        outbox.settleClear(onItsWay);
        assertThat(outbox.holds("a")).isTrue();
        assertThat(outbox.isEmpty()).isFalse();
    }

    @Test
    void aClearThatCameLaterIsNotSettledByAnEarlierOne() {
        outbox.addClear(0);
        Outbox.Ticket early = outbox.clearTicket();
        outbox.addClear(0);
        outbox.settleClear(early);
        assertThat(outbox.awaitsClear()).isTrue();
        outbox.settleClear(null);
        assertThat(outbox.awaitsClear()).isTrue();
    }
}
