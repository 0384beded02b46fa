package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadsTest {

    private static final Duration TTL = Duration.ofSeconds(4);

    @Test
    void loadsThatFollowEachOtherWithinAQuarterOfTheTtlAreOneOccasion() {
        Loads loads = Loads.of(List.of(load(1, 1, 0, 100), load(1, 1, 900, 1_000), load(1, 1, 2_000, 2_100)), TTL);

        assertThat(loads.total()).isEqualTo(3);
        assertThat(loads.occasions()).isEqualTo(2);
        assertThat(loads.mostPerOccasion()).isEqualTo(2);
        assertThat(loads.perOccasion()).isEqualTo(1.5);
    }

    @Test
    void theOrderInWhichNodesTellOfThemDoesNotMatter() {
        assertThat(Loads.of(List.of(load(1, 1, 2_000, 2_100), load(1, 1, 0, 100), load(1, 1, 900, 1_000)), TTL)
                        .occasions())
                .isEqualTo(2);
    }

    @Test
    void anotherKeyOrAnotherVersionIsAnotherOccasion() {
        assertThat(Loads.of(List.of(load(1, 1, 0, 100), load(2, 1, 0, 100), load(1, 2, 0, 100)), TTL)
                        .occasions())
                .isEqualTo(3);
    }

    @Test
    void loadsOfAKeyAreAtOnceIfTheirTimesMeet() {
        assertThat(Loads.of(List.of(load(1, 1, 0, 100), load(1, 2, 50, 150), load(1, 1, 60, 70)), TTL)
                        .atOnce())
                .isEqualTo(3);
        assertThat(Loads.of(List.of(load(1, 1, 0, 100), load(1, 1, 100, 200)), TTL)
                        .atOnce())
                .isEqualTo(1);
        assertThat(Loads.of(List.of(load(1, 1, 0, 100), load(2, 1, 0, 100)), TTL)
                        .atOnce())
                .isEqualTo(1);
    }

    @Test
    void failedOnesAreCounted() {
        assertThat(Loads.of(List.of(load(1, Load.FAILED, 0, 1), load(1, 1, 2, 3)), TTL)
                        .failed())
                .isEqualTo(1);
    }

    @Test
    void ofNoneNothingIsSaid() {
        assertThat(Loads.of(List.of(), TTL)).isEqualTo(new Loads(0, 0, 0, 0, 0));
        assertThat(Loads.of(List.of(), TTL).perOccasion()).isZero();
    }

    private static Load load(long product, long version, long beganMillis, long endedMillis) {
        return new Load(
                product,
                version,
                TimeUnit.MILLISECONDS.toMicros(beganMillis),
                TimeUnit.MILLISECONDS.toMicros(endedMillis));
    }
}
