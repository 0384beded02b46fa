package io.stampede.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CalmTest {

    private static final long FIRST = 100;
    private static final long BINS = Calm.BINS;

    private final List<Bin> bins = new ArrayList<>();
    private final Map<Long, Long> loads = new HashMap<>();
    private final Calm calm = Calm.asIn(List.of(), Map.of(), 40);

    private void bins(long from, long count, long failed, long slow) {
        LongStream.range(from, from + count).forEach(bin -> bins.add(new Bin(bin, 300, failed, slow, 20)));
    }

    @Test
    void itBeginsWhereOneTtlIsGood() {
        bins(FIRST, 3, 1, 0);
        bins(FIRST + 3, 2, 0, 100);
        bins(FIRST + 5, BINS + 4, 0, 3);

        assertThat(calm.since(FIRST, bins, loads)).hasValue(FIRST + 5);
    }

    @Test
    void itIsNotBeforeTheGivenTime() {
        bins(FIRST, 3 * BINS, 0, 0);

        assertThat(calm.since(FIRST + 4, bins, loads)).hasValue(FIRST + 4);
    }

    @Test
    void lessThanOneTtlIsNotEnough() {
        bins(FIRST, BINS - 1, 0, 0);

        assertThat(calm.since(FIRST, bins, loads)).isEmpty();
    }

    @Test
    void aTimeInWhichNobodyHasLookedIsNotCalm() {
        bins(FIRST, BINS / 2, 0, 0);
        bins(FIRST + BINS / 2 + 1, BINS / 2, 0, 0);

        assertThat(calm.since(FIRST, bins, loads)).isEmpty();
    }

    @Test
    void tooManyLoadsAreNotCalm() {
        bins(FIRST, BINS + 1, 0, 0);
        loads.put(FIRST, 61L);

        assertThat(calm.since(FIRST, bins, loads)).hasValue(FIRST + 1);
        loads.put(FIRST, 60L);
        assertThat(calm.since(FIRST, bins, loads)).hasValue(FIRST);
    }

    @Test
    void whatWasWorseBeforeNeedNotBecomeBetter() {
        bins(FIRST, BINS, 0, 8);
        loads.put(FIRST, 70L);
        assertThat(calm.since(FIRST, bins, loads)).isEmpty();

        Calm busy = Calm.asIn(List.of(new Bin(1, 300, 0, 6, 90)), Map.of(1L, 6L), 40);

        assertThat(busy.since(FIRST, bins, loads)).hasValue(FIRST);
    }

    @Test
    void callersNoticeAFailureAndManySlowReads() {
        assertThat(Calm.isNoticed(new Bin(1, 300, 0, 3, 500))).isFalse();
        assertThat(Calm.isNoticed(new Bin(1, 300, 1, 0, 5))).isTrue();
        assertThat(Calm.isNoticed(new Bin(1, 300, 0, 4, 70))).isTrue();
    }
}
