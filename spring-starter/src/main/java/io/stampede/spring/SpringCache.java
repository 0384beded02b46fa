package io.stampede.spring;

import io.stampede.AsyncLoader;
import io.stampede.CacheClosedException;
import io.stampede.LoadException;
import io.stampede.Loaded;
import io.stampede.Loader;
import io.stampede.Result;
import io.stampede.StampedeCache;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;

/**
 * One of our caches as Spring's cache abstraction knows it. A null is a value here: that the source is known to have none.
 *
 * <p>Thread-safe.
 */
final class SpringCache implements Cache {

    private final String name;
    private final StampedeCache<Object, Object> cache;
    private final LongSupplier localSize;

    SpringCache(String name, StampedeCache<Object, Object> cache, LongSupplier localSize) {
        this.name = name;
        this.cache = cache;
        this.localSize = localSize;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public StampedeCache<Object, Object> getNativeCache() {
        return cache;
    }

    // ---- reads --------------------------------------------------------------------------------------------------

    @Override
    public @Nullable ValueWrapper get(Object key) {
        return wrapped(cache.lookup(key));
    }

    @Override
    @SuppressWarnings("unchecked") // looked at
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        Object value = cache.lookup(key).value();
        if (value != null && type != null && !type.isInstance(value)) {
            throw new IllegalStateException("Cache '" + name + "': the value of key '" + key + "' is a "
                    + value.getClass().getName() + ", not a " + type.getName());
        }
        return (T) value;
    }

    @Override
    @SuppressWarnings("unchecked") // Spring's contract leaves it to the caller
    public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
        try {
            return (T) load(key, () -> loaded(valueLoader.call()));
        } catch (KeyRefusedException | CacheClosedException e) {
            throw e;
        } catch (LoadException e) {
            throw new ValueRetrievalException(key, valueLoader, e.getCause());
        } catch (RuntimeException e) {
            throw new ValueRetrievalException(key, valueLoader, e);
        }
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        return cache.lookupAsync(key).thenApply(SpringCache::wrapped);
    }

    @Override
    @SuppressWarnings("unchecked") // Spring's contract leaves it to the caller
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        return (CompletableFuture<T>) loadAsync(key, () -> valueLoader.get().thenApply(SpringCache::loaded));
    }

    private static @Nullable ValueWrapper wrapped(Result<Object> result) {
        return result.source() == Result.Source.ABSENT ? null : new SimpleValueWrapper(result.value());
    }

    static Loaded<Object> loaded(@Nullable Object value) {
        return value == null ? Loaded.absent() : Loaded.of(value);
    }

    /** The value of a key, loaded if need be, at most once in the cluster; null if the source has none. */
    @Nullable
    Object load(Object key, Callable<Loaded<Object>> load) {
        return cache.get(key, Loader.withContext(context -> load.call()));
    }

    /** The same without holding a thread. */
    CompletableFuture<@Nullable Object> loadAsync(Object key, Callable<CompletionStage<Loaded<Object>>> load) {
        return cache.getAsync(key, AsyncLoader.withContext(context -> load.call()));
    }

    // ---- writes -------------------------------------------------------------------------------------------------

    @Override
    public void put(Object key, @Nullable Object value) {
        cache.put(key, value);
    }

    /** As a load that finds this value: one of all who try at the same time, in the cluster, gets null. */
    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        boolean[] isFirst = new boolean[1];
        Object found = load(key, () -> {
            isFirst[0] = true;
            return loaded(value);
        });
        return isFirst[0] ? null : new SimpleValueWrapper(found);
    }

    @Override
    public void evict(Object key) {
        cache.invalidate(key);
    }

    @Override
    public boolean evictIfPresent(Object key) {
        boolean isPresent = cache.lookup(key).source() != Result.Source.ABSENT;
        cache.invalidate(key);
        return isPresent;
    }

    void expire(Object key) {
        cache.expire(key);
    }

    void invalidateByTag(String tag) {
        cache.invalidateByTag(tag);
    }

    @Override
    public void clear() {
        cache.clear();
    }

    /** What Redis holds is not counted: whether this process had anything is what can be said. */
    @Override
    public boolean invalidate() {
        boolean hadSome = localSize.getAsLong() > 0;
        cache.clear();
        return hadSome;
    }

    @Override
    public String toString() {
        return "Stampede cache '" + name + "'";
    }
}
