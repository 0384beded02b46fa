package io.stampede.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.cache.interceptor.CacheEvictOperation;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * A method of a bean with something to do with our caches.
 *
 * @param beanName the bean
 * @param beanClass its class, not that of its proxy
 * @param method the method, as that class has it
 * @param operations what the annotations say
 */
record CachedMethod(String beanName, Class<?> beanClass, Method method, Collection<CacheOperation> operations) {

    private static final Set<Class<? extends Annotation>> ANNOTATIONS =
            Set.of(Cacheable.class, CachePut.class, CacheEvict.class, Caching.class);

    /** The caches in which its results are kept. */
    Set<String> storesIn() {
        Set<String> names = new LinkedHashSet<>();
        operations.stream()
                .filter(operation -> !(operation instanceof CacheEvictOperation))
                .forEach(operation -> names.addAll(operation.getCacheNames()));
        return names;
    }

    /** All caches that it names. */
    Set<String> cacheNames() {
        Set<String> names = new LinkedHashSet<>();
        operations.forEach(operation -> names.addAll(operation.getCacheNames()));
        return names;
    }

    boolean isCacheable() {
        return operations.stream().anyMatch(CacheableOperation.class::isInstance);
    }

    /** Whether its key in that cache is made of its arguments and nothing else. */
    boolean hasDefaultKeyIn(String cache) {
        return operations.stream()
                .filter(operation -> operation.getCacheNames().contains(cache))
                .allMatch(operation -> isEmpty(operation.getKey()) && isEmpty(operation.getKeyGenerator()));
    }

    private static boolean isEmpty(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    boolean hasParametersOf(CachedMethod other) {
        return Arrays.equals(method.getParameterTypes(), other.method.getParameterTypes());
    }

    /** Why its loads can't be kept from running side by side; null if they are. */
    @Nullable
    String whyUnprotected() {
        if (operations.size() > 1) {
            return "it has several cache annotations";
        }
        if (cacheNames().size() > 1) {
            return "it names several caches";
        }
        return ReturnShape.isKnown(method)
                ? null
                : "it returns a " + method.getReturnType().getName();
    }

    ValueType type() {
        return ValueType.of(method, beanClass);
    }

    /** What our own annotation says beside what Spring's does. */
    @Nullable
    StampedeCacheable annotation() {
        return annotation(StampedeCacheable.class);
    }

    <A extends Annotation> @Nullable A annotation(Class<A> type) {
        return annotation(type, method, beanClass);
    }

    /** An annotation of a method. What its class says counts, as with Spring, only if the method says nothing itself. */
    static <A extends Annotation> @Nullable A annotation(Class<A> type, Method method, Class<?> beanClass) {
        boolean saysSomething = ANNOTATIONS.stream().anyMatch(any -> AnnotatedElementUtils.hasAnnotation(method, any));
        return AnnotatedElementUtils.findMergedAnnotation(saysSomething ? method : beanClass, type);
    }

    /** For people. */
    @Override
    public String toString() {
        return describe(method, beanClass);
    }

    static String describe(Method method, Class<?> beanClass) {
        String parameters = Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", "));
        return beanClass.getName() + "." + method.getName() + "(" + parameters + ")";
    }
}
