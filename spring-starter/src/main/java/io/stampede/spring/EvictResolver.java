package io.stampede.spring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.SimpleCacheResolver;

/** Finds the caches of {@link StampedeEvict}, as that annotation wants them evicted. */
final class EvictResolver extends SimpleCacheResolver {

    private final MethodTags tags;

    EvictResolver(CacheManager manager, BeanFactory beans) {
        super(manager);
        this.tags = new MethodTags(beans);
    }

    @Override
    public Collection<? extends Cache> resolveCaches(CacheOperationInvocationContext<?> context) {
        Class<?> targetClass = AopProxyUtils.ultimateTargetClass(context.getTarget());
        StampedeEvict evict = CachedMethod.annotation(
                StampedeEvict.class, AopUtils.getMostSpecificMethod(context.getMethod(), targetClass), targetClass);
        Collection<? extends Cache> caches = super.resolveCaches(context);
        if (evict == null || (evict.tags().length == 0 && !evict.expire())) {
            return caches;
        }
        String[] texts = evict.tags();
        Supplier<String[]> named =
                () -> tags.of(texts, context.getTarget(), context.getMethod(), context.getArgs(), null);
        List<Cache> views = new ArrayList<>();
        for (Cache cache : caches) {
            if (cache instanceof SpringCache ours) {
                views.add(texts.length > 0 ? new ByTag(ours, named) : new Expiring(ours));
            }
        }
        return views;
    }

    /** A cache whose eviction is something else; nothing but that is asked of it. */
    private abstract static class View implements Cache {

        final SpringCache cache;

        View(SpringCache cache) {
            this.cache = cache;
        }

        @Override
        public String getName() {
            return cache.getName();
        }

        @Override
        public Object getNativeCache() {
            return cache.getNativeCache();
        }

        @Override
        public @Nullable ValueWrapper get(Object key) {
            return cache.get(key);
        }

        @Override
        public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
            return cache.get(key, type);
        }

        @Override
        public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
            return cache.get(key, valueLoader);
        }

        @Override
        public void put(Object key, @Nullable Object value) {
            cache.put(key, value);
        }
    }

    /** What is evicted is whatever has the tags. */
    private static final class ByTag extends View {

        private final Supplier<String[]> tags;

        ByTag(SpringCache cache, Supplier<String[]> tags) {
            super(cache);
            this.tags = tags;
        }

        @Override
        public void evict(Object key) {
            clear();
        }

        @Override
        public void clear() {
            for (String tag : tags.get()) {
                cache.invalidateByTag(tag);
            }
        }
    }

    /** What is evicted becomes stale. */
    private static final class Expiring extends View {

        Expiring(SpringCache cache) {
            super(cache);
        }

        @Override
        public void evict(Object key) {
            cache.expire(key);
        }

        @Override
        public void clear() {
            throw new IllegalStateException("@StampedeEvict(expire = true, allEntries = true) on cache '" + getName()
                    + "': all entries of a cache can't be made stale; leave one of the two out");
        }
    }
}
