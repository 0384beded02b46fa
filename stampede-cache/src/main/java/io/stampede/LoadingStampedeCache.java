package io.stampede;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A {@link StampedeCache} that knows its loader.
 *
 * <p>Thread-safe.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public interface LoadingStampedeCache<K, V> extends StampedeCache<K, V> {

    /**
     * As {@link #get(Object, Loader)} with the cache's own loader.
     *
     * @param key the key
     * @return the value, or null if the source has none
     */
    @Nullable
    V get(K key);

    /**
     * As {@link #getResult(Object, Loader)} with the cache's own loader.
     *
     * @param key the key
     * @return the value and its origin
     */
    Result<V> getResult(K key);

    /**
     * Loads the value anew on the cache's executor, whatever the tiers hold. A load of the key that is under way
     * anywhere in the cluster stores nothing any more. Until the new value is there, reads are served what L1 holds.
     *
     * @param key the key
     * @return completes with the value or null; fails with what the loader fails with
     * @throws IllegalArgumentException if the key codec can't write the key
     */
    CompletableFuture<@Nullable V> refresh(K key);
}
