package io.stampede.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How long an answer of a zone is waited for, and the one thread that keeps the time. Thread-safe. */
final class Patience implements AutoCloseable {

    private final ScheduledThreadPoolExecutor timer;
    private final long nanos;

    Patience(long nanos) {
        this.nanos = nanos;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "stampede-zones-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    long nanos() {
        return nanos;
    }

    /** An answer, or a failure when it has not come in time; an operation that throws is one that fails. */
    <T extends @Nullable Object> CompletableFuture<T> await(Supplier<? extends CompletionStage<T>> operation) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Future<?> limit = later(() -> answer.completeExceptionally(tooLate()), nanos);
        try {
            operation.get().whenComplete((reply, failure) -> {
                if (limit != null) {
                    limit.cancel(false);
                }
                if (failure == null) {
                    answer.complete(reply);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    private TimeoutException tooLate() {
        return new TimeoutException("no answer within " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
    }

    @Nullable
    Future<?> later(Runnable task, long delayNanos) {
        try {
            return timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            return null;
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
