package io.stampede.spring;

import io.stampede.Health.Status;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Looks at every part of every cache, and asks Redis. Blocks for the longest {@code remoteTimeout} of them, about. */
final class DeepCachesHealth extends AbstractHealthIndicator {

    private final StampedeCacheManager manager;

    DeepCachesHealth(StampedeCacheManager manager) {
        super("The caches could not be looked at");
        this.manager = manager;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Map<String, io.stampede.Health> found = DeepCheck.of(manager.all());
        Status worst = found.values().stream()
                .map(io.stampede.Health::status)
                .max(Comparator.naturalOrder())
                .orElse(Status.UP);
        Map<String, Object> caches = new LinkedHashMap<>();
        found.forEach((name, health) -> caches.put(name, Part.all(health)));
        builder.status(worst.name()).withDetail("caches", caches);
    }

    /**
     * How a part of a cache is, as it is shown.
     *
     * @param status how
     * @param reason why, for people
     */
    record Part(Status status, String reason) {

        static Map<String, Part> all(io.stampede.Health health) {
            Map<String, Part> parts = new LinkedHashMap<>();
            health.parts().forEach(part -> parts.put(part.name(), new Part(part.status(), part.reason())));
            return parts;
        }
    }
}
