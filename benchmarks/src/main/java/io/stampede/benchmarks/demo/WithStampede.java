package io.stampede.benchmarks.demo;

import io.stampede.JsonCodec;
import io.stampede.StampedeCache;
import io.stampede.redis.RedisTier;
import java.time.Duration;
import java.util.Objects;

/** The same two tiers, with Stampede. */
final class WithStampede implements Contender {

    private final Products products;
    private final RedisTier redis;
    private final StampedeCache<Long, Product> cache;

    WithStampede(String redisUri, Duration ttl, Products products) {
        this.products = products;
        this.redis = RedisTier.connect(redisUri);
        this.cache = StampedeCache.<Long, Product>builder("products")
                .ttl(ttl)
                .maximumSize(10_000)
                .remote(redis, JsonCodec.of(Product.class))
                .build();
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
