package io.stampede.benchmarks.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {

    @ParameterizedTest
    @CsvSource({
        "850, 0.9 µs",
        "1640, 1.6 µs",
        "13000, 13 µs",
        "999499, 999 µs",
        "999500, 1.0 ms",
        "9940000, 9.9 ms",
        "9960000, 10 ms",
        "245000000, 245 ms",
        "1204000000, 1.20 s"
    })
    void timesHaveTheUnitThatSuitsThem(double nanos, String shown) {
        assertThat(Figures.time(nanos)).isEqualTo(shown);
    }
}
