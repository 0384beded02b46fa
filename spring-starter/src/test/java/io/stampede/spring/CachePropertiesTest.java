package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.RemoteConnection;
import io.stampede.testing.InMemoryRemote;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;

/** The properties that are no options of a cache. */
class CachePropertiesTest {

    private final InMemoryRemote remote = new InMemoryRemote(() -> System.nanoTime() / 1_000);
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class, CacheAutoConfiguration.class))
            .withBean(RemoteConnection.class, () -> remote)
            .withUserConfiguration(Numbers.class);

    @EnableCaching
    static class Numbers {

        private final AtomicInteger calls = new AtomicInteger();

        @Cacheable("numbers")
        public Object count(String key) {
            return (long) calls.incrementAndGet();
        }
    }

    @Test
    void aTypeThatNoMethodTellsIsTakenFromTheProperties() {
        ApplicationContextRunner typed = application.withPropertyValues("stampede.caches.numbers.type=java.lang.Long");
        for (int run = 0; run < 2; run++) { // the second finds what the first has left
            typed.run(context ->
                    assertThat(context.getBean(Numbers.class).count("key")).isEqualTo(1L));
        }
        assertThat(remote.count("publish")).isOne();
    }

    @Test
    void withoutItTheCacheStaysInTheProcess() {
        application.run(context -> context.getBean(Numbers.class).count("key"));
        assertThat(remote.count("publish")).isZero();
    }

    @Test
    void whatIsNotEnabledLeavesTheFieldToOthers() {
        application.withPropertyValues("stampede.enabled=false").run(context -> {
            assertThat(context.getBean(CacheManager.class)).isNotInstanceOf(StampedeCacheManager.class);
            assertThat(context).doesNotHaveBean(StampedeProperties.class);
        });
    }

    @Test
    void aNamespaceIsPutBeforeTheNamesOfCachesInRedis() {
        Map<String, String> properties = new LinkedHashMap<>(Subjects.calm(Map.of()));
        Subjects.run(properties, subjects -> {
            subjects.named("plain").call();
            assertThat(subjects.named("plain").remoteBytes()).isNotNull();
        });
        properties.put("stampede.namespace", "shop");
        Subjects.run(properties, subjects -> {
            subjects.named("plain").call();
            assertThat(subjects.named("plain").remoteBytes()).isNull();
            assertThat(subjects.named("shop:plain").remoteBytes()).isNotNull();
        });
    }
}
