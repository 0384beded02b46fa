package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTablesTest {

    @Test
    void theReadmeSaysWhatTheKeptResultsSay() throws Exception {
        Path project = Files.isDirectory(Path.of("benchmarks")) ? Path.of("") : Path.of("..");
        String readme = Files.readString(project.resolve("README.md"));

        assertThat(ReadmeTables.written(readme, project.resolve("benchmarks/results")))
                .isEqualTo(readme);
    }
}
