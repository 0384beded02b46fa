package io.stampede.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GatheringTest {

    private static final Course COURSE = new Course(0, 1_000, 4_000, 500, "");

    private final Gathering gathering = new Gathering();

    private static Observed observed(long callMillis, String failure) {
        Recorder recorder = new Recorder();
        recorder.read(260, callMillis * 1_000_000, callMillis * 1_000_000, !failure.isEmpty());
        recorder.served("L1");
        if (!failure.isEmpty()) {
            recorder.sourceFailed(failure);
        }
        recorder.oldHere("example");
        recorder.outdated(7);
        return recorder.observed();
    }

    private Row row(Fault fault) {
        return gathering.row(TopologyKind.STANDALONE, fault, COURSE);
    }

    @Test
    void addsUpWhatAllNodesHaveSeen() throws Exception {
        gathering.add(observed(10, ""), true);
        gathering.add(observed(80, "LoadRejectedException"), true);
        gathering.add(new LoadLog.Seen(66, 3, 2, Map.of("a", 2, "b", 5), Map.of(1L, 66L)));

        Row row = row(ServerFault.HUNG);

        assertThat(row.reads()).isEqualTo(2);
        assertThat(row.longest()).isBetween(80e6, 81e6);
        assertThat(row.served()).containsEntry("L1", 2L);
        assertThat(row.oldHere()).isEqualTo(2);
        assertThat(row.longestOutdatedMillis()).isEqualTo(7);
        assertThat(row.example()).isEqualTo("example");
        assertThat(row.mostLoadsAtOnce()).isEqualTo(2);
        assertThat(row.mostOften()).isEqualTo("b, 5 times");
        // Two ttls in four seconds, and three invalidations.
        assertThat(row.loadsNeeded()).isEqualTo(2.0 * Keys.EXPIRING + 3);
        assertThat(row.bins()).containsExactly(new Bin(1, 2, 1, 1, 80));
        assertThat(row.isGood()).isFalse();
    }

    @Test
    void failuresOfTheSourceAreErrorsUnlessTheSourceIsBroken() throws Exception {
        gathering.add(observed(10, "LoadRejectedException"), true);

        assertThat(row(ServerFault.HUNG).errors()).isEqualTo(1);
        assertThat(row(ServerFault.HUNG).allowedErrors()).isZero();
        assertThat(row(SourceFault.SOURCE_FAILS).errors()).isZero();
        assertThat(row(SourceFault.SOURCE_FAILS).allowedErrors()).isEqualTo(1);
    }

    @Test
    void theTimesOfANodeThatIsItselfStoppedDoNotCountItsMistakesDo() throws Exception {
        gathering.add(observed(10, ""), true);
        gathering.add(observed(5_000, ""), false);

        Row row = row(NodeFault.NODE_STOPPED);

        assertThat(row.longest()).isLessThan(20e6);
        assertThat(row.oldHere()).isEqualTo(2);
    }
}
