package io.stampede.redis;

/**
 * Copies of the data that may be behind.
 *
 * @param redis what leads to them
 * @param lagNanos how far they may be behind
 */
record Nearby(RedisCommands redis, long lagNanos) {}
