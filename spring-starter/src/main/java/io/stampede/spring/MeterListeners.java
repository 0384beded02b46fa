package io.stampede.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.stampede.CacheListener;
import io.stampede.metrics.MicrometerListener;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Meters of each cache in the application's registry, until the application ends: those of {@link MicrometerListener},
 * {@code cache.gets} and its like among them, with the tags {@code cache}, {@code name} and {@code cache.manager} that
 * Spring Boot's own cache metrics have. They take the place of those, so there is no {@code CacheMeterBinderProvider}: it
 * would count every read twice, and would not know of caches that are made later.
 *
 * <p>A hit, in {@code cache.gets}, is a read answered with what was cached, be it stale or suspect; a miss is one whose
 * caller had to load, to wait for a load, or to go without.
 *
 * <p>Thread-safe.
 */
final class MeterListeners implements CacheFactory.CacheListenerFactory, DisposableBean {

    static final String MANAGER = "stampede";

    private static final CacheListener NOBODY = new CacheListener() {};

    /** Asked when a cache is made, so that it does not matter which bean is made first. */
    private final ObjectProvider<MeterRegistry> registry;

    private final Queue<MicrometerListener> listeners = new ConcurrentLinkedQueue<>();

    MeterListeners(ObjectProvider<MeterRegistry> registry) {
        this.registry = registry;
    }

    @Override
    public CacheListener listener(String cache) {
        MeterRegistry itsRegistry = registry.getIfUnique();
        if (itsRegistry == null) {
            return NOBODY;
        }
        MicrometerListener listener =
                new MicrometerListener(itsRegistry, Tags.of("cache.manager", MANAGER, "name", cache));
        listeners.add(listener);
        return listener;
    }

    @Override
    public void destroy() {
        listeners.forEach(MicrometerListener::close);
    }
}
