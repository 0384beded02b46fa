package io.stampede.benchmarks.contender;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.CacheLoader;
import com.alicp.jetcache.MultiLevelCacheBuilder;
import com.alicp.jetcache.SimpleCacheManager;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.redis.lettuce.JetCacheCodec;
import com.alicp.jetcache.redis.lettuce.LettuceConnectionManager;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import com.alicp.jetcache.support.CacheNotifyMonitor;
import com.alicp.jetcache.support.Kryo5ValueDecoder;
import com.alicp.jetcache.support.Kryo5ValueEncoder;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * JetCache with both levels, its protection against simultaneous loads, and local copies that are dropped when another
 * node writes ({@code cacheType = BOTH}, {@code @CachePenetrationProtect}, {@code syncLocal = true}). Kryo 5 is the faster of
 * the encodings that it brings.
 */
final class JetCache implements Contender {

    private static final String NAME = "texts";
    private static final String AREA = "default";

    private final SimpleCacheManager manager = new SimpleCacheManager();
    private final RedisClient client;
    private final Cache<String, String> cache;

    JetCache(Setup setup, Source source) {
        this.client = RedisClient.create(setup.redisUri());
        CacheLoader<String, String> loader = loader(source);
        this.cache = setup.localSize() == 0 ? remote(setup, loader) : bothLevels(setup, loader);
        manager.putCache(AREA, NAME, cache);
    }

    private static CacheLoader<String, String> loader(Source source) {
        return new CacheLoader<>() {
            @Override
            public String load(String key) {
                return source.load(key);
            }

            @Override
            public Map<String, String> loadAll(Set<String> keys) {
                return source.loadAll(keys);
            }
        };
    }

    @SuppressWarnings("unchecked") // JetCacheCodec declares no types: it is one of byte arrays
    private Cache<String, String> bothLevels(Setup setup, CacheLoader<String, String> loader) {
        RedisLettuceCacheBuilder<?> remote = remoteBuilder(setup.ttl());
        remote.setBroadcastChannel(NAME);
        remote.setPubSubConnection(client.connectPubSub(new JetCacheCodec()));
        manager.putBroadcastManager(AREA, remote.createBroadcastManager(manager));
        Cache<String, String> both = MultiLevelCacheBuilder.createMultiLevelCacheBuilder()
                .addCache(local(setup), remote.buildCache())
                .expireAfterWrite(setup.ttl().toMillis(), TimeUnit.MILLISECONDS)
                .useExpireOfSubCache(true)
                .cachePenetrateProtect(true)
                .loader(loader)
                .addMonitor(new CacheNotifyMonitor(manager, AREA, NAME))
                .buildCache();
        manager.getBroadcastManager(AREA).startSubscribe();
        return both;
    }

    private static Cache<String, String> local(Setup setup) {
        return CaffeineCacheBuilder.createCaffeineCacheBuilder()
                .limit(setup.localSize())
                .expireAfterWrite(setup.localTtl().toMillis(), TimeUnit.MILLISECONDS)
                .buildCache();
    }

    private Cache<String, String> remote(Setup setup, CacheLoader<String, String> loader) {
        return remoteBuilder(setup.ttl())
                .cachePenetrateProtect(true)
                .loader(loader)
                .buildCache();
    }

    private RedisLettuceCacheBuilder<?> remoteBuilder(Duration ttl) {
        return RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
                .redisClient(client)
                .keyPrefix(NAME + ":")
                .keyConvertor(Function.identity())
                .valueEncoder(Kryo5ValueEncoder.INSTANCE)
                .valueDecoder(Kryo5ValueDecoder.INSTANCE)
                .expireAfterWrite(ttl.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public String get(String key) {
        return Objects.requireNonNull(cache.get(key), "no such value");
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys) {
        return cache.getAll(new LinkedHashSet<>(keys));
    }

    @Override
    public void put(String key, String value) {
        cache.put(key, value);
    }

    @Override
    public void invalidate(String key) {
        cache.remove(key);
    }

    @Override
    public void close() {
        manager.close();
        LettuceConnectionManager.defaultManager().removeAndClose(client);
    }
}
