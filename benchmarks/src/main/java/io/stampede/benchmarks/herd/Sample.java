package io.stampede.benchmarks.herd;

/**
 * What the database has said about the product query.
 *
 * @param nanos when, by {@link System#nanoTime}
 * @param queries that have ended, ever
 * @param atATime queries that were under way
 */
record Sample(long nanos, long queries, int atATime) {}
