package io.stampede;

import io.stampede.AnyLoader.Running;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Several keys that are read together. Each has a flight like any other key, and so is protected like any other; the
 * batch makes one read of L2 out of their looks, and one run of the loader out of their turns to load. It runs as soon as
 * each key has either its turn or has to wait for somebody else's load: what is one's own is loaded before anything is
 * waited for, so that two batches can't wait for each other.
 *
 * <p>Thread-safe.
 */
final class Batch<K, V> {

    private final Flights<K, V> flights;
    private final BulkLoader<K, ? extends V> loader;
    private final Executor executor;
    private final Thread thread = Thread.currentThread();

    /** Whether it is read inside a load, whose permit then counts for this one too. */
    private final boolean nested;

    private final Map<String, Look> looks = new LinkedHashMap<>();
    private final Map<K, Set<Caller<K, V>>> undecided = new LinkedHashMap<>();
    private final Map<K, Turn<V>> turns = new LinkedHashMap<>();
    private boolean planned;
    private boolean complete;

    /** The loader was interrupted, by the thread's own affairs: somebody else is to load. */
    @SuppressWarnings("serial")
    static final class Interrupted extends RuntimeException {
        Interrupted(Throwable cause) {
            super(cause);
        }
    }

    /** A key's part of the read of L2, and whose time that takes. */
    private record Look(CompletableFuture<byte @Nullable []> answer, Budget budget) {}

    /** A key whose turn to load has come. */
    static final class Turn<V> extends CompletableFuture<Loaded<V>> {

        private @Nullable Thread loading;
        private boolean begun;
        private boolean interrupted;

        /** Whether the source has been asked for this key. */
        synchronized boolean hasBegun() {
            return begun;
        }

        synchronized boolean isLoadedBy(Thread thread) {
            return loading == thread;
        }

        private synchronized void begin(Thread thread) {
            loading = thread;
            begun = true;
        }

        /** From here on the thread is left alone; true if it was interrupted on account of this key. */
        private synchronized boolean finish() {
            loading = null;
            return interrupted;
        }

        /** Stops the loader, and with it all keys of its run; a turn that runs ends when the loader does. */
        @Override
        public synchronized boolean cancel(boolean mayInterruptIfRunning) {
            if (loading == null) {
                return super.cancel(mayInterruptIfRunning);
            }
            interrupted = true;
            loading.interrupt();
            return false;
        }
    }

    /**
     * A batch of keys that this thread reads.
     *
     * @param executor where the loader runs
     */
    Batch(Flights<K, V> flights, BulkLoader<K, ? extends V> loader, Executor executor) {
        this.flights = flights;
        this.loader = Objects.requireNonNull(loader, "loader");
        this.executor = executor;
        this.nested = flights.loads.permits.isLoading(thread);
    }

    /** The thread that waits for all of it. */
    Thread thread() {
        return thread;
    }

    /** Someone for one of the keys; nothing is loaded before it is known whether that one is a part of the load. */
    void expect(Caller<K, V> caller) {
        synchronized (this) {
            undecided.computeIfAbsent(caller.key, key -> new HashSet<>()).add(caller);
        }
        caller.result.whenComplete((value, failure) -> decided(caller));
    }

    // ---- the look at L2 -------------------------------------------------------------------------------------------

    /** A key wants to be looked up in L2: together with the others, as long as they are being entered. */
    CompletableFuture<byte @Nullable []> look(String remoteKey, Budget budget) {
        synchronized (this) {
            if (!complete) {
                Look look = new Look(new CompletableFuture<>(), budget);
                return looks.computeIfAbsent(remoteKey, key -> look).answer;
            }
        }
        return Objects.requireNonNull(flights.remote).gate.get(budget, remoteKey);
    }

    /** All keys have been entered. */
    void entered() {
        Map<String, Look> asked;
        synchronized (this) {
            complete = true;
            asked = new LinkedHashMap<>(looks);
            looks.clear();
        }
        if (!asked.isEmpty()) {
            RemoteGate gate = Objects.requireNonNull(flights.remote).gate;
            long begun = flights.environment.nanoTime();
            gate.getAll(gate.newBudget(), List.copyOf(asked.keySet())).whenComplete((found, failure) -> {
                long took = flights.environment.nanoTime() - begun;
                int index = 0;
                for (Look look : asked.values()) {
                    look.budget.spend(took);
                    if (failure == null) {
                        look.answer.complete(found.get(index++));
                    } else {
                        look.answer.completeExceptionally(failure);
                    }
                }
            });
        }
        planIfDecided();
    }

