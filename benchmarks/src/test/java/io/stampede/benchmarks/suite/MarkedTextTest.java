package io.stampede.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MarkedTextTest {

    private static final String TEXT = "before\n<!-- a: generated -->\nold\n<!-- a: end -->\nafter";

    @Test
    void onlyTheSectionIsReplaced() {
        assertThat(new MarkedText(TEXT).with("a", "new\n").text())
                .isEqualTo("before\n<!-- a: generated -->\nnew\n<!-- a: end -->\nafter");
    }

    @Test
    void aSectionThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> new MarkedText(TEXT).with("b", "new"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("b");
    }
}
