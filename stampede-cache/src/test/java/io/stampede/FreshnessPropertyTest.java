package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;

/** P8, P20: lifetimes and early rebuilds are drawn as promised, for whatever durations. */
class FreshnessPropertyTest {

    private static final String SEED = "20261101";
    private static final long CENTURY = Durations.LONGEST.toNanos();

    private static Freshness freshness(double jitter, double beta) {
        return new Freshness(CENTURY, 0, jitter, beta, Long.MAX_VALUE, 0, 0);
    }

    // ---- lifetimes ------------------------------------------------------------------------------------------------

    @Property(seed = SEED)
    void aLifetimeIsTheTtlLessAShare(
            @ForAll @LongRange(max = Long.MAX_VALUE) long ttl,
            @ForAll @DoubleRange(max = 0.9) double jitter,
            @ForAll long bits) {
        long lifetime = freshness(jitter, 1).drawLifetime(ttl, () -> bits);
        double rounding = 2 * Math.ulp((double) ttl);
        assertThat(lifetime).isBetween(0L, ttl);
        assertThat((double) lifetime).isGreaterThanOrEqualTo((1 - jitter) * ttl - rounding);
    }

    @Property(seed = SEED, tries = 200)
    void withoutJitterItIsTheTtl(@ForAll @LongRange(max = Long.MAX_VALUE) long ttl, @ForAll long bits) {
        assertThat(freshness(0, 1).drawLifetime(ttl, () -> bits)).isEqualTo(ttl);
    }

    /** Kolmogorov's distance to the uniform distribution; it is larger in one of a million samples. */
    @Property(seed = SEED, tries = 50)
    void lifetimesAreSpreadEvenly(
            @ForAll @LongRange(min = 1_000_000, max = Long.MAX_VALUE) long ttl,
            @ForAll @DoubleRange(min = 0.01, max = 0.9) double jitter,
            @ForAll long seed) {
        int samples = 2_000;
        Random random = new Random(seed);
        Freshness freshness = freshness(jitter, 1);
        double[] shares = new double[samples];
        Arrays.setAll(shares, i -> (ttl - freshness.drawLifetime(ttl, random)) / (jitter * ttl));
        Arrays.sort(shares);
        for (int i = 0; i < samples; i++) {
            assertThat(shares[i]).isCloseTo((i + 0.5) / samples, within(2.7 / Math.sqrt(samples)));
        }
    }

    // ---- early rebuilds -------------------------------------------------------------------------------------------

    /** The quick look excludes nothing that a draw could say. */
    @Property(seed = SEED, tries = 1_200)
    void whereADrawSaysSoTheQuickLookDoesToo(
            @ForAll @LongRange(min = 1, max = Long.MAX_VALUE / 2 - 1) long rest,
            @ForAll @LongRange(max = Long.MAX_VALUE) long delta,
            @ForAll @DoubleRange(max = 100) double beta,
            @ForAll @DoubleRange(max = 1, maxIncluded = false) double uniform) {
        Freshness freshness = freshness(0, beta);
        if (freshness.refreshesEarly(rest, delta, uniform)) {
            assertThat(freshness.mayRefreshEarly(rest, Long.MAX_VALUE, delta)).isTrue();
        }
    }

    /** As above, where it matters: just within reach of the largest draw there is. */
    @Property(seed = SEED)
    void norDoesItExcludeTheLargestDraw(
            @ForAll @LongRange(min = 1, max = 1_000_000_000_000L) long delta,
            @ForAll @DoubleRange(min = 0.01, max = 100) double beta) {
        double largest = Math.nextDown(1.0);
        long rest = (long) (-Math.log(1 - largest) * beta * delta);
        Assume.that(rest > 0);
        Freshness freshness = freshness(0, beta);
        assertThat(freshness.refreshesEarly(rest, delta, largest)).isTrue();
        assertThat(freshness.mayRefreshEarly(rest, Long.MAX_VALUE, delta)).isTrue();
    }

    @Property(seed = SEED, tries = 1_200)
    void nothingIsRebuiltInTheFirstHalfOfItsLife(
            @ForAll @LongRange(max = Long.MAX_VALUE) long lifetime,
            @ForAll @LongRange(max = Long.MAX_VALUE) long delta,
            @ForAll @DoubleRange(max = 100) double beta,
            @ForAll @DoubleRange(max = 1) double share) {
        long rest = lifetime - (long) (share * (lifetime / 2));
        Assume.that(rest >= lifetime / 2);
        assertThat(freshness(0, beta).mayRefreshEarly(rest, lifetime, delta)).isFalse();
    }

    @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
    void theCloserTheExpiryTheSooner(
            @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long rest,
            @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long lessRest,
            @ForAll @LongRange(max = Long.MAX_VALUE) long lifetime,
            @ForAll @LongRange(max = Long.MAX_VALUE) long delta,
            @ForAll @DoubleRange(max = 100) double beta,
            @ForAll @DoubleRange(max = 1, maxIncluded = false) double uniform) {
        Freshness freshness = freshness(0, beta);
        long less = Math.min(rest, lessRest);
        if (freshness.refreshesEarly(rest, delta, uniform)) {
            assertThat(freshness.refreshesEarly(less, delta, uniform)).isTrue();
        }
        if (freshness.mayRefreshEarly(rest, lifetime, delta)) {
            assertThat(freshness.mayRefreshEarly(less, lifetime, delta)).isTrue();
        }
    }

    @Property(seed = SEED)
    void withoutEagernessOrALoadThatTakesTimeNothingIsRebuiltEarly(
            @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long rest,
            @ForAll @LongRange(max = Long.MAX_VALUE) long delta,
            @ForAll @DoubleRange(max = 1, maxIncluded = false) double uniform) {
        assertThat(freshness(0, 0).mayRefreshEarly(rest, Long.MAX_VALUE, delta)).isFalse();
        assertThat(freshness(0, 0).refreshesEarly(rest, delta, uniform)).isFalse();
        assertThat(freshness(0, 100).mayRefreshEarly(rest, Long.MAX_VALUE, 0)).isFalse();
        assertThat(freshness(0, 100).refreshesEarly(rest, 0, uniform)).isFalse();
    }

    /** Of a share exp(-rest / (beta * delta)) of all reads, five standard deviations allowed. */
    @Property(seed = SEED, tries = 50)
    void theChanceFallsExponentiallyWithTheRest(
            @ForAll @LongRange(min = 1_000, max = Long.MAX_VALUE / 1_000) long delta,
            @ForAll @DoubleRange(min = 0.1, max = 100) double beta,
            @ForAll @DoubleRange(min = 0.01, max = 5) double ratio,
            @ForAll long seed) {
        int samples = 4_000;
        long rest = Math.max(1, (long) (ratio * beta * delta));
        Random random = new Random(seed);
        Freshness freshness = freshness(0, beta);
        double share = random.doubles(samples)
                        .filter(uniform -> freshness.refreshesEarly(rest, delta, uniform))
                        .count()
                / (double) samples;
        double expected = Math.exp(-rest / (beta * delta));
        assertThat(share).isCloseTo(expected, within(5 * Math.sqrt(expected * (1 - expected) / samples)));
    }
}
