package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimelineTest {

    @Test
    void queriesFallIntoTheBinInWhichTheyEnded() {
        Timeline timeline = new Timeline(List.of(at(0, 7, 0), at(50, 17, 0), at(100, 17, 0), at(200, 20, 0)));

        assertThat(timeline.queriesPerBin()).containsExactly(10.0, 3.0);
        assertThat(timeline.queries()).isEqualTo(13);
        assertThat(timeline.peak()).isEqualTo(10);
        assertThat(timeline.mean()).isEqualTo(6.5);
    }

    @Test
    void aLateSampleMakesNoPeak() {
        Timeline timeline = new Timeline(List.of(at(0, 0, 0), at(400, 40, 0)));

        assertThat(timeline.queriesPerBin()).containsExactly(10.0, 10.0, 10.0, 10.0);
    }

    @Test
    void theLastBinMayBeShort() {
        Timeline timeline = new Timeline(List.of(at(0, 0, 0), at(100, 4, 0), at(130, 5, 0)));

        assertThat(timeline.queriesPerBin()).containsExactly(4.0, 1.0);
    }

    @Test
    void concurrencyIsTheHighestSeenInEachBin() {
        Timeline timeline = new Timeline(List.of(at(0, 0, 1), at(10, 0, 9), at(24, 0, 3), at(60, 0, 5), at(70, 0, 2)));

        assertThat(timeline.atATimePer(Duration.ofMillis(25))).containsExactly(9.0, 3.0, 5.0);
        assertThat(timeline.mostAtATime()).isEqualTo(9);
    }

    @Test
    void beginsWithTheLastSampleThatIsNotLater() {
        Timeline timeline = new Timeline(List.of(at(0, 0, 0), at(10, 2, 0), at(20, 5, 0)));

        assertThat(timeline.from(millis(15)).queries()).isEqualTo(3);
        assertThat(timeline.from(millis(-1)).queries()).isEqualTo(5);
        assertThat(timeline.from(millis(99)).queries()).isZero();
    }

    @Test
    void aMomentHasNoBins() {
        Timeline timeline = new Timeline(List.of(at(0, 3, 1)));

        assertThat(timeline.queriesPerBin()).isEmpty();
        assertThat(timeline.peak()).isZero();
        assertThat(timeline.mean()).isZero();
    }

    private static Sample at(long millis, long queries, int atATime) {
        return new Sample(millis(millis), queries, atATime);
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
