package io.stampede.benchmarks.scale;

/**
 * From one value of a key to the next.
 *
 * @param seconds how long it took
 * @param loads that ended it: one would have done
 * @param waits reads that had no value while it was loaded
 * @param commands sent to Redis, and messages published there
 * @param published messages, each of which goes to every node
 */
record Life(double seconds, long loads, long waits, double commands, long published) {}
