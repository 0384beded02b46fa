package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/** Calls on threads of their own, and waits with an end. */
final class Threads implements AutoCloseable {

    private static final long SECONDS = 20;

    private final List<Thread> threads = new ArrayList<>();

    /** A call that is under way. */
    record Call<T extends @Nullable Object>(Thread thread, CompletableFuture<T> result) {

        /** What it returned. */
        T value() {
            return Threads.value(result);
        }

        /** What it threw. */
        Throwable failure() {
            return Threads.failure(result);
        }

        boolean isDone() {
            return result.isDone();
        }

        /** Until its thread waits for something. */
        void awaitWaiting() {
            until(() -> assertThat(thread.getState()).isIn(Thread.State.WAITING, Thread.State.TIMED_WAITING));
        }
    }

    <T extends @Nullable Object> Call<T> start(Callable<T> callable) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(callable.call());
                    } catch (Throwable t) {
                        result.completeExceptionally(t);
                    }
                },
                "test-caller");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return new Call<>(thread, result);
    }

    <T extends @Nullable Object> List<Call<T>> start(int count, Callable<T> callable) {
        List<Call<T>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(start(callable));
        }
        return calls;
    }

    static <T extends @Nullable Object> T value(CompletableFuture<T> future) {
        Throwable failure = outcome(future);
        if (failure != null) {
            throw new AssertionError("A value was expected", failure);
        }
        return future.join();
    }

    static Throwable failure(CompletableFuture<?> future) {
        Throwable failure = outcome(future);
        if (failure == null) {
            throw new AssertionError("A failure was expected, but it returned " + future.join());
        }
        return failure;
    }

    /** The very failure with which a future was completed, which {@code get} would unwrap or replace; null if none. */
    private static @Nullable Throwable outcome(CompletableFuture<?> future) {
        try {
            return future.handle((value, failure) -> failure).get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new AssertionError("The call has not ended", e);
        }
    }

    static void until(ThrowingRunnable assertion) {
        try {
            assertion.run(); // mostly it is so already, and Awaitility would start a thread to find that out
            return;
        } catch (Throwable notYet) {
            // so it is worth waiting
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(SECONDS))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .untilAsserted(assertion);
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
