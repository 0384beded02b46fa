package io.stampede;

import io.stampede.Remote.Sighting;
import io.stampede.spi.BusMessage;
import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.Token;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rebuild of one key on this node, and all who wait for it: look in L2, claim, load or wait, publish.
 *
 * <p>A flight is <em>attached</em> while it is its slot's current one. Only then may it write L1, and only then may
 * callers join. A newer write detaches it: it goes on for those who had joined before, and writes nothing.
 *
 * <p>Methods that take a slot run inside a step of {@link LocalTier#change} and return what is to be done after it. All
 * fields that change are guarded by that step.
 */
final class Flight<K, V> {

    /** Loads of one key that may run here at a time: the current one and one superseded. */
    private static final int MAX_RUNNING = 2;

    private enum Phase {
        /** The plain read of L2 is under way. */
        LOOKING,
        /** The claim is under way. */
        CLAIMING,
        /** Another node holds the lease; its outcome will be pushed. */
        WAITING,
        /** Ours to load, but too many superseded loads of the key are still running. */
        QUEUED,
        /** The loader runs. */
        LOADING,
        /** The value is there, and L2 has not answered yet. */
        PUBLISHING
    }

    final K key;
    final Era era;

    private final Flights<K, V> flights;
    private final @Nullable String remoteKey;

    /** Where the steps run that decode or encode: the first caller's thread as long as it is there. */
    private final Executor driver;

    /** What L1 held when the flight began, if L2 need only confirm it. */
    private final @Nullable Entry<V> suspect;

    private final @Nullable Budget budget;

    /** For a refresh, when it began in the order of calls and flights; else 0. */
    private final long refreshOrder;

    private final Callers<K, V> callers;

    private Phase phase;
    private byte[] seen = Envelope.NO_STAMP;
    private Claim.@Nullable Held held;
    private @Nullable BusMessage lastRelease;
    private @Nullable Lease lease;
    private @Nullable Load<K, V> load;
    private @Nullable V value;
    private long valueSince;
    private boolean isPut;
    private boolean overlapsPut;
    private Runnable timer = LocalTier.NOTHING;

    /** A flight for a miss. */
    Flight(Flights<K, V> flights, Caller<K, V> first, Era era, @Nullable Entry<V> suspect) {
        this.flights = flights;
        this.key = first.key;
        this.remoteKey = first.remoteKey;
        this.driver = first.executor;
        this.era = era;
        this.suspect = suspect;
        this.budget = first.budget;
        this.refreshOrder = first.force ? flights.nextOrder() : 0;
        this.callers = new Callers<>(flights);
        this.phase = Phase.LOOKING;
        callers.add(first);
    }

    /** A flight for a put, which has its value from the start. */
    Flight(Flights<K, V> flights, K key, V value, long since, Era era, boolean overlapsPut) {
        this.flights = flights;
        this.key = key;
        this.remoteKey = null;
        this.driver = Runnable::run;
        this.era = era;
        this.suspect = null;
        this.budget = null;
        this.refreshOrder = 0;
        this.callers = new Callers<>(flights);
        this.phase = Phase.PUBLISHING;
        this.value = value;
        this.valueSince = since;
        this.isPut = true;
        this.overlapsPut = overlapsPut;
    }

    // ---- the way of a miss ----------------------------------------------------------------------------------------

    void begin(boolean force) {
        Remote<V> remote = flights.remote;
        if (remote == null || remoteKey == null || remote.outbox.holds(remoteKey)) {
            loadAlone();
        } else if (force) {
            change(slot -> isAttached(slot) ? claim(slot, Envelope.NO_STAMP, true) : callers.allEnterAgain());
        } else {
            andThen(remote.gate.get(budget(), remoteKey), this::looked);
        }
    }

    /** Something, or nothing, was found in L2: by the read, or by the claim. */
    private void looked(byte @Nullable [] bytes) {
        Sighting<V> sighting = remote().examine(bytes, era, suspect);
        if (sighting.unknownGeneration() == null) {
            settle(sighting);
        } else {
            Sighting<V> unusable = new Sighting<>(sighting.stamp(), null, null);
            andThen(
                    flights.generations().resolve(sighting.unknownGeneration(), budget()),
                    resolved -> settle(unusable));
        }
    }

    private void settle(Sighting<V> sighting) {
        change(slot -> {
            Entry<V> entry = sighting.entry();
            if (entry != null) {
                if (isAttached(slot)) {
                    local().write(key, entry);
                    slot.current = null;
                }
                return callers.answerAll(entry.value);
            }
            return isAttached(slot) ? claim(slot, sighting.stamp(), false) : callers.allEnterAgain();
        });
    }

    /** The one atomic question to L2. Those who only wanted to look are answered. */
    private Runnable claim(LocalTier.Slot<K, V> slot, byte[] stamp, boolean force) {
        Runnable answers = callers.dismissLookers();
        if (callers.nextLoader() == null) {
            slot.current = null;
            return answers;
        }
        phase = Phase.CLAIMING;
        seen = stamp;
        lastRelease = null;
        Token offered = flights.environment.newToken();
        return () -> {
            answers.run();
            long claimedAt = flights.environment.nanoTime();
            andThen(
                    remote().gate.claim(budget(), remoteKey(), stamp, offered, force),
                    answer -> claimed(answer, offered, claimedAt));
        };
    }

    private void claimed(Claim answer, Token offered, long claimedAt) {
        if (answer instanceof Claim.Found found) {
            looked(found.bytes());
        } else if (answer instanceof Claim.Granted granted) {
            change(slot -> granted(slot, remote().lease(remoteKey(), offered, granted, claimedAt)));
        } else if (answer instanceof Claim.Held someoneElse) {
            change(slot -> isAttached(slot) ? await(slot, someoneElse) : callers.allEnterAgain());
        }
    }

    private Runnable granted(LocalTier.Slot<K, V> slot, Lease granted) {
        if (!isAttached(slot)) {
            Runnable again = callers.allEnterAgain();
            return () -> {
                granted.giveBack(LoadOutcome.ABANDONED);
                again.run();
            };
        }
        lease = granted;
        Runnable start = startLoad(slot);
        return () -> {
            granted.keep(() -> leaseLost(granted));
            start.run();
        };
    }

    /** Another node loads. Its outcome may have been pushed while the claim's reply was on its way. */
    private Runnable await(LocalTier.Slot<K, V> slot, Claim.Held someoneElse) {
        phase = Phase.WAITING;
        held = someoneElse;
        if (lastRelease != null && lastRelease.token().equals(someoneElse.holder())) {
            return holderEnded(slot, lastRelease);
        }
        long remainingNanos = (someoneElse.remainingMillis() + 1) * 1_000_000;
        return () -> startTimer(remainingNanos, Phase.WAITING, attached -> claim(attached, seen, false));
    }

    /** L2 can't be asked: what L1 holds will do; else the value is loaded for this node alone. */
    private void loadAlone() {
        change(slot -> {
            if (suspect != null && suspect.isFresh(flights.environment.nanoTime())) {
                if (isAttached(slot)) {
                    slot.current = null;
                }
                return callers.answerAll(suspect.value);
            }
            return isAttached(slot) ? startLoad(slot) : callers.allEnterAgain();
        });
    }

    /** The turn to load has come, unless too many superseded loads of the key still run. */
    Runnable startLoad(LocalTier.Slot<K, V> slot) {
        Runnable answers = callers.dismissLookers();
        Caller<K, V> loading = callers.nextLoader();
        if (loading == null) {
            slot.current = null;
            return inOrder(answers, end(LoadOutcome.ABANDONED));
        }
        if (slot.running >= MAX_RUNNING) {
            boolean queuedBefore = phase == Phase.QUEUED;
            phase = Phase.QUEUED;
            return queuedBefore ? answers : inOrder(answers, this::limitQueueing);
        }
        cancelTimer();
        phase = Phase.LOADING;
        slot.running++;
        Load<K, V> started = new Load<>(this, flights, loading);
        load = started;
        return inOrder(answers, started::start);
    }

    private void limitQueueing() {
        startTimer(flights.settings.loaderDeadlineNanos(), Phase.QUEUED, slot -> {
            String message = "The load of " + flights.settings.subject(key) + " could not begin within loaderDeadline: "
                    + "earlier loads of the key, superseded since, are still running";
            return overdue(slot, new LoadTimeoutException(message, null), null);
        });
    }

    // ---- how a load ends ------------------------------------------------------------------------------------------

    Runnable loaded(LocalTier.Slot<K, V> slot, V loadedValue, long returnedAt, long deltaNanos) {
        Lease mine = lease;
        if (!isAttached(slot)) {
            return callers.answerAll(loadedValue);
        }
        if (mine != null && mine.mayHaveExpired()) {
            // After a pause longer than the lease: for those who have waited the value will do, and for nobody else.
            mine.stop();
            slot.current = null;
            Runnable again = callers.doubtfulEnterAgain(null);
            return inOrder(again, callers.answerAll(loadedValue));
        }
        if (mine == null) {
            Era itsEra = flights.remote == null ? era : new Era(era.generation);
            local().write(key, flights.entryOfThisNode(loadedValue, returnedAt, itsEra));
            slot.current = null;
            return callers.answerAll(loadedValue);
        }
        mine.stop();
        phase = Phase.PUBLISHING;
        value = loadedValue;
        valueSince = returnedAt;
        Publishing<K, V> publishing =
                new Publishing<>(flights, remote(), key, remoteKey(), mine, era, loadedValue, returnedAt, this::land);
        Runnable answers = callers.answerImpatient(loadedValue);
        return () -> {
            answers.run();
            // A caller who has been answered passes on what comes to its thread: this runs off the caller's path.
            driver.execute(() -> guarded(() -> publishing.start(deltaNanos)));
        };
    }

    /**
     * The end of a flight with a value: into L1, if no newer write has detached it.
     *
     * @param entry null if L2 has refused it
     * @param accepted whether L2 has it; else those who need to be sure ask again
     */
    private void land(@Nullable Entry<V> entry, boolean accepted) {
        change(slot -> {
            if (isAttached(slot)) {
                if (entry != null) {
                    local().write(key, entry);
                }
                slot.current = null;
            }
            Runnable again = accepted ? LocalTier.NOTHING : callers.doubtfulEnterAgain(null);
            return inOrder(again, callers.answerAll(value));
        });
    }

    /** The source has no value, or the loader failed. */
    Runnable endedWithout(LocalTier.Slot<K, V> slot, @Nullable Throwable failure) {
        LoadOutcome outcome = failure == null
                ? LoadOutcome.ABSENT
                : LoadOutcome.failed(failure.getClass().getName());
        // The lease is given back first: who retries at once must not find it held by the load that failed.
        Runnable ending = endIfAttached(slot, outcome);
        return inOrder(ending, failure == null ? callers.answerAll(null) : callers.failAll(failure));
    }

    /** The thread that ran the loader was interrupted. That is its own affair: the next one takes over. */
    Runnable handOver(LocalTier.Slot<K, V> slot, Caller<K, V> leaving) {
        callers.remove(leaving);
        return isAttached(slot) ? startLoad(slot) : callers.allEnterAgain();
    }

    /** The deadline has passed. The load runs on, for the caller on whose thread it runs if for any. */
    Runnable overdue(LocalTier.Slot<K, V> slot, LoadTimeoutException timeout, @Nullable Caller<K, V> own) {
        if (own != null) {
            callers.remove(own);
        }
        Runnable ending =
                endIfAttached(slot, LoadOutcome.failed(timeout.getClass().getName()));
        return inOrder(ending, callers.failAll(timeout));
    }

    // ---- what comes from outside ----------------------------------------------------------------------------------

    /**
     * Whether a caller may join. Not if the flight's value has outlived its ttl or is of another generation. If messages
     * were missed since it began, only a lease can show that no write was among them.
     */
    boolean isJoinable(Era now) {
        return switch (phase) {
            case LOOKING, CLAIMING, WAITING -> era == now;
            case QUEUED, LOADING -> lease == null ? era == now : era.sameGeneration(now) && !lease.mayHaveExpired();
            case PUBLISHING ->
                (era == now || (!isPut && era.sameGeneration(now)))
                        && valueSince + flights.settings.ttlNanos() - flights.environment.nanoTime() > 0;
        };
    }

    /** Whether this is a refresh that began after the caller had asked for one: two must not push each other out. */
    boolean refreshesFor(Caller<K, V> caller) {
        return refreshOrder > caller.order;
    }

    /** Another caller wants the key. */
    Runnable join(Caller<K, V> caller) {
        if (era != local().era()) {
            caller.patient = true;
        } else if (phase == Phase.PUBLISHING && !caller.patient) {
            V answer = value;
            return () -> caller.answer(answer);
        }
        if (load != null && load.runsOn(caller.thread)) {
            return () -> caller.fail(new IllegalStateException("The loader of " + flights.settings.subject(key)
                    + " asks the cache for the key that it is loading; it would wait for itself"));
        }
        if (caller.loader == null && phase != Phase.LOOKING && phase != Phase.PUBLISHING) {
            return () -> caller.answer(null);
        }
        callers.add(caller);
        return LocalTier.NOTHING;
    }

    /** A write elsewhere, or one of our own as L2 has ordered it. */
    Runnable hear(LocalTier.Slot<K, V> slot, Write write) {
        boolean overtaken = switch (phase) {
            case LOOKING, CLAIMING -> true;
            case WAITING -> held == null || write.serverMicros() >= held.serverMicros();
            case QUEUED, LOADING, PUBLISHING -> lease == null || lease.isEndedBy(write);
        };
        boolean betterValueInL2 = write.kind() == BusMessage.Kind.PUT || write.kind() == BusMessage.Kind.PUBLISHED;
        return overtaken ? detach(slot, betterValueInL2) : LocalTier.NOTHING;
    }

    /** The load that this flight waits for has ended without a value to fetch. */
    Runnable holderEnded(LocalTier.Slot<K, V> slot, BusMessage message) {
        lastRelease = message;
        if (phase != Phase.WAITING || held == null || message.outcome() == null) {
            return LocalTier.NOTHING;
        }
        if (!held.holder().equals(message.token())) {
            // A refresh has taken the lease over since: whoever holds it now is to be asked for.
            return message.serverMicros() >= held.serverMicros() ? askAgain(slot) : LocalTier.NOTHING;
        }
        cancelTimer();
        switch (message.outcome()) {
            case ABANDONED:
                return claim(slot, seen, false);
            case NOT_STORABLE:
                return startLoad(slot);
            case ABSENT:
                slot.current = null;
                return callers.answerAll(null);
            case FAILED:
            default:
                slot.current = null;
                return callers.failAll(new LoadFailedElsewhereException(
                        flights.settings.subject(key),
                        message.detail(),
                        Instant.EPOCH.plus(message.serverMicros(), ChronoUnit.MICROS)));
        }
    }

    /** An earlier load of this node has been published, perhaps the one that this flight waits for. */
    Runnable holderPublished(LocalTier.Slot<K, V> slot) {
        return phase == Phase.CLAIMING || phase == Phase.WAITING ? detach(slot, true) : LocalTier.NOTHING;
    }

    /** The flight, or what it waits for, is out of date for another reason than a write: its lease is given back. */
    Runnable supersede(LocalTier.Slot<K, V> slot) {
        Lease mine = phase == Phase.PUBLISHING ? null : lease;
        Runnable detaching = detach(slot, false);
        return mine == null
                ? detaching
                : () -> {
                    mine.giveBack(LoadOutcome.ABANDONED);
                    detaching.run();
                };
    }

    /** A put on this node: all who wait get its value, but for the one who runs the loader. */
    Runnable supersedeByPut(LocalTier.Slot<K, V> slot, V putValue) {
        slot.current = null;
        cancelTimer();
        stopLease();
        return callers.answerAllBut(loadingCaller(), putValue);
    }

    /** Messages may have been missed, or will be: a wait for one is not worth going on with. */
    Runnable askAgain(LocalTier.Slot<K, V> slot) {
        return phase == Phase.WAITING ? supersede(slot) : LocalTier.NOTHING;
    }

    private void leaseLost(Lease lost) {
        change(slot -> isAttached(slot) && lease == lost ? detach(slot, false) : LocalTier.NOTHING);
    }

    private Runnable detach(LocalTier.Slot<K, V> slot, boolean betterValueInL2) {
        slot.current = null;
        cancelTimer();
        stopLease();
        return switch (phase) {
            // The reply that is under way answers them, or sends them in again.
            case LOOKING, CLAIMING, PUBLISHING -> LocalTier.NOTHING;
            case WAITING, QUEUED -> callers.allEnterAgain();
            // They began before the write, so the loader's value will do; unless a newer one can be had at once, or it
            // was in doubt before.
            case LOADING ->
                betterValueInL2
                        ? callers.allEnterAgainBut(loadingCaller())
                        : callers.doubtfulEnterAgain(loadingCaller());
        };
    }

    boolean isPut() {
        return isPut;
    }

    boolean overlapsPut() {
        return overlapsPut;
    }

    boolean isQueued() {
        return phase == Phase.QUEUED;
    }

    // ---- small print ----------------------------------------------------------------------------------------------

    private Runnable endIfAttached(LocalTier.Slot<K, V> slot, LoadOutcome outcome) {
        if (!isAttached(slot)) {
            return LocalTier.NOTHING;
        }
        slot.current = null;
        return end(outcome);
    }

    private Runnable end(LoadOutcome outcome) {
        cancelTimer();
        Lease mine = lease;
        return mine == null ? LocalTier.NOTHING : () -> mine.giveBack(outcome);
    }

    private void stopLease() {
        if (lease != null) {
            lease.stop();
        }
    }

    private @Nullable Caller<K, V> loadingCaller() {
        return phase == Phase.LOADING && load != null ? load.caller() : null;
    }

    private boolean isAttached(LocalTier.Slot<K, V> slot) {
        return slot.current == this;
    }

    private LocalTier<K, V> local() {
        return flights.local;
    }

    private Remote<V> remote() {
        return Objects.requireNonNull(flights.remote);
    }

    private String remoteKey() {
        return Objects.requireNonNull(remoteKey);
    }

    private Budget budget() {
        return Objects.requireNonNull(budget);
    }

    private void change(Function<LocalTier.Slot<K, V>, Runnable> step) {
        local().change(key, step);
    }

    /** When L2 has answered, on the driver: the next step, or none of L2's help. */
    private <T extends @Nullable Object> void andThen(CompletableFuture<T> reply, Consumer<T> next) {
        reply.whenCompleteAsync(
                (answer, failure) -> guarded(() -> {
                    if (failure == null) {
                        next.accept(answer);
                    } else {
                        loadAlone();
                    }
                }),
                driver);
    }

    /** A step that runs outside of any caller's call stack: a defect in it must not leave the callers waiting. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable t) {
            change(slot -> inOrder(endIfAttached(slot, LoadOutcome.ABANDONED), callers.failAll(t)));
        }
    }

    private static Runnable inOrder(Runnable first, Runnable second) {
        return () -> {
            first.run();
            second.run();
        };
    }

    /** After a step: something to do later if the flight is then still in the same phase. */
    private void startTimer(long nanos, Phase during, Function<LocalTier.Slot<K, V>, Runnable> then) {
        Runnable cancel = flights.environment.schedule(
                () -> change(slot -> isAttached(slot) && phase == during ? then.apply(slot) : LocalTier.NOTHING),
                nanos);
        change(slot -> {
            if (isAttached(slot) && phase == during) {
                timer = cancel;
                return LocalTier.NOTHING;
            }
            return cancel;
        });
    }

    private void cancelTimer() {
        timer.run();
        timer = LocalTier.NOTHING;
    }
}
