package io.stampede.spring.readme;

import io.stampede.spring.StampedeCacheable;
import io.stampede.spring.StampedeEvict;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Service;

/** The annotations of our own. */
@Service
public class Prices {

    private final Supplier supplier = new Supplier();

    /** A price. */
    public record Price(String category, int amount) {

        static Price unknown() {
            return new Price("unknown", 0);
        }
    }

    /** Somebody else's service. */
    static class Supplier {

        final AtomicBoolean isDown = new AtomicBoolean();
        final AtomicInteger amount = new AtomicInteger();

        Price ask(long product) {
            if (isDown.get()) {
                throw new IllegalStateException("The supplier is down");
            }
            return new Price("toys", amount.incrementAndGet());
        }
    }

    // A method, since a proxy has none of the fields.
    Supplier supplier() {
        return supplier;
    }

    @StampedeCacheable(
            cacheNames = "prices",
            ttl = "1m",
            staleOnError = "1h",
            softTimeout = "200ms",
            tags = "'category-' + #result.category",
            fallback = "lastKnownPrice")
    public Price price(long product) {
        return supplier.ask(product);
    }

    Price lastKnownPrice(long product, Throwable failure) {
        return Price.unknown();
    }

    @StampedeEvict(cacheNames = "prices", tags = "'category-' + #category")
    public void reprice(String category) {}

    @StampedeEvict(cacheNames = "prices", key = "#product", expire = true)
    public void outdate(long product) {}
}
