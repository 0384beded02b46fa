package io.stampede.benchmarks.demo;

import java.time.Duration;

/**
 * What an act wants of the caches and of the database.
 *
 * @param ttl of a value, in both tiers
 * @param query how long one takes in the database
 * @param maxConcurrentLoads for Stampede, on each node; 0 for the default. The others have nothing of the kind.
 */
record Setup(Duration ttl, Duration query, int maxConcurrentLoads) {

    /** For the way to the nodes. */
    String encoded() {
        return ttl.toMillis() + " " + query.toMillis() + " " + maxConcurrentLoads;
    }

    static Setup decode(String ttlMillis, String queryMillis, String maxConcurrentLoads) {
        return new Setup(
                Duration.ofMillis(Long.parseLong(ttlMillis)),
                Duration.ofMillis(Long.parseLong(queryMillis)),
                Integer.parseInt(maxConcurrentLoads));
    }
}
