package io.stampede.spring;

import io.stampede.StampedeCache;
import io.stampede.spring.CacheReport.Switches;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Has caches do what an operator wants, and remembers what was switched.
 *
 * <p>Thread-safe.
 */
final class CacheSteering {

    private static final int BAD_REQUEST = 400;
    private static final Switches AS_BUILT = new Switches(true, false);

    private final TypedKeys keys;
    private final KeyRefresher refresher;
    private final Map<String, Switches> switched = new ConcurrentHashMap<>();

    CacheSteering(TypedKeys keys, KeyRefresher refresher) {
        this.keys = keys;
        this.refresher = refresher;
    }

    /** What an operator may want. */
    enum Operation {
        /** Removes the value of {@code key}, or all values with {@code tag}. */
        INVALIDATE,
        /** Makes the value of {@code key} stale. */
        EXPIRE,
        /** Makes the value of {@code key} stale and begins to load it anew. */
        REFRESH,
        /** Removes everything. */
        CLEAR,
        /** Switches early refresh off or {@code on}, on this node. */
        EARLY_REFRESH,
        /** Switches the bypass of the remote tier {@code on} or off, on this node. */
        BYPASS_REMOTE;

        static Operation of(@Nullable String text) {
            return Arrays.stream(values())
                    .filter(each -> each.text().equals(text))
                    .findFirst()
                    .orElseThrow(() -> refused((text == null ? "No operation is given" : "operation = " + text)
                            + ": allowed is one of "
                            + Arrays.stream(values()).map(Operation::text).toList()));
        }

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What somebody has asked for.
     *
     * @param operation its name
     * @param key the key as text
     * @param tag the tag
     * @param on for switches
     */
    record Order(
            @Nullable String operation,
            @Nullable String key,
            @Nullable String tag,
            @Nullable Boolean on) {

        private String keyOrRefuse() {
            if (key == null) {
                throw refused("The operation '" + operation + "' needs a key");
            }
            return key;
        }

        private boolean onOrRefuse() {
            if (on == null) {
                throw refused("The operation '" + operation + "' needs \"on\": true or false");
            }
            return on;
        }
    }

    static RefusedRequestException refused(String message) {
        return new RefusedRequestException(BAD_REQUEST, message);
    }

    Switches switches(BuiltCache cache) {
        return switched.getOrDefault(cache.name(), AS_BUILT);
    }

    /**
     * Does it.
     *
     * @return what was done, and what came of it
     * @throws RefusedRequestException if it can't be done
     */
    Map<String, Object> obey(BuiltCache cache, Order order) {
        Operation operation = Operation.of(order.operation());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("cache", cache.name());
        answer.put("operation", operation.text());
        answer.put("result", result(cache, operation, order));
        return answer;
    }

    private Object result(BuiltCache cache, Operation operation, Order order) {
        return switch (operation) {
            case INVALIDATE -> invalidate(cache, order);
            case EXPIRE -> onKey(cache, order, StampedeCache::expire);
            case REFRESH -> onKey(cache, order, (unused, key) -> refresher.refresh(cache, key));
            case CLEAR -> cache.cache().clear();
            case EARLY_REFRESH -> earlyRefresh(cache, order.onOrRefuse());
            case BYPASS_REMOTE -> bypassRemote(cache, order.onOrRefuse());
        };
    }

    private Object invalidate(BuiltCache cache, Order order) {
        String tag = order.tag();
        if ((tag == null) == (order.key() == null)) {
            throw refused("The operation 'invalidate' needs a key or a tag, and not both");
        }
        try {
            return tag == null
                    ? onKey(cache, order, StampedeCache::invalidate)
                    : cache.cache().invalidateByTag(tag);
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    /** What is done to a key. */
    @FunctionalInterface
    private interface KeyAction {
        Object apply(StampedeCache<Object, Object> cache, Object key);
    }

    private Object onKey(BuiltCache cache, Order order, KeyAction action) {
        return action.apply(cache.cache(), keys.read(cache, order.keyOrRefuse()));
    }

    private Object earlyRefresh(BuiltCache cache, boolean on) {
        cache.cache().setEarlyRefresh(on);
        return switched.compute(
                cache.name(),
                (name, before) -> new Switches(on, orAsBuilt(before).remoteBypassed()));
    }

    private Object bypassRemote(BuiltCache cache, boolean on) {
        if (cache.whyLocal() != null) {
            throw refused("Cache '" + cache.name() + "' has no remote tier to bypass: " + cache.whyLocal());
        }
        cache.cache().setRemoteBypassed(on);
        return switched.compute(
                cache.name(), (name, before) -> new Switches(orAsBuilt(before).earlyRefresh(), on));
    }

    private static Switches orAsBuilt(@Nullable Switches before) {
        return before == null ? AS_BUILT : before;
    }
}
