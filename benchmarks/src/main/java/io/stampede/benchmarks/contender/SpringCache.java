package io.stampede.benchmarks.contender;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.cache.RedisCacheWriter.RedisCacheWriterConfigurer;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;

/** Spring's cache on Redis, called as {@code @Cacheable(sync = true)} calls it. */
final class SpringCache implements Contender {

    private static final String NAME = "texts";

    private final Source source;
    private final LettuceConnectionFactory connections;
    private final Cache cache;

    private SpringCache(Setup setup, Source source, Consumer<RedisCacheWriterConfigurer> options) {
        this.source = source;
        this.connections = connect(setup.redisUri());
        // Immediate: by default a put returns before Redis has it, and the next read may find the old value.
        RedisCacheWriter writer =
                RedisCacheWriter.create(connections, options.andThen(RedisCacheWriterConfigurer::immediateWrites));
        this.cache = Objects.requireNonNull(RedisCacheManager.builder(writer)
                .cacheDefaults(configuration(setup.ttl()))
                .build()
                .getCache(NAME));
    }

    /** With the writer that one gets without asking for another. */
    static Contender nonLocking(Setup setup, Source source) {
        return new SpringCache(setup, source, options -> {});
    }

    /** With the writer that locks the cache. */
    static Contender locking(Setup setup, Source source) {
        return new SpringCache(setup, source, RedisCacheWriterConfigurer::enableLocking);
    }

    private static LettuceConnectionFactory connect(String redisUri) {
        LettuceConnectionFactory connections =
                new LettuceConnectionFactory(LettuceConnectionFactory.createRedisConfiguration(redisUri));
        connections.afterPropertiesSet();
        connections.start();
        return connections;
    }

    private static RedisCacheConfiguration configuration(Duration ttl) {
        return RedisCacheConfiguration.defaultCacheConfig()
                .entryTtl(ttl)
                .serializeValuesWith(SerializationPair.fromSerializer(RedisSerializer.string()));
    }

    @Override
    public String get(String key) {
        return Objects.requireNonNull(cache.get(key, () -> source.load(key)), "no such value");
    }

    @Override
    public void put(String key, String value) {
        cache.put(key, value);
    }

    @Override
    public void invalidate(String key) {
        cache.evict(key);
    }

    @Override
    public void close() {
        connections.destroy();
    }
}
