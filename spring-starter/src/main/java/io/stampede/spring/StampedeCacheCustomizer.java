package io.stampede.spring;

import io.stampede.StampedeCacheBuilder;

/**
 * A bean that has the last word on each cache before it is built: for what properties can't say, such as encryption or
 * which exceptions are an outage. Several are asked in their order.
 *
 * <p>Called once for each cache, on whatever thread needs it first.
 */
@FunctionalInterface
public interface StampedeCacheCustomizer {

    /**
     * Changes how a cache is built.
     *
     * @param cache the cache's name, as the annotations have it
     * @param builder its builder, with all options set; keys and values are whatever the methods take and return
     */
    void customize(String cache, StampedeCacheBuilder<Object, Object> builder);
}
