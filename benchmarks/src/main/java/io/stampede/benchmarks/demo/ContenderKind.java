package io.stampede.benchmarks.demo;

import java.time.Duration;

/** Who takes part. Each reads products of its own, so that nobody profits from what another has cached. */
enum ContenderKind {
    BY_HAND("by hand", 1_000),
    STAMPEDE("Stampede", 2_000);

    private final String title;
    private final long firstProduct;

    ContenderKind(String title, long firstProduct) {
        this.title = title;
        this.firstProduct = firstProduct;
    }

    String title() {
        return title;
    }

    /** The n-th product of this contender. */
    long product(int n) {
        return firstProduct + n;
    }

    Contender open(String redisUri, Duration ttl, Products products) {
        return switch (this) {
            case BY_HAND -> new ByHand(redisUri, ttl, products);
            case STAMPEDE -> new WithStampede(redisUri, ttl, products);
        };
    }
}
