package io.stampede.benchmarks.demo;

/** Who takes part. Each reads products of its own, so that nobody profits from what another has cached. */
enum ContenderKind {
    BY_HAND("by hand", "by hand", 10_000),
    SINGLE_FLIGHT("single flight", "with single flight", 20_000),
    STAMPEDE("Stampede", "with Stampede", 30_000);

    /** Of each contender, numbered from 0. */
    static final int PRODUCTS = 5_001;

    private final String title;
    private final String phrase;
    private final long firstProduct;

    ContenderKind(String title, String phrase, long firstProduct) {
        this.title = title;
        this.phrase = phrase;
        this.firstProduct = firstProduct;
    }

    String title() {
        return title;
    }

    /** As it is put in a sentence, after a figure. */
    String phrase() {
        return phrase;
    }

    /** The n-th product of this contender. */
    long product(int n) {
        return firstProduct + n;
    }

    Contender open(String redisUri, Setup setup, Products products) {
        return switch (this) {
            case BY_HAND -> new ByHand(redisUri, setup.ttl(), products);
            case SINGLE_FLIGHT -> new SingleFlight(redisUri, setup.ttl(), products);
            case STAMPEDE -> new WithStampede(redisUri, setup, products);
        };
    }
}
