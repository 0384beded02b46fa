package io.stampede;

import io.stampede.Result.Source;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One call that waits for a key: its own future, its own loader, and the executor on which its part of the work runs.
 * A caller who gives up completes the future itself; the flight passes over those.
 *
 * <p>A <em>ghost</em> is a caller that nobody waits behind: it keeps a load going in the background, off everybody's
 * thread, while those who asked for it are served something else or have had enough.
 */
final class Caller<K, V> {

    final K key;

    /** The key in the remote tier, or null without one. */
    final @Nullable String remoteKey;

    /** Null for a caller who takes a value only if there is one. */
    final @Nullable AnyLoader<K, V> loader;

    final CallOptions options;

    /** Where this call stands in the order of calls and flights. */
    final long order;

    final Executor executor;

    /** What L2 may still cost this call, however many flights it takes; null without a remote tier. */
    final @Nullable Budget budget;

    /** The thread that waits, or null for a caller who does not block. */
    final @Nullable Thread thread;

    /** The keys that are read together with this one, if it is one of several; else null. */
    final @Nullable Batch<K, V> batch;

    /** For a ghost, the caller whose load it keeps going; else null. */
    final @Nullable Caller<K, V> livingSelf;

    /**
     * True for a caller who is content only with a value that L2 has accepted: one who refreshes, and one who joined a
     * load of which it isn't known what it has missed. Guarded by {@link LocalTier#change}.
     */
    boolean patient;

    /** Whether this caller has had to wait for a load that somebody else ran. Guarded by {@link LocalTier#change}. */
    boolean waited;

    final CompletableFuture<@Nullable V> result = new CompletableFuture<>();

    private final Flights<K, V> flights;

    private final CompletableFuture<Result<V>> answer = new CompletableFuture<>();
    private @Nullable Entry<V> stale;
    private boolean outOfPatience;
    private boolean timed;

    Caller(
            Flights<K, V> flights,
            K key,
            @Nullable String remoteKey,
            @Nullable AnyLoader<K, V> loader,
            CallOptions options,
            Executor executor,
            @Nullable Thread thread,
            @Nullable Batch<K, V> batch,
            @Nullable Caller<K, V> livingSelf) {
        this.flights = flights;
        this.key = key;
        this.remoteKey = remoteKey;
        this.loader = loader;
        this.options = options;
        this.order = flights.nextOrder();
        this.patient = options.isForceFresh();
        this.executor = executor;
        this.budget = flights.remote == null ? null : flights.remote.gate.newBudget();
        this.thread = thread;
        this.batch = batch;
        this.livingSelf = livingSelf;
    }

    /** In the context of this call, on whatever thread it turns out that a ghost is needed. */
    Caller<K, V> ghost() {
        Executor background = executor instanceof CallerThread lent ? lent.elsewhere() : executor;
        Caller<K, V> ghost = new Caller<>(flights, key, remoteKey, loader, options, background, null, batch, this);
        if (batch != null) {
            batch.expect(ghost);
        }
        return ghost;
    }

    /** The thread that waits for this key, be it for others as well; or null. */
    @Nullable
    Thread waitingThread() {
        return batch == null || isGhost() ? thread : batch.thread();
    }

    /** This caller has to wait for a load of somebody else: no reason to hold up what is read together with it. */
    void hasToWait() {
        if (batch != null) {
            batch.decided(this);
        }
    }

    boolean force() {
        return options.isForceFresh();
    }

    boolean isGhost() {
        return livingSelf != null;
    }

    boolean canLoad() {
        return loader != null && !result.isDone();
    }

    /** Whether the load that this caller runs, or its ghost, is its own. */
    boolean isLoadOf(@Nullable Caller<K, V> other) {
        return other != null && (this == other || livingSelf == other);
    }

    // ---- stale values and timeouts ----------------------------------------------------------------------------------

    /** Tells the listener how this read ends. */
    void count() {
        long begun = flights.environment.nanoTime();
        result.whenComplete((value, failure) -> {
            Result<V> found = answered();
            if (failure != null || found == null) {
                Throwable cause = failure == null ? new CancellationException("completed from outside") : failure;
                flights.events.tell(listener -> listener.onReadFailed(cause));
            } else {
                tell(found, flights.environment.nanoTime() - begun);
            }
        });
    }

    /** Each for itself: a listener that throws at one is told the others. */
    private void tell(Result<V> found, long nanos) {
        Result.StaleReason reason = found.staleReason();
        if (reason != null) {
            flights.events.tell(listener -> listener.onStale(reason));
        }
        flights.events.tell(listener -> listener.onRead(found.source()));
        flights.events.tell(listener -> listener.onWait(found.source(), nanos));
    }

