package io.stampede;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A loader of whichever kind, as the flights see it. */
@FunctionalInterface
interface AnyLoader<K, V> {

    /** Starts the load, or runs it. */
    Running<V> load(LoadContext<K, V> context) throws Exception;

    /**
     * A load that has been started.
     *
     * @param end completes when it has ended
     * @param cancellable what to cancel to stop it, if there is such a thing
     */
    record Running<V>(
            CompletionStage<Loaded<V>> end, @Nullable Future<?> cancellable) {

        static <V> Running<V> ended(Loaded<V> loaded) {
            return new Running<>(CompletableFuture.completedFuture(loaded), null);
        }

        static <V> Running<V> of(CompletionStage<Loaded<V>> end, CompletionStage<?> started) {
            return new Running<>(end, started instanceof Future<?> future ? future : null);
        }
    }

    static <K, V> AnyLoader<K, V> of(Loader<? super K, ? extends V> loader) {
        Objects.requireNonNull(loader, "loader");
        if (loader instanceof ContextualLoader<?, ?> contextual) {
            @SuppressWarnings(
                    "unchecked") // its old value is one of this cache, its result one that this cache may hold
            Loader.WithContext<K, V> function = (Loader.WithContext<K, V>) contextual.function();
            return context -> Running.ended(
                    Objects.requireNonNull(function.load(context), "The loader returned null, not Loaded"));
        }
        return context -> Running.ended(Loaded.ofNullable(loader.load(context.key())));
    }

    static <K, V> AnyLoader<K, V> of(AsyncLoader<? super K, ? extends V> loader) {
        Objects.requireNonNull(loader, "loader");
        if (loader instanceof ContextualAsyncLoader<?, ?> contextual) {
            @SuppressWarnings("unchecked") // as above
            AsyncLoader.WithContext<K, V> function = (AsyncLoader.WithContext<K, V>) contextual.function();
            return context -> {
                CompletionStage<Loaded<V>> stage = started(function.load(context));
                return Running.of(stage, stage);
            };
        }
        return context -> {
            CompletionStage<? extends V> stage = started(loader.load(context.key()));
            return Running.of(stage.thenApply(value -> Loaded.<V>ofNullable(value)), stage);
        };
    }

    private static <S> S started(@Nullable S stage) {
        return Objects.requireNonNull(stage, "The asynchronous loader returned null instead of a stage");
    }
}
