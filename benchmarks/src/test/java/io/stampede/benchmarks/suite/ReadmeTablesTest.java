package io.stampede.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** No figure of the README's tables that the kept results do not hold. Mend with {@link ReadmeTables}. */
class ReadmeTablesTest {

    @Test
    void theReadmeHasWhatTheKeptResultsSay() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        assertThat(readme).isEqualTo(ReadmeTables.written(readme, Path.of("results")));
    }
}
