package io.stampede;

import io.stampede.Remote.Sighting;
import io.stampede.spi.BusMessage;
import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteTier.Publication;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rebuild of one key on this node, and all who wait for it: look in L2, claim, load or wait, publish.
 *
 * <p>A flight is <em>attached</em> while it is its slot's current one. Only then may it write L1, and only then may
 * callers join. A newer write detaches it: it goes on for those who had joined before, and writes nothing.
 *
 * <p>All fields that change are guarded by {@link LocalTier#change} of the key, unless they say otherwise.
 */
final class Flight<K, V> {

    private static final System.Logger LOG = System.getLogger(Flight.class.getName());

    /** Loads of one key that may run here at a time: the current one and one superseded. */
    private static final int MAX_RUNNING = 2;

    private static final int PUBLISH_ATTEMPTS = 3;
    private static final long PUBLISH_PAUSE_NANOS = 20_000_000;

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
        /** The value is there and the callers have it; L2 has not answered yet. */
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

    private Phase phase;
    private List<Caller<K, V>> callers = new ArrayList<>();
    private byte[] seen = Envelope.NO_STAMP;
    private @Nullable Token lease;
    private long grantedMicros;
    private @Nullable Token holder;
    private long heldMicros;
    private @Nullable BusMessage lastRelease;
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
        this.budget = flights.remote == null ? null : flights.remote.gate.newBudget();
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
        this.phase = Phase.PUBLISHING;
        this.value = value;
        this.valueSince = since;
        this.isPut = true;
        this.overlapsPut = overlapsPut;
    }

    // ---- the way of a miss, step by step ------------------------------------------------------------------------

    void begin(boolean force) {
        Remote<V> remote = flights.remote;
        if (remote == null || remoteKey == null || remote.outbox.holds(remoteKey)) {
            loadAlone();
        } else if (force) {
            change(slot -> claim(slot, Envelope.NO_STAMP, true));
        } else {
            look(remote, remoteKey);
        }
    }

    private void look(Remote<V> remote, String remoteKey) {
        remote.gate
                .get(budget(), remoteKey)
                .whenCompleteAsync(
                        (bytes, failure) -> guarded(() -> {
                            if (failure != null) {
                                loadAlone();
                            } else {
                                looked(remote, bytes);
                            }
                        }),
                        driver);
    }

    /** Something, or nothing, was found in L2: by the read, or by the claim. */
    private void looked(Remote<V> remote, byte @Nullable [] bytes) {
        Sighting<V> sighting = remote.examine(bytes, era, suspect);
        if (sighting.unknownGeneration() != null) {
            flights.generations()
                    .resolve(sighting.unknownGeneration(), budget())
                    .whenCompleteAsync(
                            (resolved, failure) -> guarded(() -> {
                                if (failure != null) {
                                    loadAlone();
                                } else {
                                    settle(new Sighting<>(sighting.stamp(), null, null));
                                }
                            }),
                            driver);
            return;
        }
        settle(sighting);
    }

    private void settle(Sighting<V> sighting) {
        change(slot -> {
            Entry<V> entry = sighting.entry();
            if (entry != null) {
                if (isAttached(slot)) {
                    local().write(key, entry);
                    slot.current = null;
                }
                return answerAll(entry.value);
            }
            return isAttached(slot) ? claim(slot, sighting.stamp(), false) : allEnterAgain();
        });
    }

    /** Inside a step: the one atomic question to L2. Those who only wanted to look are answered. */
    private Runnable claim(LocalTier.Slot<K, V> slot, byte[] stamp, boolean force) {
        Runnable answers = answerLookers();
        if (nobodyLoads()) {
            slot.current = null;
            return answers;
        }
        phase = Phase.CLAIMING;
        seen = stamp;
        Token offered = flights.environment.newToken();
        lease = offered;
        lastRelease = null;
        return () -> {
            answers.run();
            remote().gate
                    .claim(budget(), remoteKey(), stamp, offered, force)
                    .whenCompleteAsync(
                            (answer, failure) -> guarded(() -> {
                                if (failure != null) {
                                    loadAlone();
                                } else {
                                    claimed(answer, offered);
                                }
                            }),
                            driver);
        };
    }

    private void claimed(Claim answer, Token offered) {
        if (answer instanceof Claim.Found found) {
            looked(remote(), found.bytes());
        } else if (answer instanceof Claim.Granted granted) {
            change(slot -> {
                if (!isAttached(slot)) {
                    return both(() -> giveBack(offered, LoadOutcome.ABANDONED), allEnterAgain());
                }
                grantedMicros = granted.serverMicros();
                return both(() -> keepLease(offered), startLoad(slot));
            });
        } else if (answer instanceof Claim.Held held) {
            change(slot -> isAttached(slot) ? await(slot, held) : allEnterAgain());
        }
    }

    /** Inside a step: another node loads. Its outcome may have been pushed while the claim's reply was on its way. */
    private Runnable await(LocalTier.Slot<K, V> slot, Claim.Held held) {
        phase = Phase.WAITING;
        lease = null;
        holder = held.holder();
        heldMicros = held.serverMicros();
        if (lastRelease != null && lastRelease.token().equals(holder)) {
            return holderEnded(slot, lastRelease);
        }
        long remainingNanos = (held.remainingMillis() + 1) * 1_000_000;
        return () -> startTimer(remainingNanos, Phase.WAITING, stillAttached -> claim(stillAttached, seen, false));
    }

    /** L2 can't be asked: what L1 holds will do; else the value is loaded for this node alone. */
    private void loadAlone() {
        change(slot -> {
            if (suspect != null && suspect.isFresh(flights.environment.nanoTime())) {
                if (isAttached(slot)) {
                    slot.current = null;
                }
                return answerAll(suspect.value);
            }
            if (!isAttached(slot)) {
                return allEnterAgain();
            }
            lease = null;
            return both(answerLookers(), startLoad(slot));
        });
    }

    /** Inside a step: the turn to load has come, unless too many superseded loads of the key still run. */
    Runnable startLoad(LocalTier.Slot<K, V> slot) {
        Caller<K, V> loading = nextLoader();
        if (loading == null) {
            slot.current = null;
            return end(LoadOutcome.ABANDONED);
        }
        if (slot.running >= MAX_RUNNING) {
            if (phase == Phase.QUEUED) {
                return LocalTier.NOTHING;
            }
            phase = Phase.QUEUED;
            return () -> startTimer(flights.settings.loaderDeadlineNanos(), Phase.QUEUED, this::overdueInQueue);
        }
        cancelTimer();
        phase = Phase.LOADING;
        slot.running++;
        Load<K, V> started = new Load<>(this, flights, loading);
        load = started;
        return started::start;
    }

    // ---- how a load ends ----------------------------------------------------------------------------------------

    /** Inside a step: the loader returned a value. */
    Runnable loaded(LocalTier.Slot<K, V> slot, V loadedValue, long returnedAt, long deltaNanos) {
        if (!isAttached(slot)) {
            return answerAll(loadedValue);
        }
        if (lease == null) {
            local().write(key, aloneEntry(loadedValue, returnedAt));
            slot.current = null;
            return answerAll(loadedValue);
        }
        phase = Phase.PUBLISHING;
        value = loadedValue;
        valueSince = returnedAt;
        Token held = lease;
        List<Caller<K, V>> patient = takePatient();
        Runnable answers = answerAll(loadedValue);
        callers.addAll(patient);
        // The executor of a caller who has been answered passes on what comes, so this runs off the caller's path.
        return both(
                answers, () -> driver.execute(() -> guarded(() -> publish(held, loadedValue, returnedAt, deltaNanos))));
    }

    /** Inside a step: the source has no value, or the loader failed. */
    Runnable endedWithout(LocalTier.Slot<K, V> slot, @Nullable Throwable failure) {
        LoadOutcome outcome = failure == null
                ? LoadOutcome.ABSENT
                : LoadOutcome.failed(failure.getClass().getName());
        Runnable ending = LocalTier.NOTHING;
        if (isAttached(slot)) {
            slot.current = null;
            ending = end(outcome);
        }
        // The lease is given back first: who retries at once must not find it held by the load that failed.
        return both(ending, failure == null ? answerAll(null) : failAll(failure));
    }

    /** Inside a step: the thread that ran the loader was interrupted. That is its own affair: the next one takes over. */
    Runnable handOver(LocalTier.Slot<K, V> slot, Caller<K, V> leaving) {
        callers.remove(leaving);
        return isAttached(slot) ? startLoad(slot) : allEnterAgain();
    }

    /** Inside a step: the deadline has passed. The load runs on, for the caller on whose thread it runs if for any. */
    Runnable overdue(LocalTier.Slot<K, V> slot, LoadTimeoutException timeout, @Nullable Caller<K, V> own) {
        Runnable ending = LocalTier.NOTHING;
        if (isAttached(slot)) {
            slot.current = null;
            ending = end(LoadOutcome.failed(timeout.getClass().getName()));
        }
        if (own != null) {
            callers.remove(own);
        }
        return both(ending, failAll(timeout));
    }

    private Runnable overdueInQueue(LocalTier.Slot<K, V> slot) {
        slot.current = null;
        LoadTimeoutException timeout = new LoadTimeoutException(
                "The load of " + flights.settings.subject(key)
                        + " could not begin within loaderDeadline: earlier loads of "
                        + "the key, superseded since, are still running",
                null);
        return both(end(LoadOutcome.failed(timeout.getClass().getName())), failAll(timeout));
    }

    // ---- publishing ---------------------------------------------------------------------------------------------

    private void publish(Token held, V published, long returnedAt, long deltaNanos) {
        Token version = flights.environment.newToken();
        Stored stored;
        try {
            stored = remote().store(version, remote().encode(published), returnedAt, deltaNanos, era);
        } catch (Exception | LinkageError | StackOverflowError e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    () -> "The value of " + flights.settings.subject(key) + " can't be encoded for the remote tier; it "
                            + "stays on this node",
                    e);
            giveBack(held, LoadOutcome.NOT_STORABLE);
            land(aloneEntry(published, returnedAt).in(era));
            return;
        }
        Budget publishing = remote().gate.newBudget();
        attempt(stored, held, published, returnedAt, publishing, PUBLISH_ATTEMPTS);
    }

    private void attempt(Stored stored, Token held, V published, long returnedAt, Budget publishing, int attemptsLeft) {
        remote().gate.publish(publishing, remoteKey(), held, stored).whenComplete((publication, failure) -> {
            if (failure == null) {
                land(
                        publication == Publication.REFUSED
                                ? null
                                : remote().localCopy(published, stored.version(), returnedAt, era));
            } else if (attemptsLeft > 1 && publishing.nanosLeft() > PUBLISH_PAUSE_NANOS) {
                publishing.spend(PUBLISH_PAUSE_NANOS);
                flights.environment.schedule(
                        () -> attempt(stored, held, published, returnedAt, publishing, attemptsLeft - 1),
                        PUBLISH_PAUSE_NANOS);
            } else {
                land(aloneEntry(published, returnedAt));
            }
        });
    }

    /** The end of a flight with a value: into L1, if no newer write has detached it. Null if L2 has refused it. */
    private void land(@Nullable Entry<V> entry) {
        change(slot -> {
            if (isAttached(slot)) {
                if (entry != null) {
                    local().write(key, entry);
                }
                slot.current = null;
            }
            Runnable retries = entry == null ? enterAgain(takeDoubtful()) : LocalTier.NOTHING;
            return both(retries, answerAll(value));
        });
    }

    /** An entry that L2 does not know of: its own era makes it suspect, to be confirmed once L2 can be asked. */
    private Entry<V> aloneEntry(V loadedValue, long returnedAt) {
        long until = returnedAt + flights.settings.ttlNanos();
        Era itsEra = flights.remote == null ? era : new Era(era.generation);
        return new Entry<>(loadedValue, flights.environment.newToken(), itsEra, until, until);
    }

    // ---- what comes from outside; all inside a step -------------------------------------------------------------

    /** Another caller wants the key. */
    Runnable join(Caller<K, V> caller) {
        if (era != local().era()) {
            caller.patient = true;
        } else if (phase == Phase.PUBLISHING) {
            V answer = value;
            return () -> caller.answer(answer);
        }
        if (load != null && load.runsOn(caller.thread)) {
            return () -> caller.fail(new IllegalStateException("The loader of " + flights.settings.subject(key)
                    + " asks the cache for the key that it is loading; it would wait for itself"));
        }
        if (caller.loader == null && phase != Phase.LOOKING) {
            return () -> caller.answer(null);
        }
        callers.add(caller);
        return LocalTier.NOTHING;
    }

    /** A write elsewhere, or one of our own as L2 has ordered it. */
    Runnable hear(LocalTier.Slot<K, V> slot, Write write) {
        boolean overtaken = switch (phase) {
            case LOOKING, CLAIMING -> true;
            case WAITING -> write.serverMicros() >= heldMicros;
            case QUEUED, LOADING, PUBLISHING -> lease == null || write.ends(lease, grantedMicros);
        };
        if (!overtaken) {
            return LocalTier.NOTHING;
        }
        slot.current = null;
        boolean better = write.kind() == BusMessage.Kind.PUT || write.kind() == BusMessage.Kind.PUBLISHED;
        return detached(better);
    }

    /** The load that this flight waits for has ended without a value to fetch. */
    Runnable holderEnded(LocalTier.Slot<K, V> slot, BusMessage message) {
        lastRelease = message;
        if (phase != Phase.WAITING || !message.token().equals(holder) || message.outcome() == null) {
            return LocalTier.NOTHING;
        }
        cancelTimer();
        switch (message.outcome()) {
            case ABANDONED:
                return claim(slot, seen, false);
            case NOT_STORABLE:
                return startLoad(slot);
            case ABSENT:
                slot.current = null;
                return answerAll(null);
            case FAILED:
            default:
                slot.current = null;
                return failAll(new LoadFailedElsewhereException(
                        flights.settings.subject(key),
                        message.detail(),
                        Instant.EPOCH.plus(message.serverMicros(), ChronoUnit.MICROS)));
        }
    }

    /** The flight's value, or what it waits for, is out of date: it is detached, and its lease given back. */
    Runnable supersede(LocalTier.Slot<K, V> slot) {
        slot.current = null;
        boolean holdsLease = phase == Phase.QUEUED || phase == Phase.LOADING;
        Token held = lease;
        Runnable giveBack =
                holdsLease && held != null ? () -> giveBack(held, LoadOutcome.ABANDONED) : LocalTier.NOTHING;
        return both(giveBack, detached(false));
    }

    /** A put on this node: all who wait get its value, but for the one who runs the loader. */
    Runnable supersedeByPut(LocalTier.Slot<K, V> slot, V putValue) {
        slot.current = null;
        cancelTimer();
        List<Caller<K, V>> waiting = takeAllButLoading();
        return () -> waiting.forEach(caller -> caller.answer(putValue));
    }

    /** Messages may have been missed, or will be: a wait for one is not worth going on with. */
    Runnable askAgain(LocalTier.Slot<K, V> slot) {
        return phase == Phase.WAITING ? supersede(slot) : LocalTier.NOTHING;
    }

    /**
     * Whether a caller may join. Not if the flight's value has outlived its ttl or is of another generation. If messages
     * were missed since it began, only a lease can show that no write was among them.
     */
    boolean isJoinable(Era now) {
        return switch (phase) {
            case LOOKING, CLAIMING, WAITING -> era == now;
            case QUEUED, LOADING -> era == now || (lease != null && era.sameGeneration(now));
            case PUBLISHING -> (era == now || (!isPut && era.sameGeneration(now)))
                    && valueSince + flights.settings.ttlNanos() - flights.environment.nanoTime() > 0;
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

    /** What becomes of those who had joined when the flight was detached. */
    private Runnable detached(boolean betterValueInL2) {
        cancelTimer();
        return switch (phase) {
            // The reply that is under way answers them, or sends them in again.
            case LOOKING, CLAIMING, PUBLISHING -> LocalTier.NOTHING;
            case WAITING, QUEUED -> allEnterAgain();
            // They began before the write, so the loader's value will do; unless a newer one can be had at once, or it
            // was in doubt before.
            case LOADING -> enterAgain(betterValueInL2 ? takeAllButLoading() : takeDoubtful());
        };
    }

    // ---- the lease ----------------------------------------------------------------------------------------------

    private void keepLease(Token held) {
        scheduleRenewal(held, flights.environment.nanoTime());
    }

    private void scheduleRenewal(Token held, long lastRenewal) {
        long leaseNanos = flights.settings.leaseMillis() * 1_000_000;
        flights.environment.schedule(
                () -> change(slot -> isLoadingUnder(slot, held) ? () -> renew(held, lastRenewal) : LocalTier.NOTHING),
                leaseNanos / 3);
    }

    private void renew(Token held, long lastRenewal) {
        long sent = flights.environment.nanoTime();
        remote().gate.renew(remoteKey(), held).whenComplete((kept, failure) -> {
            if (failure == null && kept) {
                scheduleRenewal(held, sent);
                return;
            }
            long leaseNanos = flights.settings.leaseMillis() * 1_000_000;
            boolean mayStillBeOurs = failure != null && flights.environment.nanoTime() - lastRenewal < leaseNanos;
            if (mayStillBeOurs) {
                scheduleRenewal(held, lastRenewal);
            } else {
                change(slot -> {
                    if (!isLoadingUnder(slot, held)) {
                        return LocalTier.NOTHING;
                    }
                    slot.current = null;
                    return detached(false);
                });
            }
        });
    }

    private boolean isLoadingUnder(LocalTier.Slot<K, V> slot, Token held) {
        return isAttached(slot) && held.equals(lease) && (phase == Phase.LOADING || phase == Phase.QUEUED);
    }

    /** Inside a step, after detaching for good: gives the lease back, if there is one. */
    private Runnable end(LoadOutcome outcome) {
        cancelTimer();
        Token held = lease;
        return held == null ? LocalTier.NOTHING : () -> giveBack(held, outcome);
    }

    private void giveBack(Token held, LoadOutcome outcome) {
        remote().gate.release(remoteKey(), held, outcome);
    }

    // ---- callers ------------------------------------------------------------------------------------------------

    private @Nullable Caller<K, V> nextLoader() {
        for (Caller<K, V> caller : callers) {
            if (caller.canLoad()) {
                return caller;
            }
        }
        return null;
    }

    private boolean nobodyLoads() {
        return nextLoader() == null;
    }

    private List<Caller<K, V>> takeAll() {
        List<Caller<K, V>> all = callers;
        callers = new ArrayList<>();
        return all;
    }

    private List<Caller<K, V>> takeAllButLoading() {
        List<Caller<K, V>> all = takeAll();
        Caller<K, V> loading = load == null ? null : load.caller();
        if (loading != null && phase == Phase.LOADING && all.remove(loading)) {
            callers.add(loading);
        }
        return all;
    }

    private List<Caller<K, V>> takePatient() {
        List<Caller<K, V>> patient = new ArrayList<>();
        callers.removeIf(caller -> caller.patient && patient.add(caller));
        return patient;
    }

    /** Those who have joined a load of an earlier era, but for one whose loader it is. */
    private List<Caller<K, V>> takeDoubtful() {
        List<Caller<K, V>> doubtful = takePatient();
        doubtful.removeIf(caller -> (caller.force || (load != null && load.caller() == caller)) && callers.add(caller));
        return doubtful;
    }

    private Runnable answerLookers() {
        List<Caller<K, V>> lookers = new ArrayList<>();
        callers.removeIf(caller -> caller.loader == null && lookers.add(caller));
        return () -> lookers.forEach(caller -> caller.answer(null));
    }

    private Runnable answerAll(@Nullable V answer) {
        List<Caller<K, V>> all = takeAll();
        return () -> all.forEach(caller -> caller.answer(answer));
    }

    private Runnable failAll(Throwable failure) {
        List<Caller<K, V>> all = takeAll();
        return () -> all.forEach(caller -> caller.fail(failure));
    }

    private Runnable allEnterAgain() {
        return enterAgain(takeAll());
    }

    private Runnable enterAgain(List<Caller<K, V>> some) {
        some.forEach(caller -> caller.patient = caller.force);
        return () -> some.forEach(caller -> {
            if (!caller.result.isDone()) {
                caller.executor.execute(() -> flights.enter(caller));
            }
        });
    }

    // ---- small print --------------------------------------------------------------------------------------------

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

    private boolean isAttached(LocalTier.Slot<K, V> slot) {
        return slot.current == this;
    }

    private void change(Function<LocalTier.Slot<K, V>, Runnable> step) {
        local().change(key, step);
    }

    private static Runnable both(Runnable first, Runnable second) {
        if (first == LocalTier.NOTHING) {
            return second;
        }
        return second == LocalTier.NOTHING
                ? first
                : () -> {
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

    /** A step that runs outside of any caller's call stack: a defect in it must not leave the callers waiting. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable t) {
            change(slot -> {
                if (isAttached(slot)) {
                    slot.current = null;
                }
                return failAll(t);
            });
        }
    }
}
