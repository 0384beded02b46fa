package io.stampede;

import org.jspecify.annotations.Nullable;

/** A loader that wants to know more than the key; called by itself, without a cache, it gets no old value. */
record ContextualLoader<K, V>(Loader.WithContext<K, V> function) implements Loader<K, V> {

    @Override
    public @Nullable V load(K key) throws Exception {
        return function.load(new LoadContext<>(key, null, null)).value();
    }
}
