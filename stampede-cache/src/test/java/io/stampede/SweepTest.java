package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.Token;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SweepTest {

    private static final Era ERA = new Era(new Token(1, 1), Long.MAX_VALUE, 0);
    private static final int SIZE = 1_000;
    private static final long ROUND = Sweep.PAUSE_NANOS;

    private final ConcurrentMap<Integer, Entry<String>> entries = new ConcurrentHashMap<>();
    private final Sweep<Integer, String> sweep = new Sweep<>(entries);

    private static Entry<String> diesAt(long deadAt) {
        Entry.Life life = new Entry.Life(0, deadAt, deadAt, 0);
        return Entry.of("value", new Token(1, 2), ERA, TagEra.NONE, life, deadAt);
    }

    @Test
    void aQuarterAsManyCallsAsThereAreEntriesDropAllThatIsDeadAndNothingElse() {
        sweep.some(0);
        IntStream.range(0, SIZE).forEach(key -> entries.put(key, diesAt(key % 2 == 0 ? ROUND : ROUND + 1)));
        IntStream.range(0, SIZE / 4).forEach(call -> sweep.some(ROUND));
        assertThat(entries)
                .hasSize(SIZE / 2)
                .allSatisfy((key, entry) -> assertThat(key).isOdd());
    }

    @Test
    void whatDiesLaterIsFoundInALaterRound() {
        sweep.some(0);
        IntStream.range(0, SIZE).forEach(key -> entries.put(key, diesAt(2 * ROUND)));
        IntStream.range(0, SIZE / 4).forEach(call -> sweep.some(ROUND));
        assertThat(entries).hasSize(SIZE);
        IntStream.range(0, SIZE / 4).forEach(call -> sweep.some(2 * ROUND));
        assertThat(entries).isEmpty();
    }

    @Test
    void aSmallTierIsLeftAloneForAWhileAfterEachRound() {
        sweep.some(0);
        entries.put(1, diesAt(1));
        sweep.some(ROUND - 1);
        assertThat(entries).hasSize(1);
        sweep.some(ROUND);
        assertThat(entries).isEmpty();
        entries.put(2, diesAt(1));
        sweep.some(2 * ROUND - 1);
        assertThat(entries).hasSize(1);
        sweep.some(2 * ROUND);
        assertThat(entries).isEmpty();
    }

    @Test
    void anEmptyTierIsSweptWithoutHarm() {
        sweep.some(0);
        sweep.some(ROUND);
        assertThat(entries).isEmpty();
    }
}
