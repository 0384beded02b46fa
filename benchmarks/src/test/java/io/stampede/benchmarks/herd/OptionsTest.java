package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stampede.benchmarks.contender.ContenderKind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    @Test
    void withoutOptionsEverythingIsPlayed() {
        Options options = Options.parse();

        assertThat(options.acts()).isEqualTo(Acts.ALL);
        assertThat(options.contenders())
                .startsWith(ContenderKind.BY_HAND)
                .endsWith(ContenderKind.STAMPEDE)
                .hasSize(6);
        assertThat(options.allCallers()).isEqualTo(100);
        assertThat(options.directory().toString()).endsWith("herd");
        assertThat(options.help()).isFalse();
    }

    @Test
    void theCommandLineWins() {
        Options options = Options.parse(
                "--nodes",
                "2",
                "--callers",
                "8",
                "--connections",
                "3",
                "--database",
                "h2",
                "--acts",
                "storm,expiry",
                "--contenders",
                "stampede,set-nx,stampede",
                "--quick",
                "--out",
                "there");

        assertThat(options.nodes()).isEqualTo(2);
        assertThat(options.callers()).isEqualTo(8);
        assertThat(options.connections()).isEqualTo(3);
        assertThat(options.database()).isEqualTo(Options.DatabaseChoice.H2);
        assertThat(options.acts()).extracting(Act::id).containsExactly("storm", "expiry");
        assertThat(options.contenders()).containsExactly(ContenderKind.STAMPEDE, ContenderKind.SET_NX);
        assertThat(options.directory()).isEqualTo(Path.of("there"));
    }

    @Test
    void aQuickRunHasLess() {
        Options quick = Options.parse("--quick");

        assertThat(quick.scaled(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(4));
        assertThat(quick.keys(2_000)).isEqualTo(500);
        assertThat(Options.parse().keys(2_000)).isEqualTo(2_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "expiry,", "nope"})
    void anActThatDoesNotExistIsRefused(String acts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--acts", acts))
                .withMessageContaining("--acts")
                .withMessageContaining("cold-key");
    }

    @Test
    void whatSharesNothingCanNotTakePart() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--contenders", "caffeine"))
                .withMessageContaining("by-hand");
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--out"))
                .withMessageContaining("--out");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--nope"))
                .withMessageContaining("--nope");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--nodes", "17"))
                .withMessageContaining("from 1 to 16");
    }

    @Test
    void helpNamesEveryOptionAndEveryAct() {
        assertThat(Options.parse("--help").help()).isTrue();
        assertThat(Options.HELP)
                .contains("--acts", "--contenders", "--nodes", "--callers", "--connections", "--database", "--quick")
                .contains("--out", "--help");
        assertThat(Acts.ALL).allSatisfy(act -> assertThat(Options.HELP).contains(act.id(), act.title()));
    }
}
