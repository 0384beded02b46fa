package io.stampede.benchmarks.suite;

/**
 * What one fork measured, per operation.
 *
 * @param nanos how long a caller waited
 * @param cpuNanos processor time of the whole JVM
 * @param allocatedBytes on the heap
 * @param redisBytes that Redis took and gave
 * @param redisCpuNanos processor time of Redis
 */
record Measured(double nanos, double cpuNanos, double allocatedBytes, double redisBytes, double redisCpuNanos) {}
