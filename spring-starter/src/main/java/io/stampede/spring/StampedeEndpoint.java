package io.stampede.spring;

import io.stampede.Health;
import io.stampede.spring.CacheSteering.Order;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/** Shows the caches as they are, and has them do something. */
@Endpoint(id = "stampede")
class StampedeEndpoint {

    private static final int NOT_FOUND = 404;

    private final StampedeCacheManager manager;
    private final CacheSteering steering;

    StampedeEndpoint(StampedeCacheManager manager, CacheSteering steering) {
        this.manager = manager;
        this.steering = steering;
    }

    /** All caches there are. Asks Redis how it is. */
    @ReadOperation
    Map<String, Map<String, CacheReport>> caches() {
        List<BuiltCache> all = manager.all();
        Map<String, Health> health = DeepCheck.of(all);
        Map<String, CacheReport> reports = new LinkedHashMap<>();
        for (BuiltCache cache : all) {
            Health its = health.get(cache.name());
            if (its != null) {
                reports.put(cache.name(), report(cache, its));
            }
        }
        return Map.of("caches", reports);
    }

    /** One of them. */
    @ReadOperation
    CacheReport cache(@Selector String cache) {
        BuiltCache found = find(cache);
        return report(found, found.cache().deepHealth());
    }

    /**
     * Has a cache do something.
     *
     * @param cache the cache's name
     * @param operation what to do, see {@link CacheSteering.Operation}
     * @param key the key, for operations on one
     * @param tag the tag, to invalidate by it
     * @param on for switches
     */
    @WriteOperation
    Map<String, Object> operate(
            @Selector String cache,
            @Nullable String operation,
            @Nullable String key,
            @Nullable String tag,
            @Nullable Boolean on) {
        return steering.obey(find(cache), new Order(operation, key, tag, on));
    }

    private CacheReport report(BuiltCache cache, Health health) {
        return CacheReport.of(cache, health, steering.switches(cache));
    }

    private BuiltCache find(String name) {
        return manager.all().stream()
                .filter(cache -> cache.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RefusedRequestException(
                        NOT_FOUND, "There is no cache '" + name + "'; there are " + manager.getCacheNames()));
    }
}
