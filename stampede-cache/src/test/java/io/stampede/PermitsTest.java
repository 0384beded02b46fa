package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** P3: no more at a time than there are permits, and each that is given back goes to who has waited longest. */
class PermitsTest {

    private final Permits permits = new Permits(2);
    private final List<String> taken = new ArrayList<>();

    private boolean ask(String name) {
        return permits.takeOrWait(() -> taken.add(name));
    }

    @Test
    void thereAreSoManyAndNoMore() {
        assertThat(ask("a")).isTrue();
        assertThat(ask("b")).isTrue();
        assertThat(permits.taken()).isEqualTo(2);
        assertThat(permits.inLine()).isZero();
        assertThat(ask("c")).isFalse();
        assertThat(permits.taken()).isEqualTo(2);
        assertThat(permits.inLine()).isEqualTo(1);
    }

    @Test
    void oneThatIsGivenBackGoesToTheFirstInLine() {
        ask("a");
        ask("b");
        ask("c");
        ask("d");
        permits.giveBack();
        assertThat(taken).containsExactly("c");
        assertThat(permits.taken()).isEqualTo(2);
        assertThat(permits.inLine()).isEqualTo(1);
    }

    @Test
    void whoDoesNotWantItAnyMoreIsPassedOver() {
        ask("a");
        ask("b");
        permits.takeOrWait(() -> false);
        ask("d");
        permits.giveBack();
        assertThat(taken).containsExactly("d");
        assertThat(permits.inLine()).isZero();
    }

    @Test
    void whatNobodyWaitsForIsFree() {
        ask("a");
        ask("b");
        permits.giveBack();
        assertThat(permits.taken()).isEqualTo(1);
        assertThat(ask("c")).isTrue();
        assertThat(taken).isEmpty();
    }
}
