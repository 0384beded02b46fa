package io.stampede;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One call that waits for a key: its own future, its own loader, and the executor on which its part of the work runs.
 * A caller who gives up completes the future itself; the flight passes over those.
 */
final class Caller<K, V> {

    final K key;

    /** The key in the remote tier, or null without one. */
    final @Nullable String remoteKey;

    /** Null for a caller who takes a value only if there is one. */
    final @Nullable AsyncLoader<? super K, ? extends V> loader;

    /** True to load even if there is a fresh value. */
    final boolean force;

    /** Where this call stands in the order of calls and flights. */
    final long order;

    final Executor executor;

    /** What L2 may still cost this call, however many flights it takes; null without a remote tier. */
    final @Nullable Budget budget;

    /** The thread that waits, or null for a caller who does not block. */
    final @Nullable Thread thread;

    /**
     * True for a caller who is content only with a value that L2 has accepted: one who refreshes, and one who joined a
     * load from an earlier era, of which it isn't known what it has missed. Guarded by {@link LocalTier#change}.
     */
    boolean patient;

    final CompletableFuture<@Nullable V> result = new CompletableFuture<>();

    Caller(
            K key,
            @Nullable String remoteKey,
            @Nullable AsyncLoader<? super K, ? extends V> loader,
            boolean force,
            long order,
            Executor executor,
            @Nullable Budget budget,
            @Nullable Thread thread) {
        this.key = key;
        this.remoteKey = remoteKey;
        this.loader = loader;
        this.force = force;
        this.order = order;
        this.patient = force;
        this.executor = executor;
        this.budget = budget;
        this.thread = thread;
    }

    boolean canLoad() {
        return loader != null && !result.isDone();
    }

    void answer(@Nullable V value) {
        settle(() -> result.complete(value));
    }

    void fail(Throwable failure) {
        settle(() -> result.completeExceptionally(failure));
    }

    /** What hangs on an asynchronous caller's future is the user's code, and belongs on the executor. */
    private void settle(Runnable completion) {
        if (thread != null) {
            completion.run();
        } else {
            executor.execute(completion);
        }
    }
}
