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
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;

/**
 * One of our caches as Spring's cache abstraction knows it. A null is a value here: that the source is known to have none.
 *
 * <p>While a transaction of Spring's is active on the thread, writes wait for its commit, those too that Spring calls
 * immediate: done before it, an eviction would let others fill in the old value again, and a rollback could not take it
 * back. That transaction itself reads what it has put, and the source for what it has evicted or expired; after a clear, or
 * the eviction of a tag, for the whole cache. Such a load is its own: nobody shares it, no tier gets its value, and it is
 * not remembered, since the transaction may go on writing. Other keys it reads and loads as everybody does.
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
        Write own = Transactions.lastWrite(this, key);
        return own == null ? wrapped(cache.lookup(key)) : own.seen();
    }

    @Override
    @SuppressWarnings("unchecked") // looked at
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        Write own = Transactions.lastWrite(this, key);
        Object value = own == null ? cache.lookup(key).value() : own.value();
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
            return (T) load(key, valueLoader::call, SpringCache::loaded);
        } catch (KeyRefusedException | CacheClosedException e) {
            throw e;
        } catch (LoadException e) {
            throw new ValueRetrievalException(key, valueLoader, e.getCause());
        } catch (Exception e) {
            throw new ValueRetrievalException(key, valueLoader, e);
        }
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        Write own = Transactions.lastWrite(this, key);
        return own == null
                ? cache.lookupAsync(key).thenApply(SpringCache::wrapped)
                : CompletableFuture.completedFuture(own.seen());
    }

    @Override
    @SuppressWarnings("unchecked") // Spring's contract leaves it to the caller
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        return (CompletableFuture<T>)
                loadAsync(key, () -> (CompletableFuture<Object>) valueLoader.get(), SpringCache::loaded);
    }

    private static @Nullable ValueWrapper wrapped(Result<Object> result) {
        return result.source() == Result.Source.ABSENT ? null : new SimpleValueWrapper(result.value());
    }

    static Loaded<Object> loaded(@Nullable Object value) {
        return value == null ? Loaded.absent() : Loaded.of(value);
    }

    /** A future of what becomes of another one's value, with which that one is cancelled, too: nobody waits for it then. */
    private static <T extends @Nullable Object, R> CompletableFuture<R> mapped(
            CompletableFuture<T> value, Function<? super T, ? extends R> mapping) {
        CompletableFuture<R> mapped = value.thenApply(mapping);
        mapped.whenComplete((result, failure) -> {
            if (mapped.isCancelled()) {
                value.cancel(true);
            }
        });
        return mapped;
    }

    /**
     * The value of a key, loaded if need be, at most once in the cluster.
     *
     * @param source reads the value
     * @param storage says how a value that was read is to be kept
     * @return the value; null if the source has none
     * @throws Exception what the source throws; a checked one inside a {@link LoadException} where others share the load
     */
    @Nullable
    Object load(Object key, Callable<@Nullable Object> source, Function<@Nullable Object, Loaded<Object>> storage)
            throws Exception {
        Write own = Transactions.lastWrite(this, key);
        if (own == null) {
            return cache.get(key, Loader.withContext(context -> storage.apply(source.call())));
        }
        return own.isPut() ? own.value() : source.call();
    }

    /** The same without holding a thread. */
    CompletableFuture<@Nullable Object> loadAsync(
            Object key,
            Callable<CompletionStage<@Nullable Object>> source,
            Function<@Nullable Object, Loaded<Object>> storage) {
        Write own = Transactions.lastWrite(this, key);
        if (own == null) {
            return cache.getAsync(
                    key, AsyncLoader.withContext(context -> mapped(source.call().toCompletableFuture(), storage)));
        }
        return own.isPut() ? CompletableFuture.completedFuture(own.value()) : called(source);
    }

    private static CompletableFuture<@Nullable Object> called(Callable<CompletionStage<@Nullable Object>> source) {
        try {
            return source.call().toCompletableFuture();
        } catch (Exception | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    // ---- writes -------------------------------------------------------------------------------------------------

    @Override
    public void put(Object key, @Nullable Object value) {
        write(Write.put(key, value));
    }

    /** Of all who try at the same time, in the cluster, one gets null. In a transaction only its commit decides that. */
    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        Write write = Write.putIfAbsent(key, value);
        TransactionView transaction = Transactions.writesOf(this);
        if (transaction == null) {
            return write.applyIfAbsent(cache);
        }
        ValueWrapper present = get(key);
        if (present == null) {
            transaction.add(write);
        }
        return present;
    }

    @Override
    public void evict(Object key) {
        write(Write.evict(key));
    }

    @Override
    public boolean evictIfPresent(Object key) {
        boolean isPresent = get(key) != null;
        evict(key);
        return isPresent;
    }

    void expire(Object key) {
        write(Write.expire(key));
    }

    void invalidateByTag(String tag) {
        write(Write.evictTag(tag));
    }

    @Override
    public void clear() {
        write(Write.clear());
    }

    /** What Redis holds is not counted: whether this process had anything is what can be said. */
    @Override
    public boolean invalidate() {
        boolean hadSome = localSize.getAsLong() > 0;
        clear();
        return hadSome;
    }

    private void write(Write write) {
        TransactionView transaction = Transactions.writesOf(this);
        if (transaction == null) {
            write.applyTo(cache);
        } else {
            transaction.add(write);
        }
    }

    @Override
    public String toString() {
        return "Stampede cache '" + name + "'";
    }
}
