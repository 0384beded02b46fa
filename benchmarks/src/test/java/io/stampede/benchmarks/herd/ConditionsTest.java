package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConditionsTest {

    private static final Conditions PLAIN = new Conditions(Duration.ofSeconds(4), Duration.ofMillis(20));

    @Test
    void theWayToTheNodesChangesNothing() {
        Conditions conditions =
                PLAIN.withJitter(0.5).withStaleOnError(Duration.ofSeconds(3)).withRemoteTimeout(Duration.ofMillis(70));

        assertThat(Conditions.decode(conditions.encoded().split(" ", -1))).isEqualTo(conditions);
    }

    @Test
    void whatStampedeHasBeenToldIsNamed() {
        assertThat(PLAIN.settings()).isEmpty();
        assertThat(PLAIN.withJitter(0.5)
                        .withRemoteTimeout(Duration.ofMillis(70))
                        .settings())
                .isEqualTo("jitter(0.5) remoteTimeout(70 ms)");
    }
}
