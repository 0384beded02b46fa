package io.stampede.benchmarks.contender;

import java.time.Duration;

/**
 * What all contenders are given alike.
 *
 * @param redisUri the Redis that the nodes share; contenders of one process don't use it
 * @param ttl how long a value lives
 * @param localTtl how long a node keeps its copy, the ttl at most
 * @param localSize how many copies a node keeps; 0 for no first tier, so that every read goes to Redis
 */
public record Setup(String redisUri, Duration ttl, Duration localTtl, int localSize) {

    /** The same for reads that all go to Redis. */
    public Setup withoutLocal() {
        return new Setup(redisUri, ttl, localTtl, 0);
    }
}
