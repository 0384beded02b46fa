package io.stampede.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadsTest {

    @Test
    void theReadsOfAllNodesAreTakenTogether() throws Exception {
        Reads reads = Reads.merge(List.of(node(1, 10, 100), node(11, 100, 2_000)));

        assertThat(reads.total()).isEqualTo(100);
        assertThat(reads.oldestMillis()).isEqualTo(2_000);
        assertThat(reads.longerThan(TimeUnit.MILLISECONDS.toNanos(91))).isEqualTo(10);
        assertThat(percentile("p50", reads)).isBetween(49e6, 51e6);
        assertThat(percentile("p90", reads)).isBetween(89e6, 91e6);
        assertThat(percentile("max", reads)).isBetween(99e6, 101e6);
    }

    private static String node(int fromMillis, int toMillis, long age) {
        Reads.Recorder recorder = new Reads.Recorder();
        for (int millis = fromMillis; millis <= toMillis; millis++) {
            recorder.record(TimeUnit.MILLISECONDS.toNanos(millis), age);
        }
        return recorder.reads().encoded();
    }

    private static double percentile(String title, Reads reads) {
        return Percentile.ALL.stream()
                .filter(percentile -> percentile.title().equals(title))
                .findFirst()
                .orElseThrow()
                .of(reads.latencies());
    }
}
