/**
 * Stampede's remote tier and bus on Redis and Valkey. {@link io.stampede.redis.RedisTier}, with Lettuce, is what an
 * application passes to a cache's builder; or {@link io.stampede.redis.RedissonTier}, if it runs Redisson; or
 * {@link io.stampede.redis.RedisZones} for a Redis in each zone. Everything else is internal.
 */
@NullMarked
package io.stampede.redis;

import org.jspecify.annotations.NullMarked;
