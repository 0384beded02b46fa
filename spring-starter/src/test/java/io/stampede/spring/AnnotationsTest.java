package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stampede.LoadTimeoutException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.context.annotation.Bean;

/** What our annotations say of a method and its calls. */
class AnnotationsTest {

    private final RuntimeException failure = new IllegalStateException("no database");
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class))
            .withUserConfiguration(Application.class);

    @EnableCaching
    static class Application {

        @Bean
        Products products() {
            return new Products();
        }

        @Bean
        OfClass ofClass() {
            return new OfClass();
        }

        @Bean
        KeyGenerator always() {
            return (Object target, Method method, Object... parameters) -> "always the same";
        }
    }

    record Product(long id, String category, int call) {}

    static class Products {

        private final AtomicInteger calls = new AtomicInteger();
        private volatile RuntimeException failure;

        public void failWith(RuntimeException next) {
            failure = next;
        }

        private Product found(long id) {
            if (failure != null) {
                throw failure;
            }
            return new Product(id, id < 10 ? "short" : "long", calls.incrementAndGet());
        }

        @StampedeCacheable("byValue")
        public Product byValue(long id) {
            return found(id);
        }

        @StampedeCacheable(cacheNames = "byKey", key = "#id % 10")
        public Product byKey(long id) {
            return found(id);
        }

        @StampedeCacheable(cacheNames = "byGenerator", keyGenerator = "always")
        public Product byGenerator(long id) {
            return found(id);
        }

        @StampedeCacheable(cacheNames = "onCondition", condition = "#id > 10")
        public Product onCondition(long id) {
            return found(id);
        }

        @StampedeCacheable(cacheNames = "unless", unless = "#result.category == 'short'")
        public Product unless(long id) {
            return found(id);
        }

        @StampedeCacheable(
                cacheNames = "tagged",
                tags = {"'all'", "{'category-' + #result.category, #id}"})
        public Product tagged(long id) {
            return found(id);
        }

        @StampedeCacheable(cacheNames = "fallback", fallback = "instead")
        public Product withFallback(long id) {
            return found(id);
        }

        Product instead(long id, Throwable failure) {
            return new Product(id, "instead of " + failure.getMessage(), 0);
        }

        @StampedeCacheable(cacheNames = "laterFallback", fallback = "insteadLater", hardTimeout = "1ms")
        public CompletableFuture<Product> laterWithFallback(long id) {
            return new CompletableFuture<>();
        }

        CompletableFuture<Product> insteadLater(long id, Throwable failure) {
            return CompletableFuture.completedFuture(
                    new Product(id, failure.getClass().getSimpleName(), 0));
        }

        @StampedeCacheable(cacheNames = "later", hardTimeout = "1ms")
        public CompletableFuture<Product> later(long id) {
            return new CompletableFuture<>();
        }

        @StampedeCacheable(cacheNames = "stale", staleWhileRevalidate = "1h", staleOnError = "1h")
        public Product stale(long id) {
            return found(id);
        }

        @StampedeEvict(cacheNames = "tagged", tags = "'category-' + #category")
        public void forgetCategory(String category) {}

        @StampedeEvict(cacheNames = "tagged", tags = "#ids")
        public void forgetByTags(List<Long> ids) {}

        @StampedeEvict(cacheNames = "stale", expire = true)
        public void makeStale(long id) {}

        @StampedeEvict("stale")
        public void remove(long id) {}

        @StampedeEvict(cacheNames = "byValue", key = "#product.id", condition = "#product.call == 0")
        public void forget(Product product) {}

        @StampedeEvict(cacheNames = "byValue", allEntries = true)
        public void forgetAll() {}

        @StampedeEvict(cacheNames = "byValue", beforeInvocation = true)
        public void forgetBefore(long id) {
            throw new IllegalStateException("after the eviction");
        }

        @StampedeEvict("byValue")
        public void forgetAfter(long id) {
            throw new IllegalStateException("before the eviction");
        }

        @StampedeEvict(cacheNames = "byGenerator", keyGenerator = "always")
        public void forgetByGenerator() {}
    }

    @StampedeCacheable(cacheNames = "ofClass", fallback = "instead")
    static class OfClass {

        private final AtomicInteger calls = new AtomicInteger();

        public int count(long id) {
            if (id < 0) {
                throw new IllegalStateException("below zero");
            }
            return calls.incrementAndGet();
        }

        int instead(long id) {
            return -1;
        }

        /** Its parameters are not those of the fallback. */
        @Cacheable("ofMethod")
        public int length(String text) {
            return text.length() + calls.incrementAndGet();
        }
    }

    @Test
    void keysAreSpringsOwn() {
        application.run(context -> {
            Products products = context.getBean(Products.class);
            assertThat(products.byValue(1)).isEqualTo(products.byValue(1)).isNotEqualTo(products.byValue(2));
            assertThat(products.byKey(1)).isEqualTo(products.byKey(11)).isNotEqualTo(products.byKey(12));
            assertThat(products.byGenerator(1)).isEqualTo(products.byGenerator(2));
            Product before = products.byGenerator(1);
            products.forgetByGenerator();
            assertThat(products.byGenerator(1)).isNotEqualTo(before);
        });
    }

    @Test
    void conditionAndUnlessAreSpringsOwn() {
        application.run(context -> {
            Products products = context.getBean(Products.class);
            assertThat(products.onCondition(11)).isEqualTo(products.onCondition(11));
            assertThat(products.onCondition(9)).isNotEqualTo(products.onCondition(9));
            assertThat(products.unless(11)).isEqualTo(products.unless(11));
            assertThat(products.unless(9)).isNotEqualTo(products.unless(9));
        });
    }

    @Test
    void valuesAreForgottenByTag() {
        application.run(context -> {
            Products products = context.getBean(Products.class);
            List<Product> before = List.of(products.tagged(1), products.tagged(2), products.tagged(11));
            products.forgetCategory("short");
            assertThat(products.tagged(1)).isNotEqualTo(before.get(0));
            Product second = products.tagged(2);
            assertThat(second).isNotEqualTo(before.get(1));
            assertThat(products.tagged(11)).isEqualTo(before.get(2));
            products.forgetByTags(List.of(1L, 11L));
            assertThat(products.tagged(11)).isNotEqualTo(before.get(2));
            assertThat(products.tagged(2)).isEqualTo(second);
        });
    }

    @Test
    void aFallbackAnswersForAFailedLoadAndIsNotStored() {
        application.run(context -> {
            Products products = context.getBean(Products.class);
            products.failWith(failure);
            assertThat(products.withFallback(1).category()).isEqualTo("instead of no database");
            assertThat(context.getBean(StampedeCacheManager.class)
                            .getCache("fallback")
                            .get(1L))
                    .isNull();
            assertThat(products.laterWithFallback(1).join().category()).isEqualTo("LoadTimeoutException");
            assertThatThrownBy(() -> products.later(1).join()).hasCauseInstanceOf(LoadTimeoutException.class);
        });
    }

    @Test
    void whatIsMadeStaleIsServedOnAndWhatIsRemovedIsNot() {
        application.run(context -> {
            Products products = context.getBean(Products.class);
            Product before = products.stale(1);
            products.failWith(failure);
            products.makeStale(1);
            assertThat(products.stale(1)).isEqualTo(before);
            products.remove(1);
            assertThatThrownBy(() -> products.stale(1)).isSameAs(failure);
        });
    }

    @Test
    void theRestOfEvictionIsSpringsOwn() {
        application.run(context -> {
            Products products = context.getBean(Products.class);
            Product first = products.byValue(1);
            products.forget(new Product(1, "", 1));
            assertThat(products.byValue(1)).isEqualTo(first);
            products.forget(new Product(1, "", 0));
            Product second = products.byValue(1);
            assertThat(second).isNotEqualTo(first);
            assertThatThrownBy(() -> products.forgetAfter(1)).hasMessage("before the eviction");
            assertThat(products.byValue(1)).isEqualTo(second);
            assertThatThrownBy(() -> products.forgetBefore(1)).hasMessage("after the eviction");
            Product third = products.byValue(1);
            assertThat(third).isNotEqualTo(second);
            products.forgetAll();
            assertThat(products.byValue(1)).isNotEqualTo(third);
        });
    }

    @Test
    void anAnnotationOfAClassIsOneOfAllItsMethods() {
        application.run(context -> {
            OfClass ofClass = context.getBean(OfClass.class);
            assertThat(ofClass.count(1)).isOne();
            assertThat(ofClass.count(1)).isOne();
            assertThat(ofClass.count(-1)).isEqualTo(-1);
        });
    }

    @Test
    void itSaysNothingOfAMethodThatHasOneOfItsOwn() {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            OfClass ofClass = context.getBean(OfClass.class);
            assertThat(ofClass.length("a")).isEqualTo(ofClass.length("a"));
        });
    }
}
