package io.stampede.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.benchmarks.contender.ContenderKind;
import io.stampede.benchmarks.suite.CommandMonitor.Commands;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class CommandCountTest {

    private static final Commands NONE = new Commands(0, 0);

    @Test
    void aReadThroughByHandIsAGetAndASet() throws Exception {
        CommandCount count = CommandCount.of(ContenderKind.BY_HAND);
        assertThat(count.localHit()).isEqualTo(NONE);
        assertThat(count.redisHit()).isEqualTo(new Commands(1, 0));
        assertThat(count.miss()).isEqualTo(new Commands(2, 0));
        assertThat(count.put()).isEqualTo(new Commands(1, 0));
        assertThat(count.invalidate()).isEqualTo(new Commands(1, 0));
    }

    /** What the scripts do beside may change; what is sent is a promise. */
    @Test
    void aMissOfStampedeIsThreeCommandsAndAWriteIsOne() throws Exception {
        CommandCount count = CommandCount.of(ContenderKind.STAMPEDE);
        assertThat(count.localHit()).isEqualTo(NONE);
        assertThat(count.redisHit()).isEqualTo(new Commands(1, 0));
        assertThat(count.miss().sent()).isEqualTo(3);
        assertThat(count.put().sent()).isEqualTo(1);
        assertThat(count.invalidate().sent()).isEqualTo(1);
        assertThat(count.miss().inScripts()).isPositive();
    }
}
