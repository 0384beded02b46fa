package io.stampede.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleSupplier;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChanceTest {

    private static final int DRAWS = 20_000;

    private final Chance chance = new Chance(7);

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 5, 400})
    void asManyEventsAsAreExpected(double mean) {
        hasMeanAndVariance(() -> chance.poisson(mean), mean, mean);
    }

    @ParameterizedTest
    @CsvSource({"9, 0.1", "9, 0.9", "999, 0.003", "999, 0.5", "999, 0.998"})
    void asManySuccessesAsAreExpected(int trials, double probability) {
        hasMeanAndVariance(
                () -> chance.binomial(trials, probability),
                trials * probability,
                trials * probability * (1 - probability));
    }

    @Test
    void whatIsCertainHappens() {
        assertThat(chance.binomial(5, 0)).isZero();
        assertThat(chance.binomial(5, 1)).isEqualTo(5);
        assertThat(chance.binomial(0, 0.5)).isZero();
        assertThat(chance.poisson(0)).isZero();
    }

    @Test
    void theSameSeedGivesTheSame() {
        assertThat(new Chance(1).exponential()).isEqualTo(new Chance(1).exponential());
    }

    private static void hasMeanAndVariance(DoubleSupplier draw, double mean, double variance) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            double drawn = draw.getAsDouble();
            sum += drawn;
            squares += (drawn - mean) * (drawn - mean);
        }
        assertThat(sum / DRAWS).isCloseTo(mean, Percentage.withPercentage(3));
        assertThat(squares / DRAWS).isCloseTo(variance, Percentage.withPercentage(8));
    }
}
