package io.stampede;

import java.util.random.RandomGenerator;

/**
 * The decisions about time, free of clocks and threads: how long a value lives, when it is rebuilt early, and how stale
 * it may be served. Durations in nanoseconds; zero for a window that is not there.
 *
 * @param ttl how long a value is fresh at most
 * @param negativeTtl how long it is known that the source has no value; 0 for not at all
 * @param jitter the share of the ttl that a draw may take off
 * @param beta how eagerly values are rebuilt early; 0 for never
 * @param localTtl how long L1 serves a value without asking L2; {@link Long#MAX_VALUE} for its whole life
 * @param staleWhileRevalidate for how long a stale value is served at once while it is loaded anew
 * @param staleOnError for how long a stale value is served when its load fails or takes long
 */
record Freshness(
        long ttl,
        long negativeTtl,
        double jitter,
        double beta,
        long localTtl,
        long staleWhileRevalidate,
        long staleOnError) {

    /** A little more than -ln 2⁻⁵³, the largest logarithm that a draw can have. */
    private static final double LARGEST_DRAW = 37;

    /** How long a value lives that was written now: uniformly from the last part of its ttl. Never more than that. */
    long drawLifetime(long itsTtl, RandomGenerator random) {
        return itsTtl - (long) (random.nextDouble() * jitter * itsTtl);
    }

    /** The longest time for which a value past its soft expiry is of use. */
    long staleWindow() {
        return Math.max(staleWhileRevalidate, staleOnError);
    }

    /** The longest that an entry with the cache's own ttl is kept. */
    long longestLife() {
        return Math.max(ttl, negativeTtl) + staleWindow();
    }

    /**
     * Whether a value may be rebuilt early now: only in the last half of its lifetime, and only where a draw could say
     * so. Most reads end here, without a random number and without a logarithm.
     */
    boolean mayRefreshEarly(long rest, long lifetime, long delta) {
        return rest < LARGEST_DRAW * beta * delta && rest < lifetime / 2;
    }

    /**
     * Whether this read, of all, is to rebuild the value: the closer the expiry and the longer a load takes, the more
     * likely. Optimal in the sense of Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede
     * Prevention", VLDB 2015, where this is called XFetch.
     *
     * @param uniform a random number, at least 0 and less than 1
     */
    boolean refreshesEarly(long rest, long delta, double uniform) {
        return rest <= -Math.log(1 - uniform) * beta * delta;
    }
}
