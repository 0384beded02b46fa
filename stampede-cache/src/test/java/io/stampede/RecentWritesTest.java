package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Outbox.Item;
import org.junit.jupiter.api.Test;

/** P12: what was acknowledged of late is remembered for the whole of the window, and no longer; and bounded. */
class RecentWritesTest {

    private static final long WINDOW = 100;
    private static final Item A = Item.key("a");
    private static final Item B = Item.key("b");
    private static final Item C = Item.key("c");

    private final RecentWrites recent = new RecentWrites(2, WINDOW);

    @Test
    void aWriteIsKeptForTheWindow() {
        recent.add(A, 0);
        assertThat(recent.holds(A, WINDOW)).isTrue();
        assertThat(recent.items(WINDOW)).containsExactly(A);
        assertThat(recent.holds(B, WINDOW)).isFalse();
        assertThat(recent.includesAll(WINDOW)).isFalse();
        assertThat(recent.holds(A, WINDOW + 1)).isFalse();
        assertThat(recent.items(WINDOW + 1)).isEmpty();
    }

    @Test
    void aWriteOfTheSameKeyProlongsItsTime() {
        recent.add(A, 0);
        recent.add(B, 1);
        recent.add(A, 50);
        assertThat(recent.items(WINDOW + 2)).containsExactly(A);
    }

    @Test
    void oneTooManyIsAsIfAllHadBeenWritten() {
        recent.add(A, 0);
        recent.add(B, 0);
        assertThat(recent.includesAll(0)).isFalse();
        recent.add(C, 10);
        assertThat(recent.includesAll(WINDOW + 10)).isTrue();
        assertThat(recent.items(WINDOW + 10)).isEmpty();
        assertThat(recent.holds(Item.key("any"), WINDOW + 10)).isTrue();
        assertThat(recent.includesAll(WINDOW + 11)).isFalse();
        assertThat(recent.holds(A, WINDOW + 11)).isFalse();
    }

    @Test
    void whatIsOverTakesNoRoom() {
        recent.add(A, 0);
        recent.add(B, 0);
        recent.add(C, WINDOW + 1);
        assertThat(recent.includesAll(WINDOW + 1)).isFalse();
        assertThat(recent.items(WINDOW + 1)).containsExactly(C);
    }

    @Test
    void withoutAWindowNothingIsKept() {
        RecentWrites none = new RecentWrites(2, 0);
        none.add(A, 5);
        assertThat(none.holds(A, 5)).isFalse();
        none.addAll(5);
        assertThat(none.includesAll(5)).isFalse();
    }

    /** A thread may look at the clock, be stopped, and only then tell. */
    @Test
    void whoTellsLateOfAnEarlierMomentTakesNoTimeFromALaterOne() {
        recent.add(A, 50);
        recent.add(A, 0);
        assertThat(recent.holds(A, WINDOW + 50)).isTrue();
        recent.addAll(60);
        recent.addAll(0);
        assertThat(recent.includesAll(WINDOW + 60)).isTrue();
    }
}
