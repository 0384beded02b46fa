package io.stampede;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The cache with a loader of its own. */
final class LoadingClusterCache<K, V> extends ClusterCache<K, V> implements LoadingStampedeCache<K, V> {

    private final Loader<? super K, ? extends V> loader;

    LoadingClusterCache(Flights<K, V> flights, Runnable onClose, Loader<? super K, ? extends V> loader) {
        super(flights, onClose);
        this.loader = loader;
    }

    @Override
    public @Nullable V get(K key) {
        return get(key, loader);
    }

    @Override
    public CompletableFuture<@Nullable V> refresh(K key) {
        return enter(key, new SyncLoader<K, V>(loader), true);
    }
}
