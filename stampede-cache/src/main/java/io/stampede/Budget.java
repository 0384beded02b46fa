package io.stampede;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The time that L2 may still cost one call: {@code remoteTimeout} for all its commands together. Waiting for another
 * node's load is not spent from it.
 */
final class Budget {

    private final AtomicLong nanosLeft;

    Budget(long nanos) {
        this.nanosLeft = new AtomicLong(nanos);
    }

    long nanosLeft() {
        return nanosLeft.get();
    }

    void spend(long nanos) {
        nanosLeft.addAndGet(-nanos);
    }
}
