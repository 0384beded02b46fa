package io.stampede.benchmarks.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells expiries apart by the database's count of queries: a query after half a ttl without any answers a new expiry,
 * others belong to the one before. For a value that lives for a ttl, there is no other way to be asked for so late.
 */
final class Expiries {

    private final long quietNanos;
    private final List<Long> queries = new ArrayList<>();
    private long counted;
    private long lastGrowth;

    /**
     * @param ttl how long a value lives
     * @param counted what the database has counted so far
     */
    Expiries(Duration ttl, long counted, long nowNanos) {
        this.quietNanos = ttl.toNanos() / 2;
        this.counted = counted;
        this.lastGrowth = nowNanos - quietNanos;
    }

    /** Takes note of what the database has counted at this moment. */
    void observe(long count, long nowNanos) {
        long added = count - counted;
        if (added > 0) {
            if (queries.isEmpty() || nowNanos - lastGrowth > quietNanos) {
                queries.add(0L);
            }
            queries.set(queries.size() - 1, queries.get(queries.size() - 1) + added);
            counted = count;
            lastGrowth = nowNanos;
        }
    }

    /** How many there were whose queries are over, being followed by half a ttl without one. */
    int finished(long nowNanos) {
        return nowNanos - lastGrowth > quietNanos ? queries.size() : Math.max(0, queries.size() - 1);
    }

    /** The queries of each expiry, in order. */
    List<Long> queries() {
        return List.copyOf(queries);
    }
}
