package io.stampede.benchmarks.demo;

import io.stampede.JsonCodec;
import io.stampede.StampedeCache;
import io.stampede.StampedeCacheBuilder;
import io.stampede.redis.RedisTier;
import java.util.Objects;

/** The same two tiers, with Stampede. */
final class WithStampede implements Contender {

    private final Products products;
    private final RedisTier redis;
    private final StampedeCache<Long, Product> cache;

    WithStampede(String redisUri, Setup setup, Products products) {
        this.products = products;
        this.redis = RedisTier.connect(redisUri);
        StampedeCacheBuilder<Long, Product> builder = StampedeCache.<Long, Product>builder("products")
                .ttl(setup.ttl())
                .maximumSize(10_000)
                .remote(redis, JsonCodec.of(Product.class));
        if (setup.maxConcurrentLoads() > 0) {
            builder.maxConcurrentLoads(setup.maxConcurrentLoads());
        }
        this.cache = builder.build();
    }

    @Override
    public Product read(long id) throws Exception {
        return Objects.requireNonNull(cache.get(id, products::load), "no such product");
    }

    @Override
    public void close() {
        cache.close();
        redis.close();
    }
}
