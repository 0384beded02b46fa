package io.stampede.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class VersionsTest {

    private final Versions versions = new Versions();

    @Test
    void ownWritesCountAtOnceAndNeverLess() {
        assertThat(versions.oldestHere("k")).isZero();
        versions.writtenHere("k", 5);
        versions.writtenHere("k", 4);

        assertThat(versions.oldestHere("k")).isEqualTo(5);
        assertThat(versions.oldestHere("other")).isZero();
    }

    @Test
    void aValueIsOutdatedSinceTheFirstWriteOfANewerOne() {
        versions.writtenElsewhere("k", 5, 1_000);
        versions.writtenElsewhere("k", 7, 1_400);

        assertThat(versions.outdatedMillis("k", 4, 1_600)).isEqualTo(600);
        assertThat(versions.outdatedMillis("k", 5, 1_600)).isEqualTo(200);
        assertThat(versions.outdatedMillis("k", 7, 1_600)).isZero();
        assertThat(versions.outdatedMillis("other", 0, 1_600)).isZero();
    }

    @Test
    void aReadThatBeganBeforeTheWriteReturnedIsNotOutdated() {
        versions.writtenElsewhere("k", 5, 1_000);

        assertThat(versions.outdatedMillis("k", 4, 999)).isZero();
    }

    @Test
    void whatIsQueuedIsKnownAndDoesNotBind() {
        versions.queuedElsewhere("k", 5);

        assertThat(versions.newest("k")).isEqualTo(5);
        assertThat(versions.outdatedMillis("k", 4, 9_000)).isZero();
        assertThat(versions.oldestHere("k")).isZero();
    }

    @Test
    void theNewestIsOfAllNodes() {
        versions.writtenHere("k", 5);
        versions.writtenElsewhere("k", 6, 1);

        assertThat(versions.newest("k")).isEqualTo(6);
    }

    @Test
    void thoseOfLongAgoAreForgottenAndTheLaterOnesNot() {
        LongStream.rangeClosed(1, 1_000).forEach(version -> versions.writtenElsewhere("k", version, version));

        assertThat(versions.outdatedMillis("k", 999, 1_500)).isEqualTo(500);
        assertThat(versions.outdatedMillis("k", 1, 1_500)).isPositive();
    }
}
