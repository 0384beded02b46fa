package io.stampede.benchmarks.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScaleTest {

    @Test
    void marksAreRoundNumbersUpToTheFirstThatIsNotLower() {
        assertThat(Scale.upTo(96, 4).marks()).containsExactly(0.0, 50.0, 100.0);
        assertThat(Scale.upTo(3, 4).marks()).containsExactly(0.0, 1.0, 2.0, 3.0);
        assertThat(Scale.upTo(0, 4).marks()).containsExactly(0.0, 1.0);
        assertThat(Scale.upTo(619, 4).highest()).isEqualTo(800);
    }

    @Test
    void theAxisOfTimeEndsWhereTheActDoes() {
        Scale scale = Scale.endingAt(2.7, 12);

        assertThat(scale.highest()).isEqualTo(2.7);
        assertThat(scale.marks()).startsWith(0.0, 0.5).endsWith(2.5);
    }
}
