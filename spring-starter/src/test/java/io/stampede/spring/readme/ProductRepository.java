package io.stampede.spring.readme;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Repository;

/** Where products come from. */
@Repository
class ProductRepository {

    private final AtomicInteger reads = new AtomicInteger();
    private final Map<Long, Product> products = new ConcurrentHashMap<>();

    int reads() {
        return reads.get();
    }

    Product read(long id) {
        reads.incrementAndGet();
        return products.getOrDefault(id, new Product(id, "product " + id));
    }

    void write(Product product) {
        products.put(product.id(), product);
    }
}
