package io.stampede.benchmarks.chaos;

/**
 * How a fault went, in milliseconds of the machine's clock.
 *
 * @param beganMillis when it began
 * @param endedMillis when it was over
 * @param gatheredMillis until when all was gathered
 * @param normalAfterMillis how long after its end all was normal, or -1
 * @param remark what was complained of last, or nothing
 */
record Course(long beganMillis, long endedMillis, long gatheredMillis, long normalAfterMillis, String remark) {}
