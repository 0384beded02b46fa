package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stampede.spi.RemoteConnection;
import io.stampede.testing.InMemoryRemote;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.metrics.CacheMetricsRegistrar;
import org.springframework.boot.cache.metrics.CaffeineCacheMeterBinderProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.caffeine.CaffeineCache;
import org.springframework.context.ApplicationContext;

/** What an application is told of its caches, without a web server. */
class SeeingTest {

    private final InMemoryRemote remote = new InMemoryRemote(() -> System.currentTimeMillis() * 1000);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class))
            .withBean(RemoteConnection.class, () -> remote)
            .withPropertyValues("stampede.caches.products.type=java.lang.String");

    private static Cache products(ApplicationContext context) {
        return context.getBean(CacheManager.class).getCache("products");
    }

    private static Health health(ApplicationContext context) {
        return context.getBean("stampedeHealthIndicator", HealthIndicator.class).health();
    }

    @Test
    void anOutageIsUpUnlessItIsSaidOtherwise() {
        application.run(context -> assertThat(healthInAnOutage(context)).isEqualTo("UP"));
        remote.failAll(false);
        application
                .withPropertyValues("stampede.health.degraded-status=OUT_OF_SERVICE")
                .run(context -> assertThat(healthInAnOutage(context)).isEqualTo("OUT_OF_SERVICE"));
    }

    private String healthInAnOutage(ApplicationContext context) {
        assertThat(health(context).getDetails()).doesNotContainKey("reason");
        assertThat(health(context).getStatus().getCode()).isEqualTo("UP");
        remote.failAll(true);
        products(context).put(1L, "one");
        await().until(() -> health(context).getDetails().containsKey("reason"));
        return health(context).getStatus().getCode();
    }

    @Test
    void aClosedCacheIsDownInBothChecks() {
        application.run(context -> {
            context.getBean(StampedeCacheManager.class)
                    .built("products")
                    .cache()
                    .close();
            assertThat(health(context).getStatus().getCode()).isEqualTo("DOWN");
            assertThat(context.getBean("stampedeDeepHealthIndicator", HealthIndicator.class)
                            .health()
                            .getStatus()
                            .getCode())
                    .isEqualTo("DOWN");
        });
    }

    @Test
    void theChecksAreSwitchedOffAsAllOfSpringBoots() {
        application
                .withPropertyValues("management.health.stampede.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
    }

    @Test
    void theEndpointIsThereOnlyWhereItIsExposed() {
        application.run(context -> assertThat(context).doesNotHaveBean(StampedeEndpoint.class));
        application
                .withPropertyValues("management.endpoints.jmx.exposure.include=stampede", "spring.jmx.enabled=true")
                .run(context -> assertThat(context).hasSingleBean(StampedeEndpoint.class));
    }

    @Test
    void allOfItIsLeftOutWhereItsLibrariesAreMissing() {
        application
                .withClassLoader(new FilteredClassLoader(
                        "io.micrometer", "org.springframework.boot.actuate", "org.springframework.boot.health"))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(products(context).get(1L, () -> "one")).isEqualTo("one");
                });
    }

    @Test
    void theMetersOfACacheAreThereWhileTheApplicationIs() {
        application.withBean(MeterRegistry.class, () -> registry).run(context -> {
            products(context).get(1L, () -> "one");
            products(context).get(1L, () -> "one");
            await().until(() -> registry.get("cache.gets")
                            .tags("name", "products", "result", "hit")
                            .functionCounter()
                            .count()
                    == 1);
            context.getBean(CacheManager.class).getCache("made later");
            assertThat(registry.find("stampede.reads").tag("name", "made later").functionCounters())
                    .isNotEmpty();
        });
        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .noneMatch(name -> name.startsWith("cache.") || name.startsWith("stampede."));
    }

    /** Registries such as that of Prometheus refuse meters of one name whose tags differ. */
    @Test
    void theTagsAreThoseOfSpringBootsOwnCacheMeters() {
        application.withBean(MeterRegistry.class, () -> registry).run(context -> {
            new CacheMetricsRegistrar(registry, List.of(new CaffeineCacheMeterBinderProvider()))
                    .bindCacheToRegistry(
                            new CaffeineCache(
                                    "other", Caffeine.newBuilder().recordStats().build()),
                            Tag.of("cache.manager", "caffeine"));
            Set<Set<String>> keys = registry.find("cache.gets").meters().stream()
                    .map(SeeingTest::tagKeys)
                    .collect(Collectors.toSet());
            assertThat(registry.find("cache.gets").tag("name", "other").meters())
                    .isNotEmpty();
            assertThat(keys).containsExactly(Set.of("cache", "cache.manager", "name", "result"));
        });
    }

    private static Set<String> tagKeys(Meter meter) {
        return meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toSet());
    }
}
