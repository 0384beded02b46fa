package io.stampede.benchmarks.contender;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Caffeine with the loader in the call. */
final class CaffeineContender implements Contender {

    private final Cache<String, String> cache;
    private final Source source;
    private final Function<String, String> loader;

    private CaffeineContender(Cache<String, String> cache, Source source) {
        this.cache = cache;
        this.source = source;
        this.loader = source::load;
    }

    /** That only bounds its size. */
    static Contender bounded(Setup setup, Source source) {
        return new CaffeineContender(
                Caffeine.newBuilder().maximumSize(setup.localSize()).build(), source);
    }

    /** That does what is compared with: its entries expire, and it counts. */
    static Contender expiring(Setup setup, Source source) {
        return new CaffeineContender(
                Caffeine.newBuilder()
                        .maximumSize(setup.localSize())
                        .expireAfterWrite(setup.ttl())
                        .recordStats()
                        .build(),
                source);
    }

    @Override
    public String get(String key) {
        return cache.get(key, loader);
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys) {
        return cache.getAll(keys, missing -> source.loadAll(Set.copyOf(missing)));
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
