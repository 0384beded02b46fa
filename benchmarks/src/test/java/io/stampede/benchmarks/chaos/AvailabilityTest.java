package io.stampede.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AvailabilityTest {

    /** Of ten seconds. */
    private static Row row(boolean ofTheSource, long normalAfterMillis, long failedBins) {
        List<Bin> bins = LongStream.range(0, 40)
                .mapToObj(bin -> new Bin(bin, 300, bin < failedBins ? 1 : 0, 0, 1))
                .toList();
        return new Row(
                TopologyKind.STANDALONE,
                "",
                "",
                ofTheSource,
                0,
                0,
                1,
                Map.of(),
                Map.of(),
                0,
                0,
                0,
                0,
                0,
                1,
                "",
                0,
                0,
                0,
                0,
                "",
                Map.of(),
                normalAfterMillis,
                "",
                bins,
                Map.of());
    }

    @Test
    void isTheTimeThatNeitherRepairNorOutageTook() {
        Availability availability = Availability.of(List.of(row(false, 1_000, 0), row(false, 3_000, 4)));

        assertThat(availability.mttrMillis()).isEqualTo(2_000);
        assertThat(availability.mtbfMillis()).isEqualTo(8_000);
        assertThat(availability.cluster()).isCloseTo(0.8, within(1e-9));
        assertThat(availability.callers()).isCloseTo(0.95, within(1e-9));
    }

    @Test
    void whatIsNeverNormalIsNotAvailableAtAll() {
        assertThat(Availability.of(List.of(row(false, -1, 0))).cluster()).isZero();
    }

    @Test
    void faultsOfTheSourceAreLeftOut() {
        assertThat(Availability.of(List.of(row(true, 9_000, 40), row(false, 0, 0)))
                        .callers())
                .isEqualTo(1);
    }

    @Test
    void nothingPlayedIsNotUnavailable() {
        assertThat(Availability.of(List.of()).cluster()).isEqualTo(1);
    }
}
