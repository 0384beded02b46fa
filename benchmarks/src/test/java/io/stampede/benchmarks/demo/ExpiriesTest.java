package io.stampede.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExpiriesTest {

    @Test
    void queriesBelongTogetherUntilHalfATtlHasPassedWithoutAny() {
        Expiries expiries = new Expiries(Duration.ofSeconds(1), 5, 0);

        expiries.observe(5, millis(100));
        expiries.observe(7, millis(200));
        expiries.observe(8, millis(600));
        assertThat(expiries.finished(millis(1_000))).isZero();
        assertThat(expiries.finished(millis(1_200))).isEqualTo(1);
        expiries.observe(9, millis(1_300));

        assertThat(expiries.queries()).containsExactly(3L, 1L);
        assertThat(expiries.finished(millis(1_300))).isEqualTo(1);
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
