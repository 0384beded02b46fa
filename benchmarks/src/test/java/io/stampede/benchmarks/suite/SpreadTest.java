package io.stampede.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void theMedianIsTheOneInTheMiddleOrTheMeanOfTheTwo() {
        assertThat(Spread.of(3, 1, 2)).isEqualTo(new Spread(2, 1, 3));
        assertThat(Spread.of(4, 1, 2, 10)).isEqualTo(new Spread(3, 1, 10));
    }

    @Test
    void itIsWideWhenTheGreatestAndTheLeastAreFarApart() {
        assertThat(Spread.of(0.9, 1.0, 1.09).isWiderThan(0.2)).isFalse();
        assertThat(Spread.of(0.9, 1.0, 1.11).isWiderThan(0.2)).isTrue();
    }
}
