package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.Token;
import org.junit.jupiter.api.Test;

/** P6, P7: an era is trusted for so long after its last proof, and not a moment longer. */
class EraTest {

    private static final Token GENERATION = new Token(0, 1);

    @Test
    void itIsTrustedForSoLongAfterItsLastProof() {
        Era era = new Era(GENERATION, 100, 0);
        assertThat(era.isTrusted(99)).isTrue();
        assertThat(era.isTrusted(100)).isFalse();
        era.prove(50);
        assertThat(era.isTrusted(149)).isTrue();
        assertThat(era.isTrusted(150)).isFalse();
    }

    @Test
    void theEraOfWhatL2DoesNotKnowOfIsNeverTrusted() {
        Era alone = Era.alone(GENERATION, 7);
        assertThat(alone.isTrusted(7)).isFalse();
        assertThat(alone.generation).isEqualTo(GENERATION);
        assertThat(alone.provenAt()).isEqualTo(7);
    }

    @Test
    void twoErasOfAGenerationAreOfTheSame() {
        Era era = new Era(GENERATION, 100, 0);
        assertThat(era.sameGeneration(new Era(GENERATION, 5, 3))).isTrue();
        assertThat(era.sameGeneration(new Era(new Token(0, 2), 100, 0))).isFalse();
    }
}
