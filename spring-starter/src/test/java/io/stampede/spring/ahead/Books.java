package io.stampede.spring.ahead;

import io.stampede.StampedeCache;
import io.stampede.spring.StampedeCacheable;
import io.stampede.spring.StampedeEvict;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.cache.annotation.Cacheable;

/** Methods that are cached in each way there is, and a cache that is used directly. */
public class Books {

    private final StampedeCache<Key, Integer> lent;
    private final AtomicInteger calls = new AtomicInteger();

    public Books(@Qualifier("lent") StampedeCache<Key, Integer> lent) {
        this.lent = lent;
    }

    /** A key that only a bean knows how to write. */
    public record Key(String shelf, long id) {}

    /** What a page holds. */
    public record Page(String text) {}

    @Cacheable("book")
    public Book find(long id) {
        return new Book(id, "title " + calls.incrementAndGet(), List.of(new Book.Paper(100)));
    }

    @Cacheable(cacheNames = "books", key = "#shelf.toUpperCase()", unless = "#result.empty")
    public List<Book> shelf(String shelf, boolean ignored) {
        return List.of(new Book(1, shelf + calls.incrementAndGet(), List.of()));
    }

    @StampedeCacheable(
            cacheNames = "page",
            ttl = "${page.ttl}",
            tags = "'book-' + #book",
            fallback = "unreadable",
            condition = "#number > 0")
    public Page page(long book, int number) {
        if (number > 1000) {
            throw new IllegalArgumentException("No book has so many");
        }
        return new Page(book + ":" + number + " " + calls.incrementAndGet());
    }

    private Page unreadable(long book, int number, Throwable failure) {
        return new Page(failure.getMessage());
    }

    @StampedeEvict(cacheNames = "page", tags = "'book-' + #book")
    public void reprint(long book) {}

    public int lend(Key key) {
        return lent.get(key, missing -> calls.incrementAndGet());
    }
}
