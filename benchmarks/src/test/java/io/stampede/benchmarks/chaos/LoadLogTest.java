package io.stampede.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoadLogTest {

    private final LoadLog log = new LoadLog();

    @Test
    void countsLoadsThatOverlapByKey() {
        log.begun("a");
        log.begun("b");
        log.begun("a");
        log.ended("a");
        log.ended("a");
        log.begun("a");
        log.needed(2);

        LoadLog.Seen seen = log.take();

        assertThat(seen.loads()).isEqualTo(4);
        assertThat(seen.needed()).isEqualTo(2);
        assertThat(seen.mostAtOnce()).isEqualTo(2);
        assertThat(seen.byKey()).containsEntry("a", 3).containsEntry("b", 1);
        assertThat(seen.byBin().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(4);
    }

    @Test
    void whatIsRunningWhenItIsTakenGoesOnCounting() {
        log.begun("a");
        log.take();
        log.begun("a");

        LoadLog.Seen seen = log.take();

        assertThat(seen.loads()).isEqualTo(1);
        assertThat(seen.mostAtOnce()).isEqualTo(2);
    }
}
