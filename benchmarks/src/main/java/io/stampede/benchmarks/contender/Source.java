package io.stampede.benchmarks.contender;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Where values come from when they are in no cache. Thread-safe. */
@FunctionalInterface
public interface Source {

    String load(String key);

    /** Many values. One by one, unless the source has something better to offer. */
    default Map<String, String> loadAll(Set<String> keys) {
        Map<String, String> values = new LinkedHashMap<>();
        keys.forEach(key -> values.put(key, load(key)));
        return values;
    }
}
