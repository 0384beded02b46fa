package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RowTest {

    private static final Duration TTL = Duration.ofSeconds(1);

    @Test
    void whatTheNodesHaveSeenIsTakenTogether() throws Exception {
        Row row = row(node(1, 60, "Timeout"), node(40, 600, "Timeout"));

        assertThat(row.reads()).isEqualTo(6);
        assertThat(row.late()).isEqualTo(2);
        assertThat(row.veryLate()).isEqualTo(1);
        assertThat(row.max()).isBetween(599.0, 601.0);
        assertThat(row.stale()).isEqualTo(2);
        assertThat(row.oldestMillis()).isEqualTo(600);
        assertThat(row.errors()).isEqualTo(Map.of("Timeout", 2));
        assertThat(row.loads().total()).isEqualTo(2);
        assertThat(row.machineLatePercent()).isEqualTo(50);
    }

    @Test
    void troubleIsCountedFromTheBeginning() throws Exception {
        assertThat(row(node(1, 60, "Timeout")).troubledPer100Ms())
                .startsWith(0, 0, 2)
                .hasSize(11);
    }

    @Test
    void theDatabaseIsBelieved() throws Exception {
        Row row = row(node(1, 2, "Timeout"));

        assertThat(row.queries()).isEqualTo(50);
        assertThat(row.peakToMean()).isEqualTo(5);
        assertThat(row.queriesPer100Ms()).startsWith(25, 25, 0).hasSize(10);
    }

    private static Row row(Seen... nodes) throws Exception {
        Timeline timeline = new Timeline(
                List.of(new Sample(0, 0, 0), new Sample(millis(200), 50, 7), new Sample(millis(1_000), 50, 0)));
        return Row.of("by-hand", "by hand", timeline, List.of(nodes), TTL, 10_000, 1_000);
    }

    private static Seen node(long oneMillis, long otherMillis, String error) {
        Seen.Recorder recorder = new Seen.Recorder();
        recorder.read(10_200, millis(oneMillis), 0);
        recorder.read(10_200, millis(otherMillis), otherMillis);
        recorder.failed(10_200, millis(1), error);
        recorder.tick(0);
        recorder.tick(millis(51));
        return recorder.seen(List.of(new Load(1, 1, 0, 1)));
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
