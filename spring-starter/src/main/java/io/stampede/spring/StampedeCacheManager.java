package io.stampede.spring;

import io.stampede.StampedeCache;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * Spring's way to our caches. Those that somebody names are made when the application starts, so that mistakes show then;
 * others when they are asked for, unless {@code spring.cache.cache-names} says which there are.
 *
 * <p>Thread-safe.
 */
final class StampedeCacheManager implements CacheManager, SmartInitializingSingleton, DisposableBean {

    private static final Log LOG = LogFactory.getLog(StampedeCacheManager.class);

    private final CacheFactory factory;
    private final MethodChecks checks;
    private final Set<String> fixedNames;
    private final Map<String, BuiltCache> caches = new ConcurrentHashMap<>();

    /**
     * A manager.
     *
     * @param fixedNames the names there are; empty for any
     */
    StampedeCacheManager(CacheFactory factory, MethodChecks checks, Collection<String> fixedNames) {
        this.factory = factory;
        this.checks = checks;
        this.fixedNames = new LinkedHashSet<>(fixedNames);
    }

    @Override
    public void afterSingletonsInstantiated() {
        CacheCatalog catalog = factory.catalog();
        checks.check(catalog);
        fixedNames.forEach(this::getCache);
        catalog.names().forEach(this::getCache);
        checks.warnings(catalog).forEach(LOG::warn);
    }

    @Override
    public @Nullable Cache getCache(String name) {
        BuiltCache built = built(name);
        return built == null ? null : built.spring();
    }

    /** A cache and what is known of it; null if the names are fixed and this is none of them. */
    @Nullable
    BuiltCache built(String name) {
        BuiltCache known = caches.get(name);
        if (known != null || (!fixedNames.isEmpty() && !fixedNames.contains(name))) {
            return known;
        }
        return caches.computeIfAbsent(name, factory::build);
    }

    /** For beans that inject a cache; of raw type, because what it holds is theirs to know. */
    @SuppressWarnings("rawtypes")
    StampedeCache nativeCache(String name) {
        BuiltCache built = built(name);
        if (built == null) {
            throw new IllegalArgumentException(
                    "There is no cache '" + name + "': spring.cache.cache-names has only " + fixedNames);
        }
        return built.cache();
    }

    /** All there are by now. */
    List<BuiltCache> all() {
        return List.copyOf(new TreeMap<>(caches).values());
    }

    @Override
    public Collection<String> getCacheNames() {
        return Collections.unmodifiableSet(new TreeMap<>(caches).navigableKeySet());
    }

    @Override
    public void destroy() {
        caches.values().forEach(cache -> cache.spring().getNativeCache().close());
    }
}
