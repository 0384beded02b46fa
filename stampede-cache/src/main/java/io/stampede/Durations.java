package io.stampede;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The ranges of durations that users hand in. */
final class Durations {

    static final Duration SHORTEST = Duration.ofMillis(1);
    static final Duration LONGEST = Duration.ofDays(36_500);
    static final String TTL_RANGE = "1 ms to 100 years";

    private Durations() {}

    static boolean isWithin(Duration value, Duration least, Duration most) {
        return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
    }

    static Duration checkedTtl(Duration ttl) {
        if (!isWithin(ttl, SHORTEST, LONGEST)) {
            throw new IllegalArgumentException("ttl = " + ttl + ": allowed is " + TTL_RANGE);
        }
        return ttl;
    }

    /** In nanoseconds; or as given, where there is none. */
    static long nanosOr(@Nullable Duration value, long otherwise) {
        return value == null ? otherwise : value.toNanos();
    }
}
