package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.redis.CutOffNode.Missing;
import io.stampede.redis.CutOffNode.Round;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * P6, P7: a node that does not hear of a write, for whatever reason, calls the older value fresh for no longer than
 * {@code suspectAfter}. How much sooner it stops, and when all is as usual again, is printed and not asserted.
 */
class CutOffNodeTest {

    private static final int ROUNDS = 50;

    @ParameterizedTest
    @EnumSource
    void callsNoOlderValueFreshAfterSuspectAfter(Missing missing) throws Exception {
        play(missing, 1);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void neverCallsAnOlderValueFreshAfterSuspectAfter(Missing missing) throws Exception {
        play(missing, ROUNDS);
    }

    private static void play(Missing missing, int rounds) throws Exception {
        List<Round> played = new ArrayList<>();
        try (CutOffNode nodes = new CutOffNode()) {
            for (int round = 0; round < rounds; round++) {
                // Every other write is an invalidation: the node then has to find that there is no value any more.
                played.add(nodes.play(missing, round % 2 == 0));
            }
        }
        Round.print(missing, played);
        assertThat(played)
                .allSatisfy(round -> assertThat(round.lateAndOld())
                        .as("reads begun after suspectAfter that got the older value as a fresh one")
                        .isEmpty());
    }
}
