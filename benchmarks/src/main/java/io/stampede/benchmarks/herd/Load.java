package io.stampede.benchmarks.herd;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One run of a loader, on whatever node. Times are those of the machine, which all nodes share.
 *
 * @param version that it read; {@link #FAILED} if it failed
 */
record Load(long product, long version, long beganMicros, long endedMicros) {

    static final long FAILED = -1;

    static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
