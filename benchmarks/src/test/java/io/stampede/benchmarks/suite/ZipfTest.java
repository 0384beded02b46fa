package io.stampede.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ZipfTest {

    @Test
    void theFirstIsDrawnTwiceAsOftenAsTheSecondAndTheLastIsDrawnToo() {
        int[] drawn = new int[10];
        Zipf zipf = new Zipf(drawn.length);
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            drawn[zipf.draw(random)]++;
        }
        assertThat((double) drawn[0] / drawn[1]).isBetween(1.9, 2.1);
        assertThat((double) drawn[0] / drawn[9]).isBetween(9.0, 11.0);
    }
}
