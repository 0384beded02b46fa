package io.stampede.benchmarks.contender;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.redisson.api.RMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.map.MapLoader;
import org.redisson.api.options.LocalCachedMapOptions;
import org.redisson.api.options.LocalCachedMapOptions.EvictionPolicy;
import org.redisson.api.options.LocalCachedMapOptions.SyncStrategy;
import org.redisson.api.options.MapOptions;

/**
 * Redisson's map with local copies and a loader, under which it takes a lock of the key in Redis. In Redis it is one hash,
 * whose fields don't expire; the edition that has such a map is not free.
 */
final class RedissonMap implements Contender {

    private static final String NAME = "texts";

    private final RedissonClient client;
    private final RMap<String, String> map;

    RedissonMap(Setup setup, Source source) {
        this.client = RedissonNode.connect(setup.redisUri());
        MapLoader<String, String> loader = loader(source);
        this.map = setup.localSize() == 0
                ? client.getMap(MapOptions.<String, String>name(NAME).loader(loader))
                : client.getLocalCachedMap(LocalCachedMapOptions.<String, String>name(NAME)
                        .cacheSize(setup.localSize())
                        .evictionPolicy(EvictionPolicy.LRU)
                        .timeToLive(setup.localTtl())
                        .syncStrategy(SyncStrategy.INVALIDATE)
                        .loader(loader));
    }

    private static MapLoader<String, String> loader(Source source) {
        return new MapLoader<>() {
            @Override
            public String load(String key) {
                return source.load(key);
            }

            @Override
            public Iterable<String> loadAllKeys() {
                return List.of();
            }
        };
    }

    @Override
    public String get(String key) {
        return Objects.requireNonNull(map.get(key), "no such value");
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys) {
        return map.getAll(Set.copyOf(keys));
    }

    @Override
    public void put(String key, String value) {
        map.fastPut(key, value);
    }

    @Override
    public void invalidate(String key) {
        map.fastRemove(key);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