    // ---- the load -------------------------------------------------------------------------------------------------

    /** The loader of each of the keys: it waits for the others. */
    Running<V> load(LoadContext<K, V> context) {
        Turn<V> turn = new Turn<>();
        synchronized (this) {
            turns.put(context.key(), turn);
            undecided.remove(context.key());
        }
        planIfDecided();
        return new Running<>(turn, turn);
    }

    /** Someone has to wait for a load of somebody else, or has an answer, one way or another. */
    void decided(Caller<K, V> caller) {
        synchronized (this) {
            Set<Caller<K, V>> others = undecided.get(caller.key);
            if (others != null && others.remove(caller) && others.isEmpty()) {
                undecided.remove(caller.key);
            }
        }
        planIfDecided();
    }

    /** Keys whose turn comes later, because whom they have waited for has died, are gathered once more. */
    private void planIfDecided() {
        synchronized (this) {
            if (planned || !complete || !undecided.isEmpty() || turns.isEmpty()) {
                return;
            }
            planned = true;
        }
        executor.execute(this::awaitPermit);
    }

    /** One permit for all of them: it is one query. */
    private void awaitPermit() {
        if (nested) {
            run(false);
            return;
        }
        AtomicBoolean decided = new AtomicBoolean();
        Runnable timer = flights.environment.schedule(
                () -> {
                    if (decided.compareAndSet(false, true)) {
                        reject();
                    }
                },
                flights.settings.protection().maxLoadWait());
        boolean taken = flights.loads.permits.takeOrWait(() -> {
            boolean wanted = decided.compareAndSet(false, true);
            if (wanted) {
                timer.run();
                executor.execute(() -> run(true));
            }
            return wanted;
        });
        if (taken) {
            timer.run();
            run(true);
        }
    }

    private void reject() {
        LoadRejectedException rejected = new LoadRejectedException("A load of several keys of cache '"
                + flights.settings.name()
                + "' could not begin within maxLoadWait: too many loads of this cache are running on this node");
        flights.events.tell(CacheListener::onRejected);
        takeTurns().values().forEach(turn -> turn.completeExceptionally(rejected));
    }

    private synchronized Map<K, Turn<V>> takeTurns() {
        planned = false;
        Map<K, Turn<V>> mine = new LinkedHashMap<>(turns);
        turns.clear();
        mine.values().removeIf(CompletableFuture::isDone); // too late for these
        return mine;
    }

    private void run(boolean hasPermit) {
        Map<K, Turn<V>> mine = takeTurns();
        try {
            if (!mine.isEmpty()) {
                load(mine);
            }
        } finally {
            if (hasPermit) {
                flights.loads.permits.giveBack();
            }
        }
    }

    private void load(Map<K, Turn<V>> mine) {
        Thread runner = Thread.currentThread();
        boolean outermost = flights.loads.permits.enter(runner);
        mine.values().forEach(turn -> turn.begin(runner));
        Map<K, Loaded<V>> loaded = new HashMap<>();
        Throwable failure = null;
        try {
            loader.loadAll(Collections.unmodifiableSet(new LinkedHashSet<>(mine.keySet())))
                    .forEach((key, value) -> loaded.put(key, Loaded.ofNullable(value)));
        } catch (Throwable t) {
            failure = t;
        }
        boolean byDeadline = false;
        for (Turn<V> turn : mine.values()) {
            byDeadline |= turn.finish();
        }
        if (outermost) {
            flights.loads.permits.leave(runner);
        }
        if (byDeadline) {
            Thread.interrupted(); // ours, and it may have come too late to be noticed
            // Of one key; but it has ended the run for the others, too, whose own may be a moment later.
            failure = failure == null ? null : timeout(failure);
        } else if (failure != null && runner == thread && (Load.isInterrupt(failure) || runner.isInterrupted())) {
            runner.interrupt();
            failure = new Interrupted(failure);
        }
        Throwable thrown = failure;
        mine.forEach((key, turn) -> {
            if (thrown == null) {
                turn.complete(loaded.getOrDefault(key, Loaded.absent()));
            } else {
                turn.completeExceptionally(thrown);
            }
        });
    }

    private LoadTimeoutException timeout(Throwable cause) {
        return new LoadTimeoutException(
                "A load of several keys of cache '" + flights.settings.name()
                        + "' took longer than loaderDeadline ("
                        + flights.settings.timeouts().deadline() / 1_000_000
                        + " ms) and was interrupted",
                cause);
    }
}
