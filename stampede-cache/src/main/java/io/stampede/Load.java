package io.stampede;

import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One run of a loader, from its start to its end or its deadline, whichever its flight hears of first.
 *
 * <p>{@code ended} and {@code overdue} are guarded by {@link LocalTier#change} of the key; what concerns the thread by
 * this object's monitor.
 */
final class Load<K, V> {

    private static final System.Logger LOG = System.getLogger(Load.class.getName());

    private final Flight<K, V> flight;
    private final Flights<K, V> flights;
    private final Caller<K, V> caller;
    private final AsyncLoader<? super K, ? extends V> loader;

    private long startedAt;
    private boolean ended;
    private boolean overdue;
    private Runnable deadline = LocalTier.NOTHING;

    private @Nullable Thread runner;
    private boolean stopped;
    private boolean interruptedByDeadline;
    private @Nullable Future<?> pending;

    Load(Flight<K, V> flight, Flights<K, V> flights, Caller<K, V> caller) {
        this.flight = flight;
        this.flights = flights;
        this.caller = caller;
        this.loader = Objects.requireNonNull(caller.loader);
    }

    Caller<K, V> caller() {
        return caller;
    }

    /** Whether the loader is running on this thread right now. */
    synchronized boolean runsOn(@Nullable Thread thread) {
        return thread != null && thread == runner;
    }

    void start() {
        startedAt = flights.environment.nanoTime();
        deadline = flights.environment.schedule(this::deadlinePassed, flights.settings.loaderDeadlineNanos());
        caller.executor.execute(this::run);
    }

    private void run() {
        if (!begin()) {
            end(null, isStopped() ? timeout(null) : null, true);
            return;
        }
        CompletionStage<? extends V> stage;
        try {
            stage = Objects.requireNonNull(
                    loader.load(caller.key), "The asynchronous loader returned null instead of a stage");
        } catch (Throwable t) {
            boolean interrupted = isInterruption(t);
            finishOnThread();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            end(null, t, interrupted);
            return;
        }
        finishOnThread();
        await(stage);
    }

    /** False if the caller, or the deadline, has given up before the loader began. */
    private synchronized boolean begin() {
        if (stopped || caller.result.isDone()) {
            return false;
        }
        runner = Thread.currentThread();
        if (caller.thread != null) {
            flights.deregister(caller.result);
        }
        return true;
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    /** From here on the deadline leaves the thread alone; an interrupt of ours that came too late is taken back. */
    private synchronized void finishOnThread() {
        runner = null;
        if (interruptedByDeadline) {
            Thread.interrupted();
        }
    }

    private void await(CompletionStage<? extends V> stage) {
        Future<?> future = stage instanceof Future<?> cancellable ? cancellable : null;
        boolean stop;
        synchronized (this) {
            pending = future;
            stop = stopped;
        }
        if (stop) {
            cancel(future);
        }
        stage.whenComplete((value, failure) -> end(value, unwrapped(failure), false));
    }

    /** Our caller was interrupted while the loader ran on its thread, by somebody else than the deadline. */
    private synchronized boolean isInterruption(Throwable failure) {
        if (caller.thread == null || interruptedByDeadline) {
            return false;
        }
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof InterruptedException || t instanceof ClosedByInterruptException) {
                return true;
            }
        }
        return Thread.currentThread().isInterrupted();
    }

    private void end(@Nullable V value, @Nullable Throwable failure, boolean handOver) {
        long now = flights.environment.nanoTime();
        deadline.run();
        flights.local.change(caller.key, slot -> {
            if (ended) {
                return LocalTier.NOTHING;
            }
            ended = true;
            slot.running--;
            Runnable outcome;
            if (overdue) {
                outcome = () -> answerOwn(value, failure);
            } else if (handOver) {
                Throwable reason = failure;
                Runnable next = flight.handOver(slot, caller);
                outcome = () -> {
                    if (reason != null) {
                        caller.fail(reason);
                    }
                    next.run();
                };
            } else if (failure == null && value != null) {
                outcome = flight.loaded(slot, value, now, now - startedAt);
            } else {
                outcome = flight.endedWithout(slot, failure);
            }
            Runnable waiting =
                    slot.current != null && slot.current.isQueued() ? slot.current.startLoad(slot) : LocalTier.NOTHING;
            return () -> {
                outcome.run();
                waiting.run();
            };
        });
    }

    /** The one caller for whom a load may outlive its deadline: the one on whose thread it ran. */
    private void answerOwn(@Nullable V value, @Nullable Throwable failure) {
        if (failure == null) {
            caller.answer(value);
        } else {
            caller.fail(failure instanceof LoadTimeoutException ? failure : timeout(failure));
        }
    }

    private void deadlinePassed() {
        flights.local.change(caller.key, slot -> {
            if (ended) {
                return LocalTier.NOTHING;
            }
            overdue = true;
            boolean onCallersThread = caller.thread != null;
            Runnable ending = flight.overdue(slot, timeout(null), onCallersThread ? caller : null);
            return () -> {
                ending.run();
                stop();
            };
        });
    }

    private void stop() {
        Future<?> future;
        synchronized (this) {
            stopped = true;
            future = pending;
            if (runner != null) {
                interruptedByDeadline = true;
                runner.interrupt();
            }
        }
        cancel(future);
    }

    private static void cancel(@Nullable Future<?> future) {
        if (future == null) {
            return;
        }
        try {
            future.cancel(true);
        } catch (UnsupportedOperationException e) {
            // A stage of the kind that nobody else may complete: it ends when it ends.
            LOG.log(System.Logger.Level.DEBUG, "An overdue load can't be cancelled", e);
        }
    }

    private LoadTimeoutException timeout(@Nullable Throwable cause) {
        return new LoadTimeoutException(
                "The load of " + flights.settings.subject(caller.key) + " took longer than loaderDeadline ("
                        + flights.settings.loaderDeadlineNanos() / 1_000_000 + " ms) and was interrupted",
                cause);
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
