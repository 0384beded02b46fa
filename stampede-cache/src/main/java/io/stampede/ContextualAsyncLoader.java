package io.stampede;

import java.util.concurrent.CompletionStage;

/** A loader that wants to know more than the key; called by itself, without a cache, it gets no old value. */
record ContextualAsyncLoader<K, V>(AsyncLoader.WithContext<K, V> function) implements AsyncLoader<K, V> {

    @Override
    public CompletionStage<V> load(K key) throws Exception {
        return function.load(new LoadContext<>(key, null, null)).thenApply(Loaded::value);
    }
}
