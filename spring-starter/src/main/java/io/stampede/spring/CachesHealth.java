package io.stampede.spring;

import io.stampede.Health.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether the caches work, whatever becomes of Redis. Asks nobody and does not block: what it tells of Redis is what the
 * caches have seen of it last.
 */
final class CachesHealth extends AbstractHealthIndicator {

    private final StampedeCacheManager manager;
    private final String degradedStatus;

    CachesHealth(StampedeCacheManager manager, String degradedStatus) {
        super("The caches could not be looked at");
        this.manager = manager;
        this.degradedStatus = degradedStatus;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        List<BuiltCache> all = manager.all();
        Map<String, Status> caches = new LinkedHashMap<>();
        all.forEach(cache -> caches.put(cache.name(), status(cache)));
        builder.status(code(caches)).withDetail("caches", caches);
        if (caches.containsValue(Status.DEGRADED)) {
            builder.withDetail(
                    "reason",
                    "Redis has not answered the last time it was asked. The degraded caches go on without it, each node"
                            + " for itself; the health group " + DeepHealthGroups.GROUP + " says more");
        }
    }

    private static Status status(BuiltCache cache) {
        Status status = cache.cache().health().status();
        return status == Status.UP && cache.counts().isRemoteSilent() ? Status.DEGRADED : status;
    }

    private String code(Map<String, Status> caches) {
        if (caches.containsValue(Status.DOWN)) {
            return Status.DOWN.name();
        }
        return caches.containsValue(Status.DEGRADED) ? degradedStatus : Status.UP.name();
    }
}
