package io.stampede.benchmarks.demo;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The second tier of those who write it themselves. */
final class ProductsInRedis implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Duration ttl;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> redis;

    ProductsInRedis(String redisUri, Duration ttl) {
        this.ttl = ttl;
        this.client = RedisClient.create(redisUri);
        this.redis = client.connect();
    }

    @Nullable
    Product get(long id) {
        String json = redis.sync().get(key(id));
        return json == null ? null : JSON.readValue(json, Product.class);
    }

    void put(Product product) {
        redis.sync().setex(key(product.id()), ttl.toSeconds(), JSON.writeValueAsString(product));
    }

    private static String key(long id) {
        return "product:" + id;
    }

    @Override
    public void close() {
        redis.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
