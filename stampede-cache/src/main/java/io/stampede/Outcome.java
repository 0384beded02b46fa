package io.stampede;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a future has ended, with its failure as it was, not wrapped as {@link CompletableFuture#join()} would throw it.
 */
record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {

    /** The outcome of a stage that has ended. */
    static <T> Outcome<T> of(CompletionStage<@Nullable T> ended) {
        return ended.handle((value, failure) -> new Outcome<T>(value, failure))
                .toCompletableFuture()
                .join();
    }

    /** What a blocking caller is to see: an unchecked failure unchanged, a checked one wrapped once. */
    @Nullable
    T valueOrThrow(Supplier<String> subject) {
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof InterruptedException) {
            throw new LoadInterruptedException("Interrupted while loading " + subject.get(), failure);
        }
        if (failure != null) {
            throw new LoadException(subject.get(), failure);
        }
        return value;
    }
}
