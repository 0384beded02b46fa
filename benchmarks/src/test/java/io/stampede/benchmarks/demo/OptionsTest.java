package io.stampede.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    @Test
    void withoutOptionsEverythingIsPlayed() {
        Options options = Options.parse();

        assertThat(options.acts()).containsExactly(1, 2, 3, 4);
        assertThat(options.clients()).isEqualTo(96);
        assertThat(options.page().toString()).endsWith("index.html");
        assertThat(options.help()).isFalse();
    }

    @Test
    void theCommandLineWins() {
        Options options = Options.parse(
                "--nodes", "2", "--threads", "8", "--database", "h2", "--acts", "4,1,4", "--page", "there/page.html");

        assertThat(options)
                .isEqualTo(
                        new Options(2, 8, Options.DatabaseChoice.H2, List.of(1, 4), Path.of("there/page.html"), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "5", "", "1,", "one", "1 2"})
    void anActThatDoesNotExistIsRefused(String acts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--acts", acts))
                .withMessageContaining("--acts")
                .withMessageContaining("from 1 to 4");
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--page"))
                .withMessageContaining("--page");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--nope"))
                .withMessageContaining("--nope");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--nodes", "16", "--threads", "256"))
                .withMessageContaining("4096 clients");
    }

    @Test
    void helpNamesEveryOption() {
        assertThat(Options.parse("--help").help()).isTrue();
        assertThat(Options.HELP).contains("--nodes", "--threads", "--database", "--acts", "--page", "--help");
    }
}
