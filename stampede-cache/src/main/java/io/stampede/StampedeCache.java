package io.stampede;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A cache in the process (L1) in front of one that all nodes share (L2), in which a missing or expired value is loaded
 * once in the whole cluster while everybody else gets the result.
 *
 * <p>Thread-safe. Keys are never null; null as a value means that there is none. Keys need a stable
 * {@code equals} and {@code hashCode}. The value that callers of one node get is the same object, so it should be
 * immutable.
 *
 * <p>Trouble with the remote tier never reaches a caller as an exception: the cache then goes on as a cache of this node
 * alone and heals by itself.
 *
 * <pre>{@code
 * try (RedisTier redis = RedisTier.connect("redis://localhost:6379");
 *      StampedeCache<Long, Product> products = StampedeCache.<Long, Product>builder("products")
 *          .ttl(Duration.ofMinutes(10))
 *          .maximumSize(10_000)
 *          .remote(redis, JsonCodec.of(Product.class))
 *          .build()) {
 *   Product product = products.get(42L, repository::load);
 * }
 * }</pre>
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public interface StampedeCache<K, V> extends AutoCloseable {

    /**
     * Begins to build a cache. The type of keys is taken from the call, as in
     * {@code StampedeCache.<Long, Product>builder("products")}, so that keys of the usual types need no codec.
     *
     * @param name the cache's name, the same on all its nodes: letters, digits and {@code . _ : -}, 1 to 100 of them
     * @param keyType leave it empty; the compiler fills in an empty array of the type of keys
     * @param <K> the type of keys
     * @param <V> the type of values
     * @return a builder
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // only the array's component type is looked at
    static <K, V> StampedeCacheBuilder<K, V> builder(String name, K... keyType) {
        return new StampedeCacheBuilder<>(name, keyType);
    }

    /**
     * The value of a key, loaded if need be. The loader runs on this thread, at most once for all callers in the cluster
     * that ask at the same time.
     *
     * @param key the key
     * @param loader reads the value from its source
     * @return the value, or null if the source has none
     * @throws RuntimeException whatever unchecked exception or error the loader throws, on all callers of this node
     * @throws LoadException if the loader throws a checked exception, which is the cause
     * @throws LoadFailedElsewhereException if the load ran on another node and failed there
     * @throws LoadTimeoutException if the load took longer than {@code loaderDeadline}, or this call than
     *     {@code hardTimeout}
     * @throws LoadRejectedException if {@code maxConcurrentLoads} loads of the cache were running on this node for
     *     {@code maxLoadWait}
     * @throws LoadInterruptedException if this thread was interrupted while it waited
     * @throws IllegalArgumentException if the key codec can't write the key
     * @throws IllegalStateException if a loader asks for the key that it is loading
     * @throws CacheClosedException if the cache is closed
     */
    @Nullable
    V get(K key, Loader<? super K, ? extends V> loader);

    /**
     * As {@link #get(Object, Loader)}, with what this call wants different.
     *
     * @param key the key
     * @param loader reads the value from its source
     * @param options the differences
     * @return the value, or null if the source has none
     */
    @Nullable
    V get(K key, Loader<? super K, ? extends V> loader, CallOptions options);

    /**
     * As {@link #get(Object, Loader)}, and tells where the value came from and how old it is.
     *
     * @param key the key
     * @param loader reads the value from its source
     * @return the value and its origin
     */
    Result<V> getResult(K key, Loader<? super K, ? extends V> loader);

    /**
     * As {@link #getResult(Object, Loader)}, with what this call wants different.
     *
     * @param key the key
     * @param loader reads the value from its source
     * @param options the differences
     * @return the value and its origin
     */
    Result<V> getResult(K key, Loader<? super K, ? extends V> loader, CallOptions options);

    /**
     * The values of several keys. Those that L1 does not have are looked up in the remote tier in one round trip; those
     * that this call is to load are loaded by one run of the loader, on this thread; and those that somebody else is
     * loading are waited for after that. Each key is protected like any other: no two loads of it run at a time in the
     * cluster, however the keys of several calls overlap.
     *
     * @param keys the keys
     * @param loader reads values from their source
     * @return the values there are, in the order of the keys; a new map, which belongs to the caller
     * @throws RuntimeException what {@link #get(Object, Loader)} throws, of the first key concerned
     */
    Map<K, V> getAll(Collection<? extends K> keys, BulkLoader<K, ? extends V> loader);

    /**
     * The value of a key if it is in L1 or L2. Nothing is loaded and no load is waited for.
     *
     * @param key the key
     * @return the value, or null: {@link #lookup} tells whether that is what is known or that nothing is
     * @throws LoadInterruptedException if this thread was interrupted while L2 was read
     * @throws IllegalArgumentException if the key codec can't write the key
     * @throws CacheClosedException if the cache is closed
     */
    @Nullable
    V getIfPresent(K key);

    /**
     * What L1 or L2 has of a key. Nothing is loaded and no load is waited for. Where the source is known to have no value,
     * the result's value is null and its source that of any value, for example {@link Result.Source#L1}; where nothing is
     * cached, its source is {@link Result.Source#ABSENT}.
     *
     * @param key the key
     * @return what is cached, and its origin
     * @throws LoadInterruptedException if this thread was interrupted while L2 was read
     * @throws IllegalArgumentException if the key codec can't write the key
     * @throws CacheClosedException if the cache is closed
     */
    Result<V> lookup(K key);

    /**
     * As {@link #lookup}, without holding a thread.
     *
     * @param key the key
     * @return completes with what is cached, on the cache's executor unless L1 has it; fails with a
     *     {@link CacheClosedException} if the cache is closed
     * @throws IllegalArgumentException if the key codec can't write the key
     */
    CompletableFuture<Result<V>> lookupAsync(K key);

    /**
     * The value of a key, loaded if need be, without holding a thread. Each caller has a future of its own: cancelling or
     * completing it touches nobody else.
     *
     * @param key the key
     * @param loader reads the value from its source; it is called on the cache's executor
     * @return completes on the cache's executor with the value or null; fails with what the loader fails with, unchanged,
     *     and otherwise like {@link #get(Object, Loader)}
     * @throws IllegalArgumentException if the key codec can't write the key
     */
    CompletableFuture<@Nullable V> getAsync(K key, AsyncLoader<? super K, ? extends V> loader);

    /**
     * As {@link #getAsync(Object, AsyncLoader)}, with what this call wants different.
     *
     * @param key the key
     * @param loader reads the value from its source
     * @param options the differences
     * @return completes with the value or null
     */
    CompletableFuture<@Nullable V> getAsync(K key, AsyncLoader<? super K, ? extends V> loader, CallOptions options);

    /**
     * Stores a value in both tiers. A load of the key that is under way stores nothing any more, and who waits for it
     * gets this value. Null says that the source has no value, which is remembered for {@code negativeTtl}; if that is not
     * set, it is an {@link #invalidate}.
     *
     * @param key the key
     * @param value the value, or null
     * @return whether the write has taken effect everywhere
     * @throws IllegalArgumentException if a codec can't write the key or the value; nothing has changed then
     * @throws CacheClosedException if the cache is closed
     */
    WriteResult put(K key, @Nullable V value);

    /**
     * As {@link #put(Object, Object)}, with a ttl or tags of its own. With a ttl a null is remembered for that long, also
     * where {@code negativeTtl} is not set.
     *
     * @param key the key
     * @param value the value, or null
     * @param options {@code ttl} and {@code tags}
     * @return whether the write has taken effect everywhere
     * @throws IllegalArgumentException if an option is set that concerns reads only
     */
    WriteResult put(K key, @Nullable V value, CallOptions options);

    /**
     * Stores several values, as so many puts of which none waits for another. More than 1,000 are sent by the thousand,
     * the next when those before have been answered.
     *
     * @param values the values by their keys, or null for a key that has none
     * @return {@link WriteResult#EVERYWHERE} if that is so for each of them
     * @throws IllegalArgumentException if a codec can't write a key or a value; those before it have been stored
     */
    WriteResult putAll(Map<? extends K, ? extends @Nullable V> values);

    /**
     * Removes a value from both tiers. When this returns, no read that begins on this node gets the old value; other
     * nodes follow as they are told.
     *
     * @param key the key
     * @return whether the write has taken effect everywhere
     * @throws IllegalArgumentException if the key codec can't write the key
     * @throws CacheClosedException if the cache is closed
     */
    WriteResult invalidate(K key);

    /**
     * Removes several values, as so many invalidations of which none waits for another. More than 1,000 are sent by the
     * thousand, the next when those before have been answered.
     *
     * @param keys the keys
     * @return {@link WriteResult#EVERYWHERE} if that is so for each of them
     */
    WriteResult invalidateAll(Collection<? extends K> keys);

    /**
     * Invalidates all values with a tag, in one step whatever their number: whoever meets one refuses it. When this
     * returns, no read that begins on this node gets one of them; other nodes follow as they are told.
     *
     * @param tag the tag
     * @return whether the write has taken effect everywhere
     * @throws IllegalArgumentException if the tag is empty or longer than 1,000 characters
     * @throws CacheClosedException if the cache is closed
     */
    WriteResult invalidateByTag(String tag);

    /**
     * Makes a value stale in both tiers: the next read loads it anew, and is served the stale value meanwhile if
     * {@code staleWhileRevalidate} says so.
     *
     * @param key the key
     * @return whether the write has taken effect everywhere
     * @throws IllegalArgumentException if the key codec can't write the key
     * @throws CacheClosedException if the cache is closed
     */
    WriteResult expire(K key);

    /**
     * Removes all values of this cache from both tiers, in one step whatever their number: what is left of them in L2 is
     * refused by its readers and goes away with its ttl.
     *
     * @return whether the write has taken effect everywhere
     * @throws CacheClosedException if the cache is closed
     */
    WriteResult clear();

    /**
     * Switches early refresh off, or on again, at run time.
     *
     * @param on false to let values expire before they are loaded anew
     */
    void setEarlyRefresh(boolean on);

    /**
     * Switches the remote tier off for this node, or on again, at run time: while it is bypassed it counts as away. What
     * is written meanwhile is told to it before it is trusted again. Does nothing without a remote tier.
     *
     * @param bypassed true to go on without it
     */
    void setRemoteBypassed(boolean bypassed);

    /**
     * Whether this cache works, whatever becomes of the remote tier. Asks nobody and does not block: for a liveness check,
     * or whatever decides about sending callers here.
     *
     * @return {@link Health.Status#UP}, or {@link Health.Status#DOWN} once the cache is closed
     */
    Health health();

    /**
     * How each part of this cache is: the remote tier, which is asked, the breaker, the bus, what L1 holds, what waits to
     * be told, the source. Blocks for {@code remoteTimeout} at most. A remote tier that is away makes it
     * {@link Health.Status#DEGRADED}, not {@link Health.Status#DOWN}: the cache goes on without it, and a check that took
     * all nodes out of service for it would be worse than its absence.
     *
     * @return the parts, each with its reason
     */
    Health deepHealth();

    /**
     * Ends every wait with a {@link CacheClosedException}, gives back the leases this node holds, and stops what the
     * cache has started. The remote connection stays open: it belongs to whoever made it. Idempotent.
     */
    @Override
    void close();
}