    /** Begins to count the time that this caller waits, the first time it has to. Who only looks waits for no load. */
    void startWaiting() {
        Settings.Timeouts timeouts = flights.settings.timeouts();
        if (timed || isGhost() || loader == null || result.isDone() || !(timeouts.hasSoft() || timeouts.hasHard())) {
            return;
        }
        timed = true;
        stopWhenDone(timeouts.hasSoft(), timeouts.soft(), this::softTimeout);
        stopWhenDone(timeouts.hasHard(), timeouts.hard(), this::hardTimeout);
    }

    private void stopWhenDone(boolean set, long nanos, Runnable action) {
        if (set) {
            Runnable cancel = flights.environment.schedule(action, nanos);
            result.whenComplete((value, failure) -> cancel.run());
        }
    }

    private void softTimeout() {
        Entry<V> served = null;
        synchronized (this) {
            outOfPatience = true;
            served = stale;
        }
        offerNow(served);
    }

    private void hardTimeout() {
        String message = "The value of " + flights.settings.subject(key) + " was not there within hardTimeout ("
                + flights.settings.timeouts().hard() / 1_000_000 + " ms); its load goes on";
        Entry<V> served;
        synchronized (this) {
            served = stale;
        }
        fail(Failure.timeout(new LoadTimeoutException(message, null)), served);
    }

    /** There is a stale value, should the load fail or take long. */
    void offer(Entry<V> entry) {
        boolean atOnce;
        synchronized (this) {
            stale = entry;
            atOnce = outOfPatience;
        }
        if (atOnce) {
            offerNow(entry);
        }
    }

    private void offerNow(@Nullable Entry<V> entry) {
        if (entry != null && accepts(entry, flights.settings.freshness().staleOnError())) {
            answerStale(entry, Result.StaleReason.TIMED_OUT);
        }
    }

    /** Whether this caller may be served a stale entry, in a window of so many nanoseconds. */
    boolean accepts(Entry<V> entry, long window) {
        long now = flights.environment.nanoTime();
        Duration most = options.maxStale();
        return !options.isForceFresh()
                && entry.isStaleWithin(window, now)
                && !entry.isRefused()
                && (most == null || Duration.ofNanos(entry.staleNanos(now)).compareTo(most) < 0);
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    /** For a blocking call, once it is over: where its value came from. */
    @Nullable
    Result<V> answered() {
        return answer.getNow(null);
    }

    void answerStale(Entry<V> entry, Result.StaleReason reason) {
        answer(entry.asStale(reason, flights.environment.nanoTime()));
    }

    void answer(Result<V> found) {
        settle(() -> {
            Result<V> mine = waited && found.source() != Source.LOADED ? inSource(found, Source.WAITED) : found;
            // First, so that whoever is woken by the other finds it.
            answer.complete(mine);
            try {
                result.complete(thread == null ? flights.settings.copy(mine.value()) : mine.value());
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e); // the user's copier
            }
        });
    }

    private static <V> Result<V> inSource(Result<V> found, Source source) {
        return switch (found.source()) {
            case L1, L2 -> new Result<>(found.value(), source, null, found.age());
            default -> found;
        };
    }

    /** There is no value; what can be served instead is: a stale one, then the fallback, then the failure itself. */
    void fail(Failure failure, @Nullable Entry<V> instead) {
        Result.StaleReason reason = failure.staleReason();
        if (reason == null || isGhost()) {
            settle(() -> result.completeExceptionally(failure.cause()));
        } else if (instead != null
                && accepts(instead, flights.settings.freshness().staleOnError())) {
            answerStale(instead, reason);
        } else {
            executor.execute(() -> fallBack(failure.cause())); // the user's code, so not on whatever thread this is
        }
    }

    private void fallBack(Throwable cause) {
        var fallback = flights.settings.protection().fallback();
        if (fallback == null || loader == null || result.isDone()) {
            result.completeExceptionally(cause);
            return;
        }
        try {
            V value = fallback.apply(key, cause);
            answer.complete(new Result<>(value, Source.FALLBACK, null, Duration.ZERO));
            result.complete(value);
        } catch (Throwable e) { // checked ones too, if thrown by stealth: nobody must be left waiting
            if (e != cause) {
                e.addSuppressed(cause);
            }
            result.completeExceptionally(e);
        }
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
