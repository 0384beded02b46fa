package io.stampede;

import java.util.concurrent.CompletionStage;

/**
 * Reads a value from its source without holding a thread.
 *
 * <p>A loader may be called on several threads at once, for different keys. It must not wait for another load of the
 * same key.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
@FunctionalInterface
public interface AsyncLoader<K, V> {

    /**
     * Starts reading the value of a key.
     *
     * @param key the key
     * @return completes with the value, or with null if the source has none
     * @throws Exception whatever it likes; it counts like a stage that fails
     */
    CompletionStage<V> load(K key) throws Exception;
}
