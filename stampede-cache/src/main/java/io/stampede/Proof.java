package io.stampede;

import java.util.concurrent.atomic.AtomicInteger;

/** That an era has missed no message up to a moment; given part by part, and of use once the last part has given it. */
final class Proof {

    private final Era era;
    private final long askedAt;
    private final AtomicInteger missing;

    /**
     * A proof that nobody has given yet.
     *
     * @param era what is proven
     * @param askedAt up to which moment of the node's clock
     * @param parts how many parts have to give it
     */
    Proof(Era era, long askedAt, int parts) {
        this.era = era;
        this.askedAt = askedAt;
        this.missing = new AtomicInteger(parts);
    }

    long askedAt() {
        return askedAt;
    }

    /** One more part has heard all; each says so once. */
    void given() {
        if (missing.decrementAndGet() == 0) {
            era.prove(askedAt);
        }
    }
}
