package io.stampede.benchmarks.contender;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A read-through over two tiers as it is written every day: look here, look there, else ask the source. Without its first
 * tier it is bare Lettuce, the floor of what a read from Redis costs.
 */
final class ByHand implements Contender {

    private final Local local;
    private final TextsInRedis redis;
    private final Source source;

    ByHand(Setup setup, Source source) {
        this.local = Local.of(setup);
        this.redis = new TextsInRedis(setup.redisUri(), setup.ttl());
        this.source = source;
    }

    @Override
    public String get(String key) {
        String value = local.get(key);
        if (value == null) {
            value = redis.get(key);
            if (value == null) {
                value = source.load(key);
                redis.put(key, value);
            }
            local.put(key, value);
        }
        return value;
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys) {
        Map<String, String> values = new LinkedHashMap<>();
        Set<String> missing = new LinkedHashSet<>(keys);
        missing.removeIf(key -> {
            String value = local.get(key);
            if (value != null) {
                values.put(key, value);
            }
            return value != null;
        });
        if (!missing.isEmpty()) {
            Map<String, String> found = redis.getAll(missing);
            missing.removeAll(found.keySet());
            if (!missing.isEmpty()) {
                Map<String, String> loaded = source.loadAll(missing);
                redis.putAll(loaded);
                found.putAll(loaded);
            }
            found.forEach(local::put);
            values.putAll(found);
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
        local.remove(key);
    }

    @Override
    public void close() {
        redis.close();
    }
}
