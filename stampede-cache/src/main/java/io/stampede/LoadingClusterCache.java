package io.stampede;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The cache with a loader of its own. */
final class LoadingClusterCache<K, V> extends ClusterCache<K, V> implements LoadingStampedeCache<K, V> {

    private static final CallOptions REFRESH = CallOptions.none().forceFresh();

    private final Loader<? super K, ? extends V> loader;

    LoadingClusterCache(Assembly<K, V> parts, Loader<? super K, ? extends V> loader) {
        super(parts);
        this.loader = loader;
    }

    @Override
    public @Nullable V get(K key) {
        return get(key, loader);
    }

    @Override
    public Result<V> getResult(K key) {
        return getResult(key, loader);
    }

    @Override
    public CompletableFuture<@Nullable V> refresh(K key) {
        return enter(detached(key, AnyLoader.of(loader), REFRESH));
    }
}
