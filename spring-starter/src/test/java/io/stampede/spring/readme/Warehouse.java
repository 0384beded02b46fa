package io.stampede.spring.readme;

import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;
import reactor.core.publisher.Mono;

/** A reactive method. */
@Service
public class Warehouse {

    private final Counter warehouse = new Counter();

    /** Counts, and how often it has been asked to. */
    static class Counter {

        private final AtomicInteger counts = new AtomicInteger();

        Mono<Integer> count(long product) {
            return Mono.fromSupplier(counts::incrementAndGet);
        }
    }

    @Cacheable("stock")
    public Mono<Integer> stock(long product) {
        return warehouse.count(product);
    }
}
