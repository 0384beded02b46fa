package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.benchmarks.scale.Growth;
import io.stampede.benchmarks.scale.Model;
import io.stampede.benchmarks.scale.Protection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {

    @Test
    void theTerminalHasAFigureOfEachContenderInEachAct() throws Exception {
        assertThat(new Report(outcome()).text())
                .contains("A cold hot key", "by hand", "Stampede", "1 Timeout", "PostgreSQL")
                .contains("jitter(0.5)");
    }

    @Test
    void theDataCanBeReadAgain(@TempDir Path directory) throws Exception {
        new Report(outcome()).write(directory.resolve("not/there"));

        assertThat(new JsonMapper()
                        .readValue(Files.readString(directory.resolve("not/there/herd.json")), Outcome.class))
                .isEqualTo(outcome());
        assertThat(Files.readString(directory.resolve("not/there/index.html"))).contains("A cold hot key");
    }

    @Test
    void littleIsNotTakenForNothing() {
        assertThat(Report.percent(0, 0)).isEqualTo("0");
        assertThat(Report.percent(0.001, 1)).isEqualTo("< 0.01 %");
        assertThat(Report.percent(1.234, 5)).isEqualTo("1.23 %");
        assertThat(Report.percent(65.4, 5)).isEqualTo("65 %");
    }

    private static Outcome outcome() throws Exception {
        Played played = new Played(
                "cold-key",
                "A cold hot key",
                "What happens.",
                "jitter(0.5)",
                false,
                List.of(row("by-hand", "by hand"), row("stampede", "Stampede")));
        return new Outcome(
                "2026-11-24",
                "2 processors",
                "Java 17",
                List.of("Redis 7", "PostgreSQL 14"),
                "command",
                "load",
                List.of(played),
                List.of(new Growth.Point(10, Protection.STAMPEDE.title(), new Model.Figures(1, 2, 3, 4, 5))));
    }

    private static Row row(String id, String label) throws Exception {
        Seen.Recorder recorder = new Seen.Recorder();
        recorder.read(0, TimeUnit.MILLISECONDS.toNanos(200), 1_500);
        recorder.failed(0, 1, "Timeout");
        Timeline timeline = new Timeline(List.of(new Sample(0, 0, 0), new Sample(TimeUnit.SECONDS.toNanos(1), 192, 8)));
        return Row.of(
                id,
                label,
                timeline,
                List.of(recorder.seen(List.of(new Load(1, 1, 0, 1)))),
                Duration.ofSeconds(1),
                0,
                1_000);
    }
}
