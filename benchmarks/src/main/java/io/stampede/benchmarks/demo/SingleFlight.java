package io.stampede.benchmarks.demo;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;

/** The same with more care: Caffeine lets one thread of the node load a key while the others wait for it. */
final class SingleFlight implements Contender {

    private static final int SIZE = 10_000;

    private final Products products;
    private final Cache<Long, Product> local;
    private final ProductsInRedis redis;

    SingleFlight(String redisUri, Duration ttl, Products products) {
        this.products = products;
        // Large from the start: in a small table, loads of different keys would wait for each other.
        this.local = Caffeine.newBuilder()
                .initialCapacity(SIZE)
                .maximumSize(SIZE)
                .expireAfterWrite(ttl)
                .build();
        this.redis = new ProductsInRedis(redisUri, ttl);
    }

    @Override
    public Product read(long id) {
        return local.get(id, this::fromRedisOrDatabase);
    }

    private Product fromRedisOrDatabase(long id) {
        Product product = redis.get(id);
        if (product == null) {
            product = fromDatabase(id);
            redis.put(product);
        }
        return product;
    }

    private Product fromDatabase(long id) {
        try {
            return Objects.requireNonNull(products.load(id), "no such product");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        redis.close();
    }
}
