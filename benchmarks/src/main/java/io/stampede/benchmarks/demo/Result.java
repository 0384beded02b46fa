package io.stampede.benchmarks.demo;

import java.time.Duration;
import java.util.List;

/**
 * What one contender did in one act.
 *
 * @param timeline what the database saw
 * @param reads of all nodes
 * @param rounds the queries for each cold key or each expiry; none where these can't be told apart
 * @param took from the first read to the last
 */
record Result(ContenderKind contender, Timeline timeline, Reads reads, List<Long> rounds, Duration took) {

    long queries() {
        return timeline.queries();
    }

    double queriesPerRound() {
        return rounds.stream().mapToLong(Long::longValue).average().orElse(0);
    }
}
