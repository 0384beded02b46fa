package io.stampede;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a value from its source: a database, a service.
 *
 * <p>A loader may be called on several threads at once, for different keys. It must not wait for another load of the
 * same key; a cache refuses such a call on the same thread with an {@link IllegalStateException}.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
@FunctionalInterface
public interface Loader<K, V> {

    /**
     * Reads the value of a key.
     *
     * @param key the key
     * @return the value, or null if the source has none: the callers get null, and that is stored only if the cache has a
     *     {@code negativeTtl}
     * @throws Exception whatever it likes; the callers get an unchecked exception or an error unchanged, and a checked
     *     one as the cause of a {@link LoadException}
     */
    @Nullable
    V load(K key) throws Exception;

    /**
     * A loader for sources that answer with an {@link Optional}: empty means that there is no value.
     *
     * @param source the source, for example {@code repository::findById}
     * @param <K> the type of keys
     * @param <V> the type of values
     * @return the loader
     */
    static <K, V> Loader<K, V> optional(Loader<? super K, Optional<V>> source) {
        return key -> {
            Optional<V> value = source.load(key);
            return value == null ? null : value.orElse(null);
        };
    }

    /**
     * A loader that sees the value it is to replace, and that may say how the new one is to be kept:
     *
     * <pre>{@code
     * Loader.<Long, Product>withContext(context -> {
     *     Product old = context.old();
     *     if (old != null && service.version(context.key()) == old.version()) {
     *         return Loaded.notModified();
     *     }
     *     return Loaded.of(service.read(context.key())).ttl(Duration.ofMinutes(1));
     * })
     * }</pre>
     *
     * @param function reads the value
     * @param <K> the type of keys
     * @param <V> the type of values
     * @return the loader
     */
    static <K, V> Loader<K, V> withContext(WithContext<K, V> function) {
        return new ContextualLoader<>(Objects.requireNonNull(function, "function"));
    }

    /**
     * Reads a value, knowing what it replaces.
     *
     * @param <K> the type of keys
     * @param <V> the type of values
     */
    @FunctionalInterface
    interface WithContext<K, V> {

        /**
         * Reads a value.
         *
         * @param context the key, and the old value if there is one
         * @return what was found, never null
         * @throws Exception as in {@link Loader#load}
         */
        Loaded<V> load(LoadContext<K, V> context) throws Exception;
    }
}
