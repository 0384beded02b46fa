package io.stampede.spring.shop;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Methods as they are found everywhere: {@code @Cacheable} and nothing else. */
@Service
public class Products {

    private static final DataClassRowMapper<Product> ROW = DataClassRowMapper.newInstance(Product.class);

    /** A query takes a while, so that callers have the time to come together. */
    private static final String SELECT = "select id, name, price from (select pg_sleep(0.2)) as nap, product ";

    private final JdbcTemplate database;
    private final AtomicInteger queries = new AtomicInteger();

    Products(JdbcTemplate database) {
        this.database = database;
    }

    public int queries() {
        return queries.get();
    }

    @Cacheable("product")
    public Product find(long id) {
        return query(id);
    }

    @Cacheable(cacheNames = "cheap", unless = "#result.price > 1000")
    public Product findCheap(long id) {
        return query(id);
    }

    @Cacheable("reactive")
    public Mono<Product> findReactively(long id) {
        return Mono.fromSupplier(() -> query(id)).subscribeOn(Schedulers.boundedElastic());
    }

    @Cacheable("all")
    public List<Product> all() {
        queries.incrementAndGet();
        return database.query(SELECT + "order by id", ROW);
    }

    @CacheEvict(cacheNames = "product", key = "#id")
    public void reprice(long id, int price) {
        database.update("update product set price = ? where id = ?", price, id);
    }

    private Product query(long id) {
        queries.incrementAndGet();
        return database.queryForObject(SELECT + "where id = ?", ROW, id);
    }
}
