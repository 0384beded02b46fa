package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

    private final ManualTime time = new ManualTime();
    private final Deadlines deadlines = new Deadlines(time.node(Duration.ZERO));
    private final List<String> missed = new ArrayList<>();

    @AfterEach
    void close() {
        time.close();
    }

    private Deadlines.Deadline in(int millis) {
        return deadlines.in(millis * 1_000_000L, () -> missed.add(millis + " ms"));
    }

    @Test
    void eachIsMissedAtItsOwnMomentInWhateverOrderTheyWereSet() {
        in(20);
        in(10);
        in(30);
        time.pass(Duration.ofMillis(10).minusNanos(1));
        assertThat(missed).isEmpty();
        time.pass(Duration.ofNanos(1));
        assertThat(missed).containsExactly("10 ms");
        time.pass(Duration.ofMillis(10));
        assertThat(missed).containsExactly("10 ms", "20 ms");
        time.pass(Duration.ofMillis(10));
        assertThat(missed).containsExactly("10 ms", "20 ms", "30 ms");
    }

    @Test
    void whatIsCancelledIsNotMissedAndThoseAfterItAre() {
        Deadlines.Deadline first = in(10);
        in(20);
        first.cancel();
        time.pass(Duration.ofMillis(20));
        assertThat(missed).containsExactly("20 ms");
    }

    @Test
    void aThousandCallsThatEndInTimeSetOneTimerAndWhenAllHaveEndedNone() {
        for (int i = 0; i < 1_000; i++) {
            in(10).cancel();
        }
        assertThat(time.timersSet()).isEqualTo(1);
        time.pass(Duration.ofMillis(10));
        assertThat(time.timersSet()).isZero();
        assertThat(missed).isEmpty();
    }

    @Test
    void whatIsSetWhenAnotherIsMissedIsWatchedToo() {
        deadlines.in(1_000_000, () -> in(5));
        time.pass(Duration.ofMillis(6));
        assertThat(missed).containsExactly("5 ms");
    }

    @Test
    void onceClosedNoTimerOutlivesWhatItWatches() {
        in(10).cancel();
        Deadlines.Deadline last = in(10);
        deadlines.close();
        assertThat(time.timersSet()).isEqualTo(1);
        last.cancel();
        assertThat(time.timersSet()).isZero();
        in(10);
        time.pass(Duration.ofMillis(10));
        assertThat(missed).containsExactly("10 ms");
        assertThat(time.timersSet()).isZero();
    }
}
