package io.stampede.benchmarks.herd;

import java.time.Duration;

/**
 * What an act wants of the caches and of the database.
 *
 * @param ttl of a value, in both tiers
 * @param query how long one takes in the database
 * @param jitter for Stampede: over what last part of the ttl the ends of its values are spread
 * @param staleOnError for Stampede: for how long after its ttl a value may be served when the database fails
 * @param remoteTimeout for Stampede: what Redis may add to a call
 */
record Conditions(Duration ttl, Duration query, double jitter, Duration staleOnError, Duration remoteTimeout) {

    private static final double DEFAULT_JITTER = 0.1;
    private static final Duration DEFAULT_REMOTE_TIMEOUT = Duration.ofMillis(500);

    /** With Stampede's defaults. */
    Conditions(Duration ttl, Duration query) {
        this(ttl, query, DEFAULT_JITTER, Duration.ZERO, DEFAULT_REMOTE_TIMEOUT);
    }

    Conditions withJitter(double share) {
        return new Conditions(ttl, query, share, staleOnError, remoteTimeout);
    }

    Conditions withStaleOnError(Duration window) {
        return new Conditions(ttl, query, jitter, window, remoteTimeout);
    }

    Conditions withRemoteTimeout(Duration timeout) {
        return new Conditions(ttl, query, jitter, staleOnError, timeout);
    }

    /** What Stampede has been told that is not its default, for people; empty for nothing. */
    String settings() {
        StringBuilder settings = new StringBuilder();
        if (jitter != DEFAULT_JITTER) {
            settings.append(" jitter(").append(jitter).append(")");
        }
        if (!staleOnError.isZero()) {
            settings.append(" staleOnError(").append(staleOnError.toSeconds()).append(" s)");
        }
        if (!remoteTimeout.equals(DEFAULT_REMOTE_TIMEOUT)) {
            settings.append(" remoteTimeout(").append(remoteTimeout.toMillis()).append(" ms)");
        }
        return settings.toString().strip();
    }

    /** For the way to the nodes. */
    String encoded() {
        return ttl.toMillis() + " " + query.toMillis() + " " + jitter + " " + staleOnError.toMillis() + " "
                + remoteTimeout.toMillis();
    }

    static Conditions decode(String... words) {
        return new Conditions(
                Duration.ofMillis(Long.parseLong(words[0])),
                Duration.ofMillis(Long.parseLong(words[1])),
                Double.parseDouble(words[2]),
                Duration.ofMillis(Long.parseLong(words[3])),
                Duration.ofMillis(Long.parseLong(words[4])));
    }
}
