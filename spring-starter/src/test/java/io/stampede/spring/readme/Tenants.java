package io.stampede.spring.readme;

import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Service;

/** A value for each tenant. */
@Configuration(proxyBeanMethods = false)
public class Tenants {

    /** Whose thread this is. */
    static class Tenant {

        private static final ThreadLocal<String> CURRENT = ThreadLocal.withInitial(() -> "nobody");

        private Tenant() {}

        static String current() {
            return CURRENT.get();
        }

        static void enter(String tenant) {
            CURRENT.set(tenant);
        }
    }

    /** A value. */
    public record Settings(String tenant, int number) {}

    /** Where it comes from. */
    static class Repository {

        private final AtomicInteger reads = new AtomicInteger();

        Settings settings(String name) {
            return new Settings(Tenant.current(), reads.incrementAndGet());
        }
    }

    /** Has it cached. */
    @Service
    public static class TenantSettings {

        private final Repository repository = new Repository();

        @Cacheable(cacheNames = "settings", keyGenerator = "tenantKeys")
        public Settings settings(String name) {
            return repository.settings(name);
        }
    }

    @Bean
    KeyGenerator tenantKeys() {
        return (target, method, arguments) -> new SimpleKey(Tenant.current(), new SimpleKey(arguments));
    }
}
