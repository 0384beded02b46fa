package io.stampede.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.core.annotation.AliasFor;

/**
 * {@link CacheEvict} that can also invalidate by tag, and make values stale instead of removing them.
 *
 * <pre>{@code
 * @StampedeEvict(cacheNames = "products", tags = "'category-' + #category")
 * public void reprice(String category) { ... }
 * }</pre>
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@CacheEvict(cacheResolver = StampedeEvict.RESOLVER)
public @interface StampedeEvict {

    /** The bean that resolves the caches of this annotation. */
    String RESOLVER = "stampedeEvictResolver";

    /**
     * Names of the caches.
     *
     * @return as {@link #cacheNames()}
     */
    @AliasFor(annotation = CacheEvict.class, attribute = "cacheNames")
    String[] value() default {};

    /**
     * Names of the caches.
     *
     * @return the names
     */
    @AliasFor(annotation = CacheEvict.class, attribute = "cacheNames")
    String[] cacheNames() default {};

    /**
     * The key, in SpEL.
     *
     * @return the expression; empty for one of all arguments
     */
    @AliasFor(annotation = CacheEvict.class, attribute = "key")
    String key() default "";

    /**
     * The bean that makes the key.
     *
     * @return its name
     */
    @AliasFor(annotation = CacheEvict.class, attribute = "keyGenerator")
    String keyGenerator() default "";

    /**
     * Whether anything is done, in SpEL.
     *
     * @return the expression; empty for always
     */
    @AliasFor(annotation = CacheEvict.class, attribute = "condition")
    String condition() default "";

    /**
     * Whether all entries of the caches are concerned.
     *
     * @return true for all; then there is no key, and no tag
     */
    @AliasFor(annotation = CacheEvict.class, attribute = "allEntries")
    boolean allEntries() default false;

    /**
     * Whether it is done before the method is called, and hence even if that fails.
     *
     * @return true for before
     */
    @AliasFor(annotation = CacheEvict.class, attribute = "beforeInvocation")
    boolean beforeInvocation() default false;

    /**
     * In place of a key: the tags whose values are invalidated, each in SpEL over the arguments: a text, or a collection of
     * texts.
     *
     * @return the expressions
     */
    String[] tags() default {};

    /**
     * Whether the value of the key becomes stale instead of going: it is served on by the rules of
     * {@code staleWhileRevalidate} and {@code staleOnError} until it has been loaded anew.
     *
     * @return true for stale; not together with {@code tags} or {@code allEntries}
     */
    boolean expire() default false;
}
