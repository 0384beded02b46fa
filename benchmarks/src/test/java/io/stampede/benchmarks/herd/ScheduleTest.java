package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void everyCallIsMadeForTheMomentItWasDueHoweverLateItIs() throws Exception {
        long start = System.currentTimeMillis() - 60_000;
        List<Long> due = new ArrayList<>();

        new Schedule(start, Duration.ofMillis(10), Duration.ofMillis(40))
                .run(0, 1, (nanos, millis) -> due.add(millis - start));

        assertThat(due).containsExactly(0L, 10L, 20L, 30L);
    }

    @Test
    void aLateCallHasWaitedSinceItWasDue() throws Exception {
        long start = System.currentTimeMillis() - 60_000;
        List<Long> waits = new ArrayList<>();

        new Schedule(start, Duration.ofSeconds(1), Duration.ofSeconds(2))
                .run(0, 1, (nanos, millis) -> waits.add(System.nanoTime() - nanos));

        assertThat(waits.get(0)).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(59));
        assertThat(waits.get(0) - waits.get(1)).isGreaterThan(0);
    }

    @Test
    void callersTakeTurns() throws Exception {
        long start = System.currentTimeMillis() - 60_000;
        List<Long> due = new ArrayList<>();

        new Schedule(start, Duration.ofMillis(10), Duration.ofMillis(20))
                .run(1, 2, (nanos, millis) -> due.add(millis - start));

        assertThat(due).containsExactly(5L, 15L);
    }

    @Test
    void theWayToTheNodesChangesNothing() {
        Schedule schedule = new Schedule(123, Duration.ofNanos(456), Duration.ofMillis(789));
        String[] words = schedule.encoded().split(" ", -1);

        assertThat(Schedule.decode(words[0], words[1], words[2])).isEqualTo(schedule);
    }
}
