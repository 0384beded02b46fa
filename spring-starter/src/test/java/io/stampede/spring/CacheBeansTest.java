package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.StampedeCache;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;

/** Caches that are injected, for those who want more than an annotation can say. */
class CacheBeansTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class))
            .withPropertyValues("stampede.caches.names.ttl=1m", "stampede.caches.other-names.ttl=1m")
            .withUserConfiguration(Application.class)
            .withBean(Names.class)
            .withBean(User.class);

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Application {}

    static class Names {

        @Cacheable("names")
        public String find(long id) {
            return "found";
        }
    }

    record User(@Qualifier("names") StampedeCache<Long, String> names) {}

    @Test
    void anInjectedCacheIsTheOneOfTheMethods() {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            StampedeCache<Long, String> names = context.getBean(User.class).names();
            assertThat(context.getBean(CacheManager.class).getCache("names").getNativeCache())
                    .isSameAs(names)
                    .isNotSameAs(context.getBean("stampedeCache.other-names"));
            assertThat(names.get(1L, id -> "loaded")).isEqualTo("loaded");
            assertThat(context.getBean(Names.class).find(1)).isEqualTo("loaded");
        });
    }
}
