package io.stampede.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.core.annotation.AliasFor;

/**
 * {@link Cacheable} with the options of the cache beside it. Names, {@code key}, {@code condition}, {@code unless} and key
 * generators are Spring's own.
 *
 * <p>All options are texts, so that they may be placeholders ({@code "${products.ttl}"}); durations are written as Spring
 * writes them ({@code "10m"}, {@code "PT10M"}). An empty one is not set. They are options of the cache, not of the method:
 * two methods that share a cache and set one differently keep the application from starting. What
 * {@code stampede.caches.<name>.*} says comes before what stands here.
 *
 * <pre>{@code
 * @StampedeCacheable(cacheNames = "products", ttl = "10m", staleOnError = "1h", tags = "'category-' + #result.category")
 * public Product find(long id) { ... }
 * }</pre>
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Cacheable(cacheResolver = StampedeCacheable.RESOLVER)
public @interface StampedeCacheable {

    /** The bean that resolves the caches of these annotations, which may be Stampede's beside another cache manager. */
    String RESOLVER = "stampedeCacheResolver";

    /**
     * Names of the caches.
     *
     * @return as {@link #cacheNames()}
     */
    @AliasFor(annotation = Cacheable.class, attribute = "cacheNames")
    String[] value() default {};

    /**
     * Names of the caches; one is what is protected.
     *
     * @return the names
     */
    @AliasFor(annotation = Cacheable.class, attribute = "cacheNames")
    String[] cacheNames() default {};

    /**
     * The key, in SpEL.
     *
     * @return the expression; empty for one of all arguments
     */
    @AliasFor(annotation = Cacheable.class, attribute = "key")
    String key() default "";

    /**
     * The bean that makes the key.
     *
     * @return its name
     */
    @AliasFor(annotation = Cacheable.class, attribute = "keyGenerator")
    String keyGenerator() default "";

    /**
     * Whether the call is cached at all, in SpEL, asked before it.
     *
     * @return the expression; empty for always
     */
    @AliasFor(annotation = Cacheable.class, attribute = "condition")
    String condition() default "";

    /**
     * Whether the result is not to be stored, in SpEL, asked while others wait for it: they get it all the same.
     *
     * @return the expression; empty for never
     */
    @AliasFor(annotation = Cacheable.class, attribute = "unless")
    String unless() default "";

    /**
     * How long a value is fresh, 1 ms to 100 years.
     *
     * @return a duration; empty if it is not set here
     */
    String ttl() default "";

    /**
     * How long an entry stays in the process before Redis is asked again, 1 ms to 100 years.
     *
     * @return a duration; empty if it is not set here
     */
    String localTtl() default "";

    /**
     * The share of its ttl by which a value may expire sooner, by chance: 0 to 0.9.
     *
     * @return a number; empty if it is not set here
     */
    String jitter() default "";

    /**
     * How eagerly hot values are loaded anew before they expire: 0 for never, up to 100.
     *
     * @return a number; empty if it is not set here
     */
    String earlyRefresh() default "";

    /**
     * For how long after its ttl a value is served if its load fails or takes too long.
     *
     * @return a duration; empty if it is not set here
     */
    String staleOnError() default "";

    /**
     * For how long after its ttl a value is served at once, while it is loaded anew.
     *
     * @return a duration; empty if it is not set here
     */
    String staleWhileRevalidate() default "";

    /**
     * How long a caller waits for a load before it is served a stale value, if there is one: 1 ms to 24 hours.
     *
     * @return a duration; empty if it is not set here
     */
    String softTimeout() default "";

    /**
     * How long a caller waits for a load before it fails: 1 ms to 24 hours.
     *
     * @return a duration; empty if it is not set here
     */
    String hardTimeout() default "";

    /**
     * How long a load may run before it is interrupted and given up: 1 ms to 24 hours.
     *
     * @return a duration; empty if it is not set here
     */
    String loaderDeadline() default "";

    /**
     * How long it is remembered that the method has returned null; zero for not at all.
     *
     * @return a duration; empty if it is not set here
     */
    String negativeTtl() default "";

    /**
     * How many loads of the cache run at a time in this process: 1 or more.
     *
     * @return a number; empty if it is not set here
     */
    String maxConcurrentLoads() default "";

    /**
     * The tags of a value, each in SpEL, which sees the arguments and {@code #result}: a text, or a collection of texts.
     * {@link StampedeEvict#tags()} invalidates all values with a tag.
     *
     * @return the expressions
     */
    String[] tags() default {};

    /**
     * What is called in place of a load that has failed, timed out or could not begin, if there is no stale value: a method
     * of the same bean with the same parameters, and perhaps one more, a {@link Throwable}; its result is not stored.
     *
     * @return the method's name; empty for none
     */
    String fallback() default "";
}
