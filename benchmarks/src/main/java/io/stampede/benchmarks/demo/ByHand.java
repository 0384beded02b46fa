package io.stampede.benchmarks.demo;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A read-through over two tiers as it is written every day: look here, look there, else ask the database. */
final class ByHand implements Contender {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Products products;
    private final Duration ttl;
    private final Cache<Long, Product> local;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> redis;

    ByHand(String redisUri, Duration ttl, Products products) {
        this.products = products;
        this.ttl = ttl;
        this.local =
                Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(ttl).build();
        this.client = RedisClient.create(redisUri);
        this.redis = client.connect();
    }

    @Override
    public Product read(long id) throws Exception {
        Product product = local.getIfPresent(id);
        if (product == null) {
            product = fromRedis(id);
            if (product == null) {
                product = Objects.requireNonNull(products.load(id), "no such product");
                redis.sync().setex(key(id), ttl.toSeconds(), JSON.writeValueAsString(product));
            }
            local.put(id, product);
        }
        return product;
    }

    private @Nullable Product fromRedis(long id) {
        String json = redis.sync().get(key(id));
        return json == null ? null : JSON.readValue(json, Product.class);
    }

    private static String key(long id) {
        return "by-hand:product:" + id;
    }

    @Override
    public void close() {
        redis.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
