package io.stampede.spring;

import io.stampede.KeyCodec;
import io.stampede.StampedeCache;
import org.jspecify.annotations.Nullable;

/**
 * A cache, and how it came to be as it is.
 *
 * @param spring the cache as Spring knows it
 * @param fullName its name in Redis, in metrics and in logs
 * @param keys how its keys are written
 * @param options its options
 * @param type the type of its values, as far as it is known
 * @param whyLocal why it stays in the process; null if it does not
 * @param counts what has happened in it
 */
record BuiltCache(
        SpringCache spring,
        String fullName,
        KeyCodec<Object> keys,
        CacheOptions options,
        @Nullable ValueType type,
        @Nullable String whyLocal,
        CacheCounts counts) {

    String name() {
        return spring.getName();
    }

    StampedeCache<Object, Object> cache() {
        return spring.getNativeCache();
    }
}
