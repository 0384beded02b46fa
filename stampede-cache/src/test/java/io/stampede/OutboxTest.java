package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Outbox.Item;
import org.junit.jupiter.api.Test;

/** P12: what the store does not know of yet is kept until it has been told, and bounded. */
class OutboxTest {

    private final Outbox outbox = new Outbox(3);

    @Test
    void aKeyIsHeldUntilItIsSettled() {
        assertThat(outbox.isEmpty()).isTrue();
        assertThat(outbox.add(Item.key("a"), 0)).isTrue();
        assertThat(outbox.isEmpty()).isFalse();
        assertThat(outbox.holds("a")).isTrue();
        assertThat(outbox.holds("b")).isFalse();
        outbox.settle(Item.key("a"), outbox.ticket(Item.key("a")));
        assertThat(outbox.holds("a")).isFalse();
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void whatCameAfterTheTicketStays() {
        outbox.add(Item.key("a"), 0);
        Outbox.Ticket early = outbox.ticket(Item.key("a"));
        outbox.add(Item.key("a"), 0);
        outbox.settle(Item.key("a"), early);
        assertThat(outbox.holds("a")).isTrue();
        outbox.settle(Item.key("a"), null);
        assertThat(outbox.holds("a")).isTrue();
        outbox.settle(Item.key("a"), outbox.ticket(Item.key("a")));
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void thereIsRoomForSoManyKeysAndNoMore() {
        assertThat(outbox.add(Item.key("a"), 0) && outbox.add(Item.key("b"), 0) && outbox.add(Item.key("c"), 0))
                .isTrue();
        assertThat(outbox.add(Item.key("d"), 0)).isFalse();
        assertThat(outbox.add(Item.key("a"), 0))
                .as("a key that is there already")
                .isTrue();
        assertThat(outbox.due(0)).containsOnlyKeys(Item.key("a"), Item.key("b"), Item.key("c"));
    }

    @Test
    void aClearTakesAllKeysWithIt() {
        outbox.add(Item.key("a"), 0);
        outbox.addClear(0);
        assertThat(outbox.due(0)).isEmpty();
        assertThat(outbox.holds("a")).isTrue();
        assertThat(outbox.holds("any other")).isTrue();
        assertThat(outbox.awaitsClear()).isTrue();
        outbox.settleClear(outbox.clearTicket());
        assertThat(outbox.isEmpty()).isTrue();
        assertThat(outbox.holds("a")).isFalse();
    }

    @Test
    void aTagAndAKeyOfTheSameNameAreTwo() {
        outbox.add(Item.tag("a"), 0);
        assertThat(outbox.holdsTag("a")).isTrue();
        assertThat(outbox.holds("a")).isFalse();
        outbox.settle(Item.key("a"), outbox.ticket(Item.tag("a")));
        assertThat(outbox.holdsTag("a")).isTrue();
        outbox.settle(Item.tag("a"), outbox.ticket(Item.tag("a")));
        assertThat(outbox.isEmpty()).isTrue();
        outbox.addClear(0);
        assertThat(outbox.holdsTag("any")).isTrue();
    }

    @Test
    void aKeyThatCameWhileTheClearWasOnItsWayIsNotSettledByIt() {
        outbox.addClear(0);
        Outbox.Ticket onItsWay = outbox.clearTicket();
        assertThat(outbox.add(Item.key("a"), 0)).isTrue();
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

    /** A put that is still on its way must not be carried out after what the outbox tells. */
    @Test
    void aLaterWriteOfTheSameKeyIsNotToldBeforeTheEarlierOneIsDue() {
        outbox.add(Item.key("a"), 10);
        outbox.add(Item.key("a"), 5);
        assertThat(outbox.due(9)).isEmpty();
        assertThat(outbox.due(10)).containsOnlyKeys(Item.key("a"));
        outbox.add(Item.key("a"), 20);
        assertThat(outbox.due(19)).isEmpty();
    }

    @Test
    void aClearIsNotToldBeforeTheKeysThatItTakesWithItAreDue() {
        outbox.add(Item.key("a"), 10);
        outbox.addClear(5);
        assertThat(outbox.clearTicket()).matches(ticket -> !ticket.isDue(9)).matches(ticket -> ticket.isDue(10));
    }

    @Test
    void itTellsHowManyWait() {
        outbox.add(Item.key("a"), 0);
        outbox.add(Item.tag("a"), 0);
        assertThat(outbox.size()).isEqualTo(2);
    }

    @Test
    void aTagThatDoesNotWaitIsNotHeld() {
        outbox.add(Item.tag("a"), 0);
        assertThat(outbox.holdsTag("b")).isFalse();
        assertThat(outbox.due(0)).containsOnlyKeys(Item.tag("a"));
    }
}
