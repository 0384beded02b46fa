/**
 * A real Redis for tests: a container where Docker answers, else a local process; and a bad network in front of it.
 *
 * <p>Published in this module's test-jar, so that every module tests against the same server. Nothing in here needs a
 * Redis client or a test framework; the network needs Netty.
 */
@NullMarked
package io.stampede.redis.testing;

import org.jspecify.annotations.NullMarked;
