package io.stampede.benchmarks.contender;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The same with more care: Caffeine lets one thread of the node read a key through while the others wait for it. */
final class SingleFlight implements Contender {

    private final Cache<String, String> local;
    private final TextsInRedis redis;
    private final Source source;

    SingleFlight(Setup setup, Source source) {
        // Large from the start: in a small table, loads of different keys would wait for each other.
        this.local = Caffeine.newBuilder()
                .initialCapacity(setup.localSize())
                .maximumSize(setup.localSize())
                .expireAfterWrite(setup.localTtl())
                .build();
        this.redis = new TextsInRedis(setup.redisUri(), setup.ttl());
        this.source = source;
    }

    @Override
    public String get(String key) {
        return local.get(key, this::fromRedisOrSource);
    }

    private String fromRedisOrSource(String key) {
        String value = redis.get(key);
        if (value == null) {
            value = source.load(key);
            redis.put(key, value);
        }
        return value;
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys) {
        return local.getAll(keys, missing -> fromRedisOrSource(Set.copyOf(missing)));
    }

    private Map<String, String> fromRedisOrSource(Set<String> keys) {
        Map<String, String> values = new LinkedHashMap<>(redis.getAll(keys));
        Set<String> missing = new LinkedHashSet<>(keys);
        missing.removeAll(values.keySet());
        if (!missing.isEmpty()) {
            Map<String, String> loaded = source.loadAll(missing);
            redis.putAll(loaded);
            values.putAll(loaded);
        }
        return values;
    }

    @Override
    public void put(String key, String value) {
        redis.put(key, value);
        local.put(key, value);
    }

    @Override
    public void invalidate(String key) {
        redis.remove(key);
        local.invalidate(key);
    }

    @Override
    public void close() {
        redis.close();
    }
}
