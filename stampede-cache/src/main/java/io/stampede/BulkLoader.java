package io.stampede;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads the values of several keys from their source at once.
 *
 * <p>A loader may be called on several threads at once, for different keys.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
@FunctionalInterface
public interface BulkLoader<K, V> {

    /**
     * Reads the values of several keys.
     *
     * @param keys the keys, at least one, in the order in which they were asked for; unmodifiable
     * @return their values; a key that is missing, or whose value is null, has none. Keys that were not asked for are
     *     ignored
     * @throws Exception whatever it likes; it counts as a failure of each of the keys
     */
    Map<? extends K, ? extends V> loadAll(Set<K> keys) throws Exception;

    /**
     * A loader for sources that answer with values which know their keys:
     * {@code BulkLoader.byKey(repository::findAllById, Product::id)}.
     *
     * @param source the source
     * @param key the key of a value
     * @param <K> the type of keys
     * @param <V> the type of values
     * @return the loader
     */
    static <K, V> BulkLoader<K, V> byKey(
            Function<? super Set<K>, ? extends Iterable<? extends V>> source, Function<? super V, ? extends K> key) {
        return keys -> {
            Map<K, V> values = new LinkedHashMap<>();
            source.apply(keys).forEach(value -> values.put(key.apply(value), value));
            return values;
        };
    }
}
