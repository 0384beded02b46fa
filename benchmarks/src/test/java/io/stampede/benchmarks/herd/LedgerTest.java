package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {

    @TempDir
    Path directory;

    @Test
    void whatOneNodeHasWrittenTheOtherKnows() throws Exception {
        ledger().written(3, 7, 1_000);

        Ledger elsewhere = ledger();
        assertThat(elsewhere.newest(3)).isEqualTo(7);
        assertThat(elsewhere.newest(2)).isZero();
    }

    @Test
    void aValueIsOutdatedSinceTheFirstWriteAfterIt() throws Exception {
        Ledger ledger = ledger();
        for (int version = 1; version <= 5; version++) {
            ledger.written(0, version, 100 * version);
        }

        assertThat(ledger.outdatedMillis(0, 3, 5, 1_000)).isEqualTo(600);
        assertThat(ledger.outdatedMillis(0, 5, 5, 1_000)).isZero();
    }

    @Test
    void aWriteThatReturnedAfterTheReadBeganDoesNotCount() throws Exception {
        Ledger ledger = ledger();
        ledger.written(0, 1, 100);
        long newest = ledger.newest(0);
        ledger.written(0, 2, 200);

        assertThat(ledger.outdatedMillis(0, 1, newest, 300)).isZero();
    }

    @Test
    void ofManyWritesTheEarliestThatIsRememberedCounts() throws Exception {
        Ledger ledger = ledger();
        for (int version = 1; version <= 1_000; version++) {
            ledger.written(0, version, version);
        }

        assertThat(ledger.outdatedMillis(0, 1, 1_000, 1_000)).isBetween(60L, 64L);
    }

    private Ledger ledger() throws Exception {
        return new Ledger(directory.resolve("ledger"), 4);
    }
}
