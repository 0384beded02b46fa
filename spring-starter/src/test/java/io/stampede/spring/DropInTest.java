package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.interceptor.SimpleCacheErrorHandler;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Spring's own annotations, with nothing but the starter beside them. */
class DropInTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class, CacheAutoConfiguration.class))
            .withUserConfiguration(Application.class);

    record Product(long id, String name) {}

    static class Products {

        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        private Product called(long id) {
            return new Product(id, "product " + calls.incrementAndGet());
        }

        @Cacheable("found")
        public Product find(long id) {
            return called(id);
        }

        @Cacheable(cacheNames = "short", unless = "#result.id < 10")
        public Product findUnlessShort(long id) {
            return called(id);
        }

        @Cacheable("optional")
        public Optional<Product> optional(long id) {
            calls.incrementAndGet();
            return id == 0 ? Optional.empty() : Optional.of(new Product(id, "optional"));
        }

        @Cacheable("future")
        public CompletableFuture<Product> future(long id) {
            return CompletableFuture.completedFuture(called(id));
        }

        @Cacheable("mono")
        public Mono<Product> mono(long id) {
            return Mono.fromSupplier(() -> called(id));
        }

        @Cacheable("flux")
        public Flux<Product> flux(long id) {
            return Flux.defer(() -> Flux.just(called(id), new Product(id, "second")));
        }

        @CachePut(cacheNames = "found", key = "#product.id")
        public Product save(Product product) {
            return product;
        }

        @CacheEvict("found")
        public void forget(long id) {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Application {
        @Bean
        Products products() {
            return new Products();
        }
    }

    @Test
    void cachedMethodsAreCalledOnce() {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            Products products = context.getBean(Products.class);
            assertThat(context.getBean(CacheManager.class)).isInstanceOf(StampedeCacheManager.class);
            for (int i = 0; i < 2; i++) {
                assertThat(products.find(1).name()).isEqualTo("product 1");
                assertThat(products.future(1).get().name()).isEqualTo("product 2");
                assertThat(products.mono(1).block().name()).isEqualTo("product 3");
                assertThat(products.flux(1).collectList().block()).hasSize(2);
                assertThat(products.optional(1)).contains(new Product(1, "optional"));
                assertThat(products.optional(0)).isEmpty();
                assertThat(products.findUnlessShort(11).name()).isEqualTo("product 7");
            }
            assertThat(products.save(new Product(1, "saved"))).isEqualTo(products.find(1));
            products.forget(1);
            assertThat(products.find(1).name()).isNotEqualTo("saved");
        });
    }

    @Test
    void aThousandCallersAtOnceAreOneCallThoughNobodySaysSync() {
        application.run(context -> {
            Products products = context.getBean(Products.class);
            for (boolean unless : new boolean[] {false, true}) {
                int before = products.calls();
                ExecutorService threads = Executors.newFixedThreadPool(32);
                CountDownLatch together = new CountDownLatch(32);
                List<Future<Product>> results = new ArrayList<>();
                for (int i = 0; i < 32; i++) {
                    results.add(threads.submit(() -> {
                        together.countDown();
                        together.await();
                        return unless ? products.findUnlessShort(77) : products.find(77);
                    }));
                }
                for (Future<Product> result : results) {
                    assertThat(result.get()).isNotNull();
                }
                threads.shutdown();
                assertThat(products.calls() - before).isOne();
            }
        });
    }

    @Test
    void whatUnlessForbidsIsNotStored() {
        application.run(context -> {
            Products products = context.getBean(Products.class);
            products.findUnlessShort(1);
            products.findUnlessShort(1);
            assertThat(products.calls()).isEqualTo(2);
            assertThat(context.getBean(CacheManager.class).getCache("short").get(1L))
                    .isNull();
        });
    }

    @Test
    void itStandsBackForTheApplicationsOwnManager() {
        application
                .withBean(ConcurrentMapCacheManager.class, () -> new ConcurrentMapCacheManager())
                .run(context ->
                        assertThat(context.getBean(CacheManager.class)).isInstanceOf(ConcurrentMapCacheManager.class));
    }

    @Test
    void andForAKindOfCacheThatItHasNamed() {
        application
                .withPropertyValues("spring.cache.type=none")
                .run(context -> assertThat(context.getBean(CacheManager.class)).isInstanceOf(NoOpCacheManager.class));
    }

    @Test
    void andWhereItIsSwitchedOff() {
        application
                .withPropertyValues("stampede.enabled=false")
                .run(context ->
                        assertThat(context.getBean(CacheManager.class)).isNotInstanceOf(StampedeCacheManager.class));
    }

    @Test
    void fixedNamesAreAllThereAre() {
        application
                .withPropertyValues("spring.cache.cache-names=found,short,optional,future,mono,flux")
                .run(context -> {
                    CacheManager manager = context.getBean(CacheManager.class);
                    assertThat(manager.getCacheNames())
                            .containsExactlyInAnyOrder("found", "short", "optional", "future", "mono", "flux");
                    assertThat(manager.getCache("other")).isNull();
                });
        application
                .withPropertyValues("spring.cache.cache-names[0]=one", "spring.cache.cache-names[1]=two")
                .run(context -> assertThat(context.getBean(CacheManager.class).getCacheNames())
                        .containsExactly("one", "two"));
        application.run(context -> {
            CacheManager manager = context.getBean(CacheManager.class);
            assertThat(manager.getCache("other")).isSameAs(manager.getCache("other"));
            assertThat(manager.getCacheNames()).contains("other");
        });
    }

    /** Names that a cache of ours can't have as they are. */
    @Test
    void aCacheMayHaveAnyName() {
        application.run(context -> {
            CacheManager manager = context.getBean(CacheManager.class);
            for (String name : List.of("all products", "a/b", "caf\u00e9", ":u0020", " ")) {
                Cache cache = manager.getCache(name);
                cache.put(1, name);
                assertThat(cache.getName()).isEqualTo(name);
            }
            assertThat(manager.getCache("all products").get(1).get()).isEqualTo("all products");
            assertThat(manager.getCache(" ").get(1).get()).isEqualTo(" ");
            assertThat(CacheNames.encoded(" ")).isNotEqualTo(CacheNames.encoded(":u0020"));
        });
    }

    /** What is wrong with a cache, as against a load, is for the application's error handler to judge. */
    @Test
    void theErrorHandlerIsAskedAboutAKeyThatCantBeWritten() {
        List<Object> keys = new ArrayList<>();
        CachingConfigurer configurer = new CachingConfigurer() {
            @Override
            public CacheErrorHandler errorHandler() {
                return new SimpleCacheErrorHandler() {
                    @Override
                    public void handleCacheGetError(RuntimeException exception, Cache cache, Object key) {
                        keys.add(key);
                    }
                };
            }
        };
        ApplicationContextRunner withRedis = application
                .withBean(OddKeys.class)
                .withPropertyValues("stampede.redis.uri=redis://127.0.0.1:1"); // it need not answer
        withRedis.withBean(CachingConfigurer.class, () -> configurer).run(context -> {
            Object key = new Object();
            assertThat(context.getBean(OddKeys.class).find(key)).isEqualTo("called");
            assertThat(keys).containsExactly(key);
        });
        withRedis.run(context -> assertThatThrownBy(
                        () -> context.getBean(OddKeys.class).find(new Object()))
                .hasMessageContaining("odd")
                .hasMessageContaining("KeyCodec"));
    }

    static class OddKeys {
        @Cacheable("odd")
        public String find(Object key) {
            return "called";
        }
    }
}
