package io.stampede.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    @Test
    void withoutOptionsEveryFaultOfEveryTopologyIsPlayed() {
        Options options = Options.parse();

        assertThat(options.topologies()).isEqualTo(TopologyKind.embedded());
        for (TopologyKind topology : options.topologies()) {
            assertThat(options.faultsOf(topology)).isEqualTo(topology.faults());
        }
        assertThat(options.usualLength()).isEqualTo(Duration.ofSeconds(4));
        assertThat(options.redis()).isNull();
    }

    @Test
    void faultsAreChosenByName() {
        Options options = Options.parse("--topology", "cluster,zones", "--fault", "slots-move,node-killed");

        assertThat(options.faultsOf(TopologyKind.CLUSTER))
                .containsExactly(ClusterFault.SLOTS_MOVE, NodeFault.NODE_KILLED);
        assertThat(options.faultsOf(TopologyKind.ZONES)).containsExactly(NodeFault.NODE_KILLED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://localhost:6379", "redis://127.0.0.1", "redis://user:secret@[::1]:7000/3"})
    void aRedisOfThisMachineIsTaken(String uri) {
        assertThat(Options.parse("--redis", uri, "--fault", "slow").topologies())
                .containsExactly(TopologyKind.OWN);
    }

    @Test
    void aRedisElsewhereMustBeAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--redis", "redis://192.0.2.1:6379", "--fault", "slow"))
                .withMessageContaining("--allow-remote");
        assertThat(Options.parse("--redis", "redis://192.0.2.1:6379", "--fault", "slow", "--allow-remote")
                        .redis())
                .isEqualTo("redis://192.0.2.1:6379");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hung", "oom", "killed-empty", "flushall", "primary-killed"})
    void nobodysOwnRedisIsBrokenFromInside(String fault) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--redis", "redis://localhost:6379", "--fault", fault))
                .withMessageContaining(fault);
    }

    @Test
    void whoNamesARedisMustNameTheFaults() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--redis", "redis://localhost:6379"))
                .withMessageContaining("--fault");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis-sentinel://a?sentinelMasterId=b", "rediss://localhost", "localhost:6379", "no uri"})
    void whatIsNoAddressOfASingleRedisIsRefused(String uri) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--redis", uri, "--fault", "slow"))
                .withMessageContaining("--redis");
    }

    @Test
    void timesAreBounded() {
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse("--seconds", "61"));
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse("--seconds", "0"));
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse("--minutes", "121"));
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--fault", "rain"))
                .withMessageContaining("rain");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--topology", "own"))
                .withMessageContaining("standalone");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--nope"))
                .withMessageContaining("--nope");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--out"))
                .withMessageContaining("--out");
    }

    @Test
    void helpNamesEveryOption() {
        assertThat(Options.HELP)
                .contains(
                        "--topology",
                        "--fault",
                        "--seconds",
                        "--minutes",
                        "--out",
                        "--list",
                        "--help",
                        "--redis",
                        "--allow-remote");
    }

    @ParameterizedTest
    @EnumSource
    void theListNamesEveryFaultOnce(TopologyKind topology) {
        assertThat(topology.faults())
                .extracting(Fault::id)
                .doesNotHaveDuplicates()
                .isNotEmpty();
        topology.faults()
                .forEach(fault ->
                        assertThat(Options.listing()).contains(fault.id()).contains(fault.title()));
    }
}
