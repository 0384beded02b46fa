package io.stampede;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a loader may want to know beside the key. Immutable.
 *
 * @param key the key
 * @param old the value that the load is to replace, if the cache still has it: a fresh one for an early refresh, else a
 *     stale one; null if there is none, or if it was known that the source has none
 * @param age how long ago the old value was loaded or put; null if there is no old value
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public record LoadContext<K, V>(
        K key, @Nullable V old, @Nullable Duration age) {}
