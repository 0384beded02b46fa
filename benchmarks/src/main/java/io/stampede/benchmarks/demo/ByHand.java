package io.stampede.benchmarks.demo;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Objects;

/** A read-through over two tiers as it is written every day: look here, look there, else ask the database. */
final class ByHand implements Contender {

    private final Products products;
    private final Cache<Long, Product> local;
    private final ProductsInRedis redis;

    ByHand(String redisUri, Duration ttl, Products products) {
        this.products = products;
        this.local =
                Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(ttl).build();
        this.redis = new ProductsInRedis(redisUri, ttl);
    }

    @Override
    public Product read(long id) throws Exception {
        Product product = local.getIfPresent(id);
        if (product == null) {
            product = redis.get(id);
            if (product == null) {
                product = Objects.requireNonNull(products.load(id), "no such product");
                redis.put(product);
            }
            local.put(id, product);
        }
        return product;
    }

    @Override
    public void close() {
        redis.close();
    }
}
