package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.Token;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** P8, P9: an entry is fresh, then stale within the windows, then dead; wherever the node's clock happens to begin. */
class EntryPropertyTest {

    private static final String SEED = "20261101";
    private static final long CENTURY = 36_500L * 86_400_000_000_000L;
    private static final Era ERA = new Era(new Token(1, 1), Long.MAX_VALUE, 0);

    private static Entry<String> entry(long since, long ttl, long window) {
        Entry.Life life = new Entry.Life(since, since + ttl, since + ttl + window, 0);
        return Entry.of("value", new Token(1, 2), ERA, TagEra.NONE, life, since + ttl);
    }

    @Property(seed = SEED)
    void itIsFreshThenStaleThenDead(
            @ForAll long since,
            @ForAll @LongRange(min = 1, max = 1_000_000) long ttl,
            @ForAll @LongRange(max = 1_000_000) long window,
            @ForAll @LongRange(max = 3_000_000) long age) {
        Entry<String> entry = entry(since, ttl, window);
        long now = since + age;
        assertThat(entry.isFresh(now)).isEqualTo(age < ttl);
        assertThat(entry.isHit(ERA, now)).isEqualTo(age < ttl);
        assertThat(entry.isStaleWithin(window, now)).isEqualTo(age >= ttl && age < ttl + window);
        assertThat(entry.isStaleWithin(window / 2, now)).isEqualTo(age >= ttl && age < ttl + window / 2);
        // A window that is larger than the entry's own does not prolong its life.
        assertThat(entry.isStaleWithin(Long.MAX_VALUE, now)).isEqualTo(age >= ttl && age < ttl + window);
        assertThat(entry.isHit(new Era(ERA.generation, Long.MAX_VALUE, 0), now)).isFalse();
        assertThat(entry.age(now).toNanos()).isEqualTo(age);
    }

    @Property(seed = SEED)
    void theLongestTtlAndWindowAreNotTooLong(@ForAll long since, @ForAll @LongRange(max = 2 * CENTURY - 1) long age) {
        Entry<String> entry = entry(since, CENTURY, CENTURY);
        assertThat(entry.isFresh(since + age)).isEqualTo(age < CENTURY);
        assertThat(entry.isStaleWithin(CENTURY, since + age)).isEqualTo(age >= CENTURY);
    }

    @Property(seed = SEED)
    void madeStaleItIsSoFromThenOnAndDiesNoLater(
            @ForAll long since,
            @ForAll @LongRange(min = 1, max = 1_000_000) long ttl,
            @ForAll @LongRange(max = 1_000_000) long window,
            @ForAll @LongRange(max = 3_000_000) long age) {
        Entry<String> entry = entry(since, ttl, window);
        long now = since + age;
        Entry<String> stale = entry.staleFrom(now);
        assertThat(stale.isFresh(now)).isFalse();
        assertThat(stale.isHit(ERA, now)).isFalse();
        assertThat(stale.lifeLeft(now)).isEqualTo(entry.lifeLeft(now));
        assertThat(stale.staleNanos(now)).isEqualTo(Math.max(0, age - ttl));
        assertThat(stale.version()).isEqualTo(entry.version());
    }
}
