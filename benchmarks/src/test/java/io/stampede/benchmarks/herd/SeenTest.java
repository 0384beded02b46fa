package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.benchmarks.process.Histograms;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SeenTest {

    private final Seen.Recorder recorder = new Seen.Recorder();

    @Test
    void aReadIsStaleByMoreThanWhatIsForgiven() {
        recorder.read(0, 1, Seen.STALE_MILLIS);
        recorder.read(0, 1, Seen.STALE_MILLIS + 1);
        recorder.read(0, 1, 900);

        Seen seen = recorder.seen(List.of());
        assertThat(seen.stale()).isEqualTo(2);
        assertThat(seen.oldestMillis()).isEqualTo(900);
    }

    @Test
    void whatIsLateOrFailsIsTroubleWhenItWasDue() {
        recorder.read(250, TimeUnit.MILLISECONDS.toNanos(Seen.LATE_MILLIS), 0);
        recorder.read(250, TimeUnit.MILLISECONDS.toNanos(Seen.LATE_MILLIS) + 1, 0);
        recorder.failed(399, 1, "Timeout");

        Seen seen = recorder.seen(List.of());
        assertThat(seen.troubled()).isEqualTo(Map.of(2L, 1, 3L, 1));
        assertThat(seen.errors()).isEqualTo(Map.of("Timeout", 1));
    }

    @Test
    void readsThatFailHaveTakenTheirTimeToo() throws Exception {
        recorder.read(0, 1_000, 0);
        recorder.failed(0, 2_000, "Timeout");

        assertThat(Histograms.decode(recorder.seen(List.of()).waits()).getTotalCount())
                .isEqualTo(2);
    }

    @Test
    void whatAWriteCostsIsNoRead() throws Exception {
        recorder.error("write: Timeout");

        Seen seen = recorder.seen(List.of());
        assertThat(seen.errors()).containsKey("write: Timeout");
        assertThat(Histograms.decode(seen.waits()).getTotalCount()).isZero();
    }

    @Test
    void theWayBetweenProcessesChangesNothing() {
        recorder.read(100, TimeUnit.SECONDS.toNanos(1), 60);
        recorder.tick(TimeUnit.MILLISECONDS.toNanos(51));
        Seen seen = recorder.seen(List.of(new Load(1, 2, 3, 4)));
        JsonMapper json = new JsonMapper();

        assertThat(json.readValue(json.writeValueAsString(seen), Seen.class)).isEqualTo(seen);
        assertThat(seen.lateTicks()).isEqualTo(1);
    }
}
