/**
 * Stampede's remote tier and bus on Redis and Valkey, with Lettuce. {@link io.stampede.redis.RedisTier} is what an
 * application passes to a cache's builder; everything else is internal.
 */
@NullMarked
package io.stampede.redis;

import org.jspecify.annotations.NullMarked;
