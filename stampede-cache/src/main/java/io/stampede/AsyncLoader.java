package io.stampede;

import java.util.Objects;
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

    /**
     * A loader that sees the value it is to replace, and that may say how the new one is to be kept, as
     * {@link Loader#withContext}.
     *
     * @param function starts reading the value
     * @param <K> the type of keys
     * @param <V> the type of values
     * @return the loader
     */
    static <K, V> AsyncLoader<K, V> withContext(WithContext<K, V> function) {
        return new ContextualAsyncLoader<>(Objects.requireNonNull(function, "function"));
    }

    /**
     * Starts reading a value, knowing what it replaces.
     *
     * @param <K> the type of keys
     * @param <V> the type of values
     */
    @FunctionalInterface
    interface WithContext<K, V> {

        /**
         * Starts reading a value.
         *
         * @param context the key, and the old value if there is one
         * @return completes with what was found, never null
         * @throws Exception as in {@link AsyncLoader#load}
         */
        CompletionStage<Loaded<V>> load(LoadContext<K, V> context) throws Exception;
    }
}
