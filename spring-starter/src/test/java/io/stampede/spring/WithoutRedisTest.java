package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** KNOWN-BUGS 40: trouble with Redis shows on none of the ways into a cache. */
class WithoutRedisTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class))
            .withUserConfiguration(Application.class)
            .withBean(Words.class)
            .withPropertyValues("stampede.redis.uri=redis://127.0.0.1:" + closedPort());

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Application {}

    static class Words {

        private final AtomicInteger calls = new AtomicInteger();

        private String next(String key) {
            return key + calls.incrementAndGet();
        }

        @Cacheable("plain")
        public String plain(String key) {
            return next(key);
        }

        @Cacheable(cacheNames = "sync", sync = true)
        public String sync(String key) {
            return next(key);
        }

        @Cacheable(cacheNames = "unless", unless = "#result.isEmpty()")
        public String unless(String key) {
            return next(key);
        }

        @Cacheable({"one", "two"})
        public String several(String key) {
            return next(key);
        }

        @Caching(cacheable = @Cacheable("three"), evict = @CacheEvict("one"))
        public String combined(String key) {
            return next(key);
        }

        @Cacheable("future")
        public CompletableFuture<String> future(String key) {
            return CompletableFuture.completedFuture(next(key));
        }

        @Cacheable("mono")
        public Mono<String> mono(String key) {
            return Mono.fromSupplier(() -> next(key));
        }

        @Cacheable("flux")
        public Flux<String> flux(String key) {
            return Flux.defer(() -> Flux.just(next(key)));
        }

        @CachePut("plain")
        public String put(String key) {
            return next(key);
        }

        @CacheEvict("plain")
        public void evict(String key) {}

        @CacheEvict(cacheNames = "plain", beforeInvocation = true)
        public void evictBefore(String key) {}

        @CacheEvict(cacheNames = "plain", allEntries = true)
        public void clear() {}

        @Cacheable("broken")
        public String broken(String key) throws IOException {
            throw new IOException("the source is down");
        }
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void eachWayServesAndCachesInTheProcess() {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            Words words = context.getBean(Words.class);
            assertThat(words.plain("a")).isEqualTo(words.plain("a"));
            assertThat(words.sync("a")).isEqualTo(words.sync("a"));
            assertThat(words.unless("a")).isEqualTo(words.unless("a"));
            assertThat(words.several("a")).isEqualTo(words.several("a"));
            assertThat(words.combined("a")).isEqualTo(words.combined("a"));
            assertThat(words.future("a").get()).isEqualTo(words.future("a").get());
            assertThat(words.mono("a").block()).isEqualTo(words.mono("a").block());
            assertThat(words.flux("a").blockLast()).isEqualTo(words.flux("a").blockLast());
            assertThat(words.put("a")).isEqualTo(words.plain("a"));
            String before = words.plain("a");
            words.evict("a");
            assertThat(words.plain("a")).isNotEqualTo(before);
            words.evictBefore("a");
            words.clear();
        });
    }

    @Test
    void soDoesEachMethodOfACache() {
        application.run(context -> {
            Cache cache = context.getBean(CacheManager.class).getCache("plain");
            assertThat(cache.get("a")).isNull();
            assertThat(cache.get("a", () -> "loaded")).isEqualTo("loaded");
            assertThat(cache.get("a", String.class)).isEqualTo("loaded");
            assertThat(cache.retrieve("a").get()).isNotNull();
            assertThat(cache.retrieve("b", () -> CompletableFuture.completedFuture("loaded"))
                            .get())
                    .isEqualTo("loaded");
            assertThat(cache.putIfAbsent("a", "other").get()).isEqualTo("loaded");
            cache.put("a", null);
            assertThat(cache.get("a").get()).isNull();
            assertThat(cache.evictIfPresent("a")).isTrue();
            cache.evict("a");
            cache.clear();
            cache.invalidate();
            assertThat(cache.get("a")).isNull();
        });
    }

    @Test
    void aMethodsOwnExceptionComesThroughUnchanged() {
        application.run(
                context -> assertThatThrownBy(() -> context.getBean(Words.class).broken("a"))
                        .isExactlyInstanceOf(IOException.class)
                        .hasMessage("the source is down"));
    }
}
