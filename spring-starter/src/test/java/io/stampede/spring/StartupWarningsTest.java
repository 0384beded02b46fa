package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.RemoteConnection;
import io.stampede.testing.InMemoryRemote;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.context.annotation.Bean;

/** What works, but hardly as it is meant, is said once when the application starts. */
class StartupWarningsTest {

    private static final String NAME = "io.stampede.spring.StartupWarningsTest$";

    private static List<String> warnings(Class<?>... beans) {
        return Startup.success(List.of(beans))
                .lines()
                .filter(line -> line.contains("WARN"))
                .map(line -> line.substring(line.indexOf(" : ") + 3))
                .toList();
    }

    static class Colliding {
        @Cacheable("products")
        public String name(long id) {
            return "product " + id;
        }

        @Cacheable("products")
        public String category(long id) {
            return "category of " + id;
        }

        @Cacheable(cacheNames = "products", key = "'label-' + #id")
        public String label(long id) {
            return "label of " + id;
        }
    }

    @Test
    void methodsOfOneCacheWithTheSameKeys() {
        assertThat(warnings(Colliding.class))
                .singleElement()
                .asString()
                .contains("Cache 'products'", "Colliding.name(long)", "Colliding.category(long)", "a key or a cache");
    }

    /** A future that is not Java's own. */
    static class OwnFuture<T> extends CompletableFuture<T> {}

    static class Unprotected {
        @Caching(cacheable = {@Cacheable("a"), @Cacheable(cacheNames = "b", key = "'b'")})
        public String caching(long id) {
            return "";
        }

        @Cacheable({"c", "d"})
        public String severalCaches(long id) {
            return "";
        }

        @Cacheable("e")
        @CacheEvict("f")
        public String cacheableAndEvict(long id) {
            return "";
        }

        @Cacheable("g")
        public OwnFuture<String> ownFuture(long id) {
            return new OwnFuture<>();
        }

        @Cacheable("h")
        public String isProtected(long id) {
            return "";
        }
    }

    @Test
    void methodsWhoseLoadsAreNotProtected() {
        assertThat(warnings(Unprotected.class))
                .hasSize(4)
                .anyMatch(line -> line.contains("Unprotected.caching(long): it has several cache annotations"))
                .anyMatch(line -> line.contains("Unprotected.severalCaches(long): it names several caches"))
                .anyMatch(
                        line -> line.contains("Unprotected.cacheableAndEvict(long): it has several cache annotations"))
                .anyMatch(line -> line.contains("Unprotected.ownFuture(long): it returns a " + NAME + "OwnFuture"))
                .allMatch(line -> line.endsWith("its loads are not protected against running at once"));
    }

    static class Unknown {
        @Cacheable("anything")
        public Object find(long id) {
            return id;
        }
    }

    static class Remote {
        @Bean
        RemoteConnection connection() {
            return new InMemoryRemote(() -> System.nanoTime() / 1_000);
        }
    }

    @Test
    void aCacheThatStaysInTheProcessForItsValuesHaveNoKnownType() {
        assertThat(warnings(Unknown.class, Remote.class))
                .singleElement()
                .asString()
                .contains(
                        "Cache 'anything' stays in this process",
                        "Unknown.find(long)",
                        "stampede.caches.anything.type");
    }

    static class CallsItself {
        @Cacheable("products")
        public String find(long id) {
            return "product " + id;
        }

        public List<String> all() {
            return List.of(find(1), find(2));
        }
    }

    @Test
    void aCachedMethodThatItsOwnBeanCalls() {
        assertThat(warnings(CallsItself.class))
                .containsExactly(NAME + "CallsItself.all calls " + NAME + "CallsItself.find(long) on its own object,"
                        + " past the proxy that caches it: this call does nothing with the cache. Move one of the two"
                        + " to another bean, or inject the bean into itself and call it by that");
    }

    @Test
    void nothingIsSaidOfWhatIsAsItShouldBe() {
        assertThat(warnings(StartupFailuresTest.Plain.class, Remote.class)).isEmpty();
    }
}
