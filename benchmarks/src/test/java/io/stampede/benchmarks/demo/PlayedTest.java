package io.stampede.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.benchmarks.page.Page;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlayedTest {

    private static final Options OPTIONS = Options.parse();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyActHasAFigureOfEachContenderInEachColumn(int number) {
        Played played = played(number);

        Page.Section section = played.section(OPTIONS);

        assertThat(section.table().rows()).hasSize(3);
        assertThat(section.table().rows())
                .allSatisfy(row -> assertThat(row).hasSameSizeAs(section.table().columns()));
        assertThat(section.overTime()).isNotEmpty();
        assertThat(section.latencies().lines()).hasSize(3);
        assertThat(section.finding()).contains("by hand", "with single flight", "with Stampede");
    }

    @Test
    void theTerminalGetsThePercentilesThatSayMost() {
        Played played = played(1);

        assertThat(played.briefTable().columns()).contains("p50", "p99", "max").doesNotContain("p90", "p99.9");
        assertThat(played.section(OPTIONS).table().columns()).contains("p50", "p90", "p99", "p99.9", "max");
    }

    @Test
    void aSentenceListsTheFigures() {
        assertThat(played(1).section(OPTIONS).finding())
                .isEqualTo("A cold hot key costs 96.0 queries by hand, 96.0 with single flight and 96.0 with"
                        + " Stampede.");
    }

    private static Played played(int number) {
        return new Played(
                number,
                Act.ALL.get(number - 1),
                Arrays.stream(ContenderKind.values()).map(PlayedTest::result).toList());
    }

    private static Result result(ContenderKind contender) {
        Timeline timeline = new Timeline(List.of(new Sample(0, 0, 0), new Sample(TimeUnit.SECONDS.toNanos(1), 192, 8)));
        Reads.Recorder recorder = new Reads.Recorder();
        recorder.record(TimeUnit.MILLISECONDS.toNanos(200), 1_500);
        return new Result(contender, timeline, recorder.reads(), List.of(96L, 96L), Duration.ofSeconds(1));
    }
}
