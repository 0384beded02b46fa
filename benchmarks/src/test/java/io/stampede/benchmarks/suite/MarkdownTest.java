package io.stampede.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.benchmarks.contender.ContenderKind;
import io.stampede.benchmarks.suite.CommandMonitor.Commands;
import io.stampede.benchmarks.suite.Question.Asked;
import io.stampede.benchmarks.suite.Results.Answer;
import io.stampede.benchmarks.suite.Results.Memory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkdownTest {

    private static final Question QUESTION = new Question(
            "A put", WriteBenchmark.class, "put", Map.of(), 2, Asked.of(ContenderKind.BY_HAND, ContenderKind.STAMPEDE));

    private static final Commands ONE = new Commands(1, 0);

    private static final Results RESULTS = new Results(
            new Machine(2, "a processor", "a JVM", Map.of("lettuce", "6.8.2")),
            "./mvnw -q -Pbench",
            2,
            List.of(Answer.of(
                    QUESTION,
                    List.of(
                            List.of(new Measured(40_000, 20_000, 1_200, 150, 5_000), took(40_000)),
                            List.of(took(50_000), took(80_000))))),
            List.of(new Memory("Caffeine", 122.4, 0), new Memory("Stampede", 168.9, 46.5)),
            List.of(new CommandCount(
                    ContenderKind.STAMPEDE, new Commands(0, 0), ONE, new Commands(3, 11), ONE, new Commands(1, 4.5))));

    private static Measured took(double nanos) {
        return new Measured(nanos, 20_000, 1_200, 150, 5_000);
    }

    @Test
    void aRatioThatSpreadsWidelyIsInItalics() {
        assertThat(new Markdown(RESULTS).all())
                .contains(
                        "| A put, 2 threads | by hand | 1.00 (1.00 to 1.00) | 1.00 (1.00 to 1.00) | 40.0 µs | 20.0 µs |")
                .contains("|  | Stampede | *0.65 (0.50 to 0.80)* | 1.00 (1.00 to 1.00) | 65.0 µs |")
                .contains("| Stampede | 169 | 47 |")
                .contains("| Stampede | 0 | 1 | 3 (11) | 1 | 1 (4.5) |  |");
    }

    @Test
    void whatIsKeptIsReadAsItWasWritten(@TempDir Path directory) {
        Path file = directory.resolve(ShortProfile.FILE);
        Json.write(RESULTS, file);
        assertThat(Json.read(file)).isEqualTo(RESULTS);
    }
}
