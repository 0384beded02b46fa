package io.stampede;

import io.stampede.testing.Simulation;
import java.time.Duration;

/**
 * The options of all nodes of a simulated cluster. Durations in milliseconds; 0 for what is not set.
 *
 * @param slowLoads whether loads take long in relation to the ttl, so that values are rebuilt early
 * @param outages whether there are times in which the source hardly ever answers
 * @param quiet whether there are so few writes that values grow old
 * @param callOptions whether calls differ from the cache's options
 */
record SimOptions(
        long ttl,
        long negativeTtl,
        long localTtl,
        double jitter,
        double beta,
        long staleWhileRevalidate,
        long staleOnError,
        long softTimeout,
        long hardTimeout,
        int maxConcurrentLoads,
        long maxLoadWait,
        long firstBackoff,
        long longestBackoff,
        boolean tags,
        boolean bulk,
        boolean callOptions,
        boolean slowLoads,
        boolean outages,
        boolean quiet,
        int maxQueuedInvalidations) {

    static final long LEASE = 400;
    static final long REMOTE_TIMEOUT = 150;
    static final long DEADLINE = 3_000;

    private static final int NO_LIMIT = 64;

    static SimOptions draw(Simulation world) {
        long ttl = world.oneOf(200, 800, 2_000, 60_000);
        boolean backsOff = world.chance(0.7);
        long first = backsOff ? world.oneOf(50, 100, 400) : 0;
        return new SimOptions(
                ttl,
                world.chance(0.4) ? world.oneOf(100, 1_000) : 0,
                world.chance(0.25) ? world.oneOf(60, 300) : 0,
                world.chance(0.8) ? 0.1 : world.oneOf(0, 5) / 10.0,
                world.chance(0.1)
                        ? 0
                        : world.chance(0.3) ? 1 : 1 + 19 * world.random().nextDouble(),
                world.chance(0.4) ? world.oneOf(100, 500, 3_000) : 0,
                world.chance(0.4) ? world.oneOf(100, 1_000, 10_000) : 0,
                world.chance(0.2) ? world.oneOf(10, 100) : 0,
                world.chance(0.2) ? world.oneOf(50, 500) : 0,
                world.chance(0.25) ? 1 + world.random().nextInt(3) : NO_LIMIT,
                world.oneOf(50, 1_000, 5_000),
                first,
                first * world.oneOf(1, 4, 20),
                world.chance(0.5),
                world.chance(0.5),
                world.chance(0.3),
                world.chance(0.5),
                world.chance(0.3),
                world.chance(0.3),
                world.chance(0.2) ? 2 : 10_000);
    }

    StampedeCacheBuilder<String, SimValue> apply(StampedeCacheBuilder<String, SimValue> builder) {
        builder.ttl(Duration.ofMillis(ttl))
                .negativeTtl(Duration.ofMillis(negativeTtl))
                .jitter(jitter)
                .earlyRefresh(beta)
                .staleWhileRevalidate(Duration.ofMillis(staleWhileRevalidate))
                .staleOnError(Duration.ofMillis(staleOnError), SimSource::isOutage)
                .maxConcurrentLoads(maxConcurrentLoads)
                .maxLoadWait(Duration.ofMillis(maxLoadWait))
                .backoff(Duration.ofMillis(firstBackoff), Duration.ofMillis(longestBackoff))
                .loaderDeadline(Duration.ofMillis(DEADLINE))
                .maxQueuedInvalidations(maxQueuedInvalidations)
                .remoteTimeout(Duration.ofMillis(REMOTE_TIMEOUT))
                .leaseTtl(Duration.ofMillis(LEASE));
        if (localTtl > 0) {
            builder.localTtl(Duration.ofMillis(localTtl));
        }
        if (softTimeout > 0) {
            builder.softTimeout(Duration.ofMillis(softTimeout));
        }
        if (hardTimeout > 0) {
            builder.hardTimeout(Duration.ofMillis(hardTimeout));
        }
        return builder;
    }

    boolean limitsLoads() {
        return maxConcurrentLoads < NO_LIMIT;
    }

    long staleWindow() {
        return Math.max(staleWhileRevalidate, staleOnError);
    }
}
