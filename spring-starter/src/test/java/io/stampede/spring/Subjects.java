package io.stampede.spring;

import io.stampede.StampedeCache;
import io.stampede.StampedeCacheBuilder;
import io.stampede.spi.InvalidationBus;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;

/** An application with cached methods whose options are set in one way each, and what each of them is tried on. */
final class Subjects implements RemoteConnection, StampedeCacheCustomizer {

    private final Map<String, Subject> subjects = new HashMap<>();

    @EnableCaching
    static class Application {}

    /** The cached methods. */
    static class Methods {

        private final Subjects subjects;

        Methods(Subjects subjects) {
            this.subjects = subjects;
        }

        /** Of whose cache nothing is said. */
        @Cacheable("plain")
        public CompletableFuture<String> plain(String key) {
            return subjects.named("plain").load();
        }

        /** Of whose cache the properties say something. */
        @Cacheable("named")
        public CompletableFuture<String> named(String key) {
            return subjects.named("named").load();
        }

        /** Of whose cache its annotation says something. */
        @StampedeCacheable(
                cacheNames = "annotated",
                ttl = "${annotation.ttl:}",
                localTtl = "${annotation.localTtl:}",
                jitter = "${annotation.jitter:}",
                earlyRefresh = "${annotation.earlyRefresh:}",
                staleOnError = "${annotation.staleOnError:}",
                staleWhileRevalidate = "${annotation.staleWhileRevalidate:}",
                softTimeout = "${annotation.softTimeout:}",
                hardTimeout = "${annotation.hardTimeout:}",
                loaderDeadline = "${annotation.loaderDeadline:}",
                negativeTtl = "${annotation.negativeTtl:}",
                maxConcurrentLoads = "${annotation.maxConcurrentLoads:}")
        public CompletableFuture<String> annotated(String key) {
            return subjects.named("annotated").load();
        }
    }

    /** Starts an application with these properties, has something tried on it, and ends it. */
    static void run(Map<String, String> properties, Consumer<Subjects> experiment) {
        Subjects subjects = new Subjects();
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class))
                .withUserConfiguration(Application.class)
                .withBean(Subjects.class, () -> subjects)
                .withBean(Methods.class, () -> new Methods(subjects))
                .withPropertyValues(properties.entrySet().stream()
                        .map(property -> property.getKey() + "=" + property.getValue())
                        .toArray(String[]::new))
                .run(context -> {
                    Methods methods = context.getBean(Methods.class);
                    CacheManager manager = context.getBean(CacheManager.class);
                    subjects.named("plain").of(methods::plain, cache(manager, "plain"));
                    subjects.named("named").of(methods::named, cache(manager, "named"));
                    subjects.named("annotated").of(methods::annotated, cache(manager, "annotated"));
                    experiment.accept(subjects);
                });
    }

    private static StampedeCache<Object, Object> cache(CacheManager manager, String name) {
        return ((SpringCache) manager.getCache(name)).getNativeCache();
    }

    /** Properties in which chance and earlier failures play no part, and these. */
    static Map<String, String> calm(Map<String, String> defaults) {
        Map<String, String> properties = new LinkedHashMap<>();
        Map.of("jitter", "0", "early-refresh", "0", "first-backoff", "0s")
                .forEach((name, value) -> properties.put("stampede.defaults." + name, value));
        defaults.forEach((name, value) -> properties.put("stampede.defaults." + name, value));
        return properties;
    }

    Subject named(String cache) {
        return subjects.computeIfAbsent(cache, Subject::new);
    }

    @Override
    public void customize(String cache, StampedeCacheBuilder<Object, Object> builder) {
        builder.environment(named(cache).machine());
    }

    @Override
    public RemoteTier tier(RemoteNamespace namespace) {
        Subject subject = named(namespace.cache());
        return subject.tier(subject.remote().tier(namespace));
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        return named(namespace.cache()).remote().bus(namespace);
    }

    @Override
    public void check(long nanos) {
        // there is no connection that could be half open
    }
}
