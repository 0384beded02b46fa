package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.Token;
import org.junit.jupiter.api.Test;

/** P5, P8: whether a load began after the last invalidation of its tag is told by one clock, and in doubt it did not. */
class TagEraTest {

    private static final int PART = 1;
    private static final int OTHER_PART = 2;

    /** Began at 1000 by its part's clock, by 500 of our own at the latest; L2's answer came at 700. */
    private final TagEra era = new TagEra(new Token(0, 1), PART, 1_000, 500, 700, 0);

    @Test
    void whatWasLearnedBeforeTheClaimHadBegunByThen() {
        assertThat(era.coversSince(701, PART, 1)).isTrue();
        assertThat(era.coversSince(700, PART, 1)).isFalse();
    }

    @Test
    void inThePartOfTheTagTheClockOfL2Decides() {
        assertThat(era.coversSince(600, PART, 1_001)).isTrue();
        assertThat(era.coversSince(600, PART, 1_000)).isFalse();
    }

    @Test
    void inAnotherPartOurOwnClockDecides() {
        assertThat(era.coversSince(501, OTHER_PART, 0)).isTrue();
        assertThat(era.coversSince(500, OTHER_PART, 5_000)).isFalse();
    }

    /** Whichever part's times they are: the server's clock was set, or our own has stood still. */
    @Test
    void timesBetweenWhichAClockDidNotGoSteadilyAreNotCompared() {
        TagEra after = new TagEra(new Token(0, 1), PART, 1_000, 500, 700, 650);
        assertThat(after.coversSince(650, PART, 5_000)).isTrue();
        assertThat(after.coversSince(649, PART, 5_000)).isFalse();
        assertThat(after.coversSince(650, OTHER_PART, 0)).isTrue();
        assertThat(after.coversSince(649, OTHER_PART, 0)).isFalse();
    }

    @Test
    void aTagThatWasNeverInvalidatedCoversAll() {
        assertThat(new TagEra(Token.NONE, PART, 0, 500, 700, 0).coversSince(0, PART, 0))
                .isTrue();
    }

    @Test
    void whatIsOverCoversNothing() {
        assertThat(era.isOver()).isFalse();
        era.end();
        assertThat(era.isOver()).isTrue();
        assertThat(era.isCurrent()).isFalse();
        assertThat(era.coversSince(701, PART, 5_000)).isFalse();
    }

    @Test
    void whileItIsInDoubtNothingIsJudgedByIt() {
        assertThat(era.isCurrent()).isTrue();
        era.doubt(true);
        assertThat(era.isCurrent()).isFalse();
        era.doubt(false);
        assertThat(era.isCurrent()).isTrue();
    }

    @Test
    void aTagOfThisNodeAloneCoversAll() {
        assertThat(TagEra.local(5).coversSince(0, PART, 0)).isTrue();
    }
}
