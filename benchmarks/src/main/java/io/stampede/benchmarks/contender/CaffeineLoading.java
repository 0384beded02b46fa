package io.stampede.benchmarks.contender;

import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Caffeine that knows its loader. */
final class CaffeineLoading implements Contender {

    private final LoadingCache<String, String> cache;

    CaffeineLoading(Setup setup, Source source) {
        this.cache = Caffeine.newBuilder()
                .maximumSize(setup.localSize())
                .expireAfterWrite(setup.ttl())
                .build(new CacheLoader<String, String>() {
                    @Override
                    public String load(String key) {
                        return source.load(key);
                    }

                    @Override
                    public Map<String, String> loadAll(Set<? extends String> keys) {
                        return source.loadAll(Set.copyOf(keys));
                    }
                });
    }

    @Override
    public String get(String key) {
        return cache.get(key);
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys) {
        return cache.getAll(keys);
    }

    @Override
    public void put(String key, String value) {
        cache.put(key, value);
    }

    @Override
    public void invalidate(String key) {
        cache.invalidate(key);
    }

    @Override
    public void close() {
        cache.invalidateAll();
    }
}
