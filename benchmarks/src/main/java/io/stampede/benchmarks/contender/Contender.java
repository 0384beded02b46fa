package io.stampede.benchmarks.contender;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One node's cache of texts that knows its {@link Source}. Thread-safe, closing excepted.
 *
 * <p>What a source throws reaches the caller as it was, or wrapped in an unchecked exception. So does trouble of Redis, of
 * which each contender makes what it makes of it.
 */
public interface Contender extends AutoCloseable {

    /** The value, read through: from this node, from Redis, or else from the source. */
    String get(String key);

    /** Many values. One by one, unless the contender has something better to offer. */
    default Map<String, String> getAll(Collection<String> keys) {
        Map<String, String> values = new LinkedHashMap<>();
        keys.forEach(key -> values.put(key, get(key)));
        return values;
    }

    /** Writes a value of which the source already knows. */
    void put(String key, String value);

    /** Makes the next read ask the source, on this node at least. */
    void invalidate(String key);

    @Override
    void close();
}
