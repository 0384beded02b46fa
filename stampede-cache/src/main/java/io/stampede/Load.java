package io.stampede;

import io.stampede.AnyLoader.Running;
import io.stampede.CacheListener.LoadEnd;
import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
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

    private final MissFlight<K, V> flight;
    private final Flights<K, V> flights;
    private final Caller<K, V> caller;
    private final AnyLoader<K, V> loader;
    private final @Nullable Entry<V> old;
    private final boolean hasPermit;
    private final SourceBreaker.@Nullable Permission permission;

    private long startedAt;
    private boolean begun;
    private boolean ended;
    private boolean overdue;
    private Runnable deadline = LocalTier.NOTHING;

    private @Nullable Thread runner;
    private boolean outermost;
    private boolean stopped;
    private boolean interruptedByDeadline;
    private @Nullable Future<?> pending;

    Load(
            MissFlight<K, V> flight,
            Flights<K, V> flights,
            Caller<K, V> caller,
            @Nullable Entry<V> old,
            boolean hasPermit,
            SourceBreaker.@Nullable Permission permission) {
        this.flight = flight;
        this.flights = flights;
        this.caller = caller;
        this.loader = Objects.requireNonNull(caller.loader);
        this.old = old;
        this.hasPermit = hasPermit;
        this.permission = permission;
    }

    Caller<K, V> caller() {
        return caller;
    }

    /** Whether the loader is running on this thread right now. */
    synchronized boolean runsOn(@Nullable Thread thread) {
        return thread != null
                && (thread == runner || (pending instanceof Batch.Turn<?> turn && turn.isLoadedBy(thread)));
    }

    void start() {
        startedAt = flights.environment.nanoTime();
        deadline = flights.environment.schedule(
                this::deadlinePassed, flights.settings.timeouts().deadline());
        caller.executor.execute(this::run);
    }

    private void run() {
        if (!begin()) {
            end(null, isStopped() ? timeout(null) : null, true);
            return;
        }
        Running<V> running;
        try {
            running = loader.load(context());
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
        await(running);
    }

    private LoadContext<K, V> context() {
        if (old == null || old.value == null) {
            return new LoadContext<>(caller.key, null, null);
        }
        return new LoadContext<>(caller.key, flights.settings.copy(old.value), old.age(startedAt));
    }

    /** False if the caller, or the deadline, has given up before the loader began. */
    private synchronized boolean begin() {
        if (stopped || caller.result.isDone()) {
            return false;
        }
        begun = true;
        runner = Thread.currentThread();
        outermost = flights.loads.permits.enter(runner);
        if (caller.thread != null) {
            flights.deregister(caller.result);
        }
        flights.events.tell(CacheListener::onLoadBegun);
        return true;
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    /** From here on the deadline leaves the thread alone; an interrupt of ours that came too late is taken back. */
    private synchronized void finishOnThread() {
        if (outermost) {
            flights.loads.permits.leave(Thread.currentThread());
        }
        runner = null;
        if (interruptedByDeadline) {
            Thread.interrupted();
        }
    }

    private void await(Running<V> running) {
        boolean stop;
        synchronized (this) {
            pending = running.cancellable();
            stop = stopped;
        }
        if (stop) {
            cancel(running.cancellable());
        }
        running.end().whenComplete((loaded, failure) -> {
            Throwable cause = unwrapped(failure);
            if (cause instanceof Batch.Interrupted interrupted) {
                end(loaded, interrupted.getCause(), true);
            } else {
                end(loaded, cause, false);
            }
        });
    }

    /** Our caller was interrupted while the loader ran on its thread, by somebody else than the deadline. */
    private synchronized boolean isInterruption(Throwable failure) {
        if (caller.thread == null || interruptedByDeadline) {
            return false;
        }
        return isInterrupt(failure) || Thread.currentThread().isInterrupted();
    }

    static boolean isInterrupt(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof InterruptedException || t instanceof ClosedByInterruptException) {
                return true;
            }
        }
        return false;
    }

    private void end(@Nullable Loaded<V> loaded, @Nullable Throwable thrown, boolean handOver) {
        long now = flights.environment.nanoTime();
        deadline.run();
        Throwable failed = thrown;
        Fresh<V> fresh = null;
        if (failed == null) {
            try {
                fresh = flights.loads.fresh(
                        Objects.requireNonNull(loaded, "The stage of the loader completed with null, not Loaded"),
                        old,
                        caller.options,
                        now,
                        now - startedAt);
            } catch (RuntimeException e) {
                failed = e;
            }
        }
        end(fresh, failed == null ? null : flights.loads.judged(failed), handOver, now - startedAt);
    }

    private void end(@Nullable Fresh<V> fresh, @Nullable Failure failure, boolean handOver, long took) {
        boolean[] late = new boolean[1];
        flights.local.change(caller.key, slot -> {
            if (ended) {
                return LocalTier.NOTHING;
            }
            ended = true;
            late[0] = overdue;
            slot.running--;
            tellBreaker(handOver, failure); // first: who takes over the load needs the permission, too
            Runnable outcome;
            if (overdue) {
                outcome = () -> answerOwn(fresh, failure);
            } else if (handOver) {
                Runnable next = flight.handOver(slot, caller);
                outcome = () -> {
                    if (failure != null) {
                        caller.fail(Failure.plain(failure.cause()), null);
                    }
                    next.run();
                };
            } else if (fresh != null) {
                outcome = flight.loaded(slot, fresh);
            } else {
                outcome = flight.failed(slot, Objects.requireNonNull(failure));
            }
            Runnable waiting = slot.current == null ? LocalTier.NOTHING : slot.current.loadEnded(slot);
            return () -> {
                if (hasPermit) {
                    flights.loads.permits.giveBack();
                }
                outcome.run();
                waiting.run();
            };
        });
        flights.loads.tellOfBreaker();
        if (begun) {
            LoadEnd how = late[0]
                    ? LoadEnd.OVERDUE
                    : fresh == null ? LoadEnd.FAILED : fresh.value() == null ? LoadEnd.ABSENT : LoadEnd.VALUE;
            flights.events.tell(listener -> listener.onLoad(how, took));
        }
    }

    /** The one caller for whom a load may outlive its deadline: the one on whose thread it ran. */
    private void answerOwn(@Nullable Fresh<V> fresh, @Nullable Failure failure) {
        if (fresh != null) {
            caller.answer(fresh.asLoaded());
        } else {
            Throwable cause = failure == null ? null : failure.cause();
            LoadTimeoutException timeout = cause instanceof LoadTimeoutException known ? known : timeout(cause);
            caller.fail(Failure.timeout(timeout), old);
        }
    }

    private void deadlinePassed() {
        flights.local.change(caller.key, slot -> {
            if (ended) {
                return LocalTier.NOTHING;
            }
            overdue = true;
            tellBreaker(!hasAskedSource(), Failure.timeout(timeout(null)));
            boolean onCallersThread = caller.thread != null;
            Runnable ending = flight.overdue(slot, timeout(null), onCallersThread ? caller : null);
            return () -> {
                ending.run();
                stop();
            };
        });
        flights.loads.tellOfBreaker();
    }

    /** How the load has ended, or that it says nothing about the source; the first word counts. */
    private void tellBreaker(boolean saysNothing, @Nullable Failure failure) {
        if (permission == null) {
            return;
        }
        if (saysNothing) {
            permission.giveBack();
        } else {
            permission.ended(failure);
        }
    }

    private synchronized boolean hasAskedSource() {
        return begun && !(pending instanceof Batch.Turn<?> turn && !turn.hasBegun());
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
                        + flights.settings.timeouts().deadline() / 1_000_000 + " ms) and was interrupted",
                cause);
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
