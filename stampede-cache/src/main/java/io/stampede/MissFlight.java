package io.stampede;

import io.stampede.LocalTier.Slot;
import io.stampede.Remote.Sighting;
import io.stampede.Result.Source;
import io.stampede.spi.BusMessage;
import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.Token;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rebuild of one key on this node, and all who wait for it: look in L2, claim, load or wait, publish. */
final class MissFlight<K, V> extends Flight<K, V> {

    /** Loads of one key that may run here at a time: the current one and one superseded. */
    private static final int MAX_RUNNING = 2;

    /** How often another node's load is asked for while nobody can tell how it ends. */
    private static final long ASK_UNHEARD_NANOS = 100_000_000;

    private enum Phase {
        /** The plain read of L2 is under way. */
        LOOKING,
        /** The claim is under way. */
        CLAIMING,
        /** Another node holds the lease; its outcome will be pushed. */
        WAITING,
        /** Ours to load, but too many loads are running: superseded ones of the key, or others of the cache. */
        QUEUED,
        /** The loader runs. */
        LOADING,
        /** The value is there, and L2 has not answered yet. */
        PUBLISHING
    }

    private final Flights<K, V> flights;
    private final @Nullable String remoteKey;
    private final @Nullable Batch<K, V> batch;

    /** Where the steps run that decode or encode: the first caller's thread as long as it is there. */
    private final Executor driver;

    private final @Nullable Budget budget;

    /** Whether nobody waits for this flight, because what L1 has is fresh, and it was begun to replace that. */
    private final boolean isEarly;

    /** For a refresh, when it began in the order of calls and flights; else 0. */
    private final long refreshOrder;

    /** How many tag invalidations this node had heard of when the flight began. */
    private final long tagEpoch;

    private final Callers<K, V> callers;

    /**
     * The entry that the flight is to replace: L1's at first, then L2's. It may be served if the load fails, and the
     * loader may see it. A suspect one in its ttl may be served if L2 can't be asked.
     */
    private @Nullable Entry<V> known;

    private Phase phase = Phase.LOOKING;
    private byte[] seen = Envelope.NO_STAMP;
    private Claim.@Nullable Held held;
    private long waitingSince;
    private @Nullable BusMessage lastRelease;
    private @Nullable Lease lease;
    private @Nullable Load<K, V> load;
    private @Nullable Entry<V> loaded;
    private boolean hasPermit;
    private boolean inLine;

    /** Another node has found that L2 can't hold such values: each node keeps its own, as sound as if L2 had it. */
    private boolean notStorable;

    /** L2 has told that the value is published, though perhaps not yet in reply: what is written from now on came later. */
    private boolean isPublished;

    private Runnable timer = LocalTier.NOTHING;

    MissFlight(Flights<K, V> flights, Caller<K, V> first, Era era, @Nullable Entry<V> known, boolean isEarly) {
        super(first.key, era);
        this.flights = flights;
        this.remoteKey = first.remoteKey;
        this.batch = first.batch;
        this.driver = first.executor;
        this.known = known;
        this.budget = first.budget;
        this.isEarly = isEarly;
        this.refreshOrder = first.force() ? flights.nextOrder() : 0;
        this.tagEpoch = flights.tags.epoch();
        this.callers = new Callers<>(flights);
        callers.add(first);
    }

    // ---- the way of a miss ----------------------------------------------------------------------------------------

    void begin(boolean force) {
        if (!era.sameGeneration(local().era())) {
            // The clear came while the step that has begun this flight kept it from being found, and ended.
            change(slot -> isAttached(slot) ? supersede(slot) : LocalTier.NOTHING);
        }
        Remote<V> remote = flights.remote;
        Entry<V> old = known;
        if (remote == null || remoteKey == null) {
            change(slot ->
                    isAttached(slot) ? inOrder(callers.offer(old), loadUnlessPausing(slot)) : callers.allEnterAgain());
        } else if (remote.mayBeBehind(remoteKey)) {
            remote.gate.tellTrouble(); // so that it does not stay behind until the next regular beat
            loadAlone();
        } else if (!remote.gate.isOpenToCallers()) {
            loadAlone();
        } else if (force) {
            change(slot -> isAttached(slot) ? claim(slot, Envelope.NO_STAMP, true) : callers.allEnterAgain());
        } else if (isEarly && old != null) {
            // What L1 has is what L2 had, and the claim tells if there is something newer.
            change(slot ->
                    isAttached(slot) ? claim(slot, Envelope.stamp(old.version()), false) : callers.allEnterAgain());
        } else {
            if (old != null && old.era == era) {
                change(slot -> callers.offer(old));
            }
            andThen(firstLook(remote, remoteKey, old), this::looked);
        }
    }

    private CompletableFuture<byte @Nullable []> firstLook(Remote<V> remote, String itsKey, @Nullable Entry<V> old) {
        if (batch != null) {
            return batch.look(itsKey, budget());
        }
        // What is to be confirmed, or is known to be at its end, is worth the way to the primary.
        return old == null ? remote.look(itsKey, budget(), era) : remote.gate.get(budget(), itsKey);
    }

    /** Something, or nothing, was found in L2: by the read, or by the claim. */
    private void looked(byte @Nullable [] bytes) {
        if (remote().mayBeBehind(remoteKey())) {
            loadAlone(); // it may be a server that has taken over meanwhile that has answered
            return;
        }
        Sighting<V> sighting = remote().examine(remoteKey(), bytes, era, known, flights.tags);
        if (sighting.isCertain()) {
            settle(sighting);
        } else {
            andThen(
                    flights.resolve(sighting, budget()),
                    resolved -> settle(remote().examine(remoteKey(), bytes, era, known, flights.tags)));
        }
    }

    private void settle(Sighting<V> sighting) {
        Entry<V> entry = sighting.entry();
        change(slot -> {
            long now = flights.environment.nanoTime();
            if (entry != null && entry.isFresh(now) && !entry.isRefused()) {
                if (isAttached(slot)) {
                    local().write(key, entry);
                    slot.current = null;
                    flights.loads.recovered(key); // else it may be older than the failure
                }
                return callers.answerAll(entry.as(Source.L2, now), null);
            }
            if (!isAttached(slot)) {
                return callers.allEnterAgain();
            }
            known = entry;
            if (entry == null) {
                return claim(slot, sighting.stamp(), false);
            }
            local().write(key, entry);
            Runnable answers = callers.serveStale(entry);
            return inOrder(answers, claim(slot, sighting.stamp(), false));
        });
    }

    /** The one atomic question to L2. Those who only wanted to look are answered. */
    private Runnable claim(Slot<K, V> slot, byte[] stamp, boolean force) {
        Runnable answers = callers.dismissLookers();
        if (callers.nextLoader() == null) {
            slot.current = null;
            return answers;
        }
        Failure pause = force ? null : flights.loads.pauseOf(key, known);
        if (pause != null) {
            slot.current = null;
            return inOrder(answers, callers.failAll(pause, known));
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
            if (remote().isTroubled()) {
                loadAlone(); // the holder may be unable to publish, and we to hear of it
            } else {
                change(slot -> isAttached(slot) ? await(slot, someoneElse) : callers.allEnterAgain());
            }
        }
    }

    private Runnable granted(Slot<K, V> slot, Lease granted) {
        if (!isAttached(slot)) {
            Runnable again = callers.allEnterAgain();
            return () -> {
                granted.giveBack(LoadOutcome.ABANDONED);
                again.run();
            };
        }
        Failure pause = isRefresh() ? null : flights.loads.pauseOf(key, known);
        if (pause != null) {
            // The load of another node has failed while the claim was under way: it is not to be repeated now.
            slot.current = null;
            Runnable failing = callers.failAll(pause, known);
            return () -> {
                granted.giveBack(LoadOutcome.ABANDONED);
                failing.run();
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
    private Runnable await(Slot<K, V> slot, Claim.Held someoneElse) {
        if (phase != Phase.WAITING) {
            waitingSince = flights.environment.nanoTime();
        }
        phase = Phase.WAITING;
        held = someoneElse;
        Runnable tell = callers.haveToWait();
        BusMessage release = lastRelease;
        if (release != null && release.outcome() != null && tellsOfItsEnd(release, someoneElse)) {
            return inOrder(tell, holderEnded(slot, release));
        }
        long remainingNanos = (someoneElse.remainingMillis() + 1) * 1_000_000;
        long askAgainNanos = remote().hearsOthers() ? remainingNanos : Math.min(remainingNanos, ASK_UNHEARD_NANOS);
        return inOrder(
                tell,
                () -> startTimer(
                        askAgainNanos, Phase.WAITING, attached -> inOrder(endOfWait(), claim(attached, seen, false))));
    }

    /**
     * Whether the lease is over that a claim was told of. It is, too, when a later one has ended: that of a refresh which has
     * taken it over, or of whoever came next.
     */
    private static boolean tellsOfItsEnd(BusMessage release, Claim.Held claimed) {
        return release.token().equals(claimed.holder()) || release.serverMicros() >= claimed.serverMicros();
    }

    /** L2 can't be asked: what L1 holds will do; else the value is loaded for this node alone. */
    private void loadAlone() {
        change(slot -> {
            long now = flights.environment.nanoTime();
            Entry<V> entry = known;
            if (entry != null
                    && entry.isFresh(now)
                    && !entry.isRefused()
                    && !isRefresh()
                    && remote().allowsSuspect(entry, now)) {
                if (isAttached(slot)) {
                    slot.current = null;
                }
                return callers.answerAll(entry.as(Source.SUSPECT, now), null);
            }
            if (!isAttached(slot)) {
                return callers.allEnterAgain();
            }
            Runnable answers = entry == null ? LocalTier.NOTHING : callers.serveStale(entry);
            return inOrder(answers, loadUnlessPausing(slot));
        });
    }

    private Runnable loadUnlessPausing(Slot<K, V> slot) {
        Runnable answers = callers.dismissLookers();
        Failure pause = isRefresh() ? null : flights.loads.pauseOf(key, known);
        if (pause != null) {
            slot.current = null;
            return inOrder(answers, callers.failAll(pause, known));
        }
        return inOrder(answers, startLoad(slot));
    }

    private boolean isRefresh() {
        return refreshOrder != 0;
    }

    // ---- the turn to load -----------------------------------------------------------------------------------------

    /** The turn to load has come, unless too many loads are still running. */
    private Runnable startLoad(Slot<K, V> slot) {
        if (mayOutliveItsCallers()) {
            callers.summonGhost();
        }
        Runnable answers = callers.dismissLookers();
        Caller<K, V> loading = callers.nextLoader();
        if (loading == null) {
            slot.current = null;
            return inOrder(answers, end(LoadOutcome.ABANDONED));
        }
        // A load in a load is a part of the outer one, here as for permits.
        SourceBreaker breaker = callers.isNested() ? null : flights.loads.sourceBreaker();
        SourceBreaker.Permission permission = null;
        if (breaker != null) {
            permission = breaker.ask();
            answers = inOrder(answers, breaker::tell);
            if (permission == null) {
                // Nobody waits for an early refresh: it is just not done.
                Runnable tell = isEarly ? LocalTier.NOTHING : this::tellRejected;
                return inOrder(answers, inOrder(tell, reject(slot, breaker.refusal(flights.settings.subject(key)))));
            }
        }
        if (slot.running >= MAX_RUNNING || !takePermit(loading)) {
            if (permission != null) {
                permission.giveBack(); // asked for anew when the turn comes: the source may be failing by then
            }
            boolean queuedBefore = phase == Phase.QUEUED;
            phase = Phase.QUEUED;
            Runnable tell = inOrder(answers, callers.haveToWait());
            return queuedBefore ? tell : inOrder(tell, this::limitQueueing);
        }
        cancelTimer();
        phase = Phase.LOADING;
        slot.running++;
        Load<K, V> started = new Load<>(this, flights, loading, known, hasPermit, permission);
        hasPermit = false;
        load = started;
        return inOrder(answers, started::start);
    }

    /** A caller who can lose patience must not be the one on whose thread the loader runs. */
    private boolean mayOutliveItsCallers() {
        Settings.Timeouts timeouts = flights.settings.timeouts();
        return timeouts.hasHard() || (timeouts.hasSoft() && known != null);
    }

    private boolean takePermit(Caller<K, V> loading) {
        // A batch has one for all its keys; and a load in a load has that of the outer one, which waits for it.
        if (hasPermit || loading.batch != null || callers.isNested()) {
            return true;
        }
        if (!inLine) {
            hasPermit = flights.loads.permits.takeOrWait(this::permitOffered);
            inLine = !hasPermit;
        }
        return hasPermit;
    }

    private boolean permitOffered() {
        boolean[] wanted = new boolean[1];
        change(slot -> {
            inLine = false;
            if (!isAttached(slot) || phase != Phase.QUEUED) {
                return LocalTier.NOTHING;
            }
            hasPermit = true;
            Runnable start = startLoad(slot);
            wanted[0] = !hasPermit; // the load has it now
            hasPermit = false;
            return start;
        });
        return wanted[0];
    }

    private void limitQueueing() {
        long wait = flights.settings.protection().maxLoadWait();
        startTimer(wait, Phase.QUEUED, slot -> {
            LoadRejectedException rejected = new LoadRejectedException("The load of "
                    + flights.settings.subject(key)
                    + " could not begin within maxLoadWait (" + wait / 1_000_000
                    + " ms): too many loads of this cache are running on this node (maxConcurrentLoads = "
                    + flights.settings.protection().maxConcurrentLoads() + "), or earlier ones of this key");
            return inOrder(this::tellRejected, reject(slot, Failure.rejected(rejected)));
        });
    }

    /** The load must not begin. Another node may try: it has room of its own, and its own way to the source. */
    private Runnable reject(Slot<K, V> slot, Failure failure) {
        slot.current = null;
        return inOrder(end(LoadOutcome.ABANDONED), callers.failAll(failure, known));
    }

    private void tellRejected() {
        flights.events.tell(CacheListener::onRejected);
    }

    @Override
    Runnable loadEnded(Slot<K, V> slot) {
        return phase == Phase.QUEUED ? startLoad(slot) : LocalTier.NOTHING;
    }

    // ---- how a load ends ------------------------------------------------------------------------------------------

    /** The source has answered. */
    Runnable loaded(Slot<K, V> slot, Fresh<V> fresh) {
        flights.loads.recovered(key);
        Lease mine = lease;
        Result<V> result = fresh.asLoaded();
        if (!isAttached(slot)) {
            return callers.answerAll(result, loading());
        }
        if (mine != null && mine.mayHaveExpired()) {
            // After a pause longer than the lease: for those who have waited the value will do, and for nobody else.
            mine.stop();
            slot.current = null;
            Runnable again = callers.doubtfulEnterAgain(null);
            return inOrder(again, callers.answerAll(result, loading()));
        }
        if (!fresh.isKept()) {
            Runnable ending = endWithoutTrace(slot, fresh);
            // Those who need L2 to have accepted a value can't be told either what it was not asked to accept.
            Runnable again = callers.doubtfulEnterAgain(null);
            return inOrder(ending, inOrder(again, callers.answerAll(result, loading())));
        }
        if (mine == null) {
            slot.current = null;
            Runnable again = LocalTier.NOTHING;
            if (missedNoInvalidation(!fresh.tags().isEmpty())) {
                Era itsEra = flights.remote == null || notStorable
                        ? era
                        : Era.alone(era.generation, flights.environment.nanoTime());
                local().write(key, flights.entryOfThisNode(fresh, itsEra));
            } else {
                again = callers.doubtfulEnterAgain(null);
            }
            return inOrder(again, callers.answerAll(result, loading()));
        }
        mine.stop();
        phase = Phase.PUBLISHING;
        loaded = flights.entryOfThisNode(fresh, era);
        Publishing<K, V> publishing =
                new Publishing<>(flights, remote(), key, remoteKey(), mine, era, fresh, this::land);
        Runnable answers = callers.answerImpatient(result, loading());
        return () -> {
            answers.run();
            // A caller who has been answered passes on what comes to its thread: this runs off the caller's path.
            driver.execute(() -> guarded(publishing::start));
        };
    }

    /** No tier is to keep what was loaded; that there is no value is news for all who wait, and a value only for ours. */
    private Runnable endWithoutTrace(Slot<K, V> slot, Fresh<V> fresh) {
        return fresh.value() == null
                ? inOrder(endIfAttached(slot, LoadOutcome.absent(era.generation)), removeOld())
                : endIfAttached(slot, LoadOutcome.NOT_STORED);
    }

    /** The source has no value any more: the one that it had must not be served again, stale or not. */
    private Runnable removeOld() {
        if (known == null) {
            return LocalTier.NOTHING;
        }
        local().evictUnless(key, Token.NONE);
        return () -> {
            if (lease != null) {
                remote().gate.invalidate(remoteKey());
            }
        };
    }

    /** Which tag it was that has been invalidated meanwhile isn't known any more; without tags it is none. */
    private boolean missedNoInvalidation(boolean tagged) {
        return !tagged || tagEpoch == flights.tags.epoch();
    }

    /**
     * The end of a flight with a value: into L1, if no newer write has detached it.
     *
     * @param entry null if L2 has refused it
     * @param accepted whether L2 has it; else those who need to be sure ask again
     */
    private void land(@Nullable Entry<V> entry, boolean accepted) {
        change(slot -> {
            // What L2 has not accepted it has not judged by its tags either.
            boolean usable =
                    entry != null && !entry.isRefused() && (accepted || missedNoInvalidation(entry.isTagged()));
            if (isAttached(slot)) {
                if (usable) {
                    local().write(key, Objects.requireNonNull(entry));
                } else if (accepted) {
                    local().evictUnless(key, Token.NONE); // L2 has replaced it, as the other nodes know
                }
                slot.current = null;
            }
            Entry<V> value = Objects.requireNonNull(loaded);
            Runnable again = accepted && usable ? LocalTier.NOTHING : callers.doubtfulEnterAgain(null);
            return inOrder(
                    again, callers.answerAll(value.as(Source.LOADED, flights.environment.nanoTime()), loading()));
        });
    }

    /** The loader failed. */
    Runnable failed(Slot<K, V> slot, Failure failure) {
        boolean isStillFresh = flights.loads.isFresh(known);
        LoadOutcome outcome = outcome(failure, isStillFresh);
        // An answer of the source keeps from asking it again for what is fresh, but nobody who has nothing.
        boolean isReason = failure.isOutage() || (isEarly && isStillFresh);
        Runnable backingOff = isAttached(slot) && isReason && !failure.isRejected()
                ? flights.loads.failed(key, failure, known)
                : LocalTier.NOTHING;
        // The lease is given back first: who retries at once must not find it held by the load that failed.
        Runnable ending = inOrder(endIfAttached(slot, outcome), backingOff);
        return inOrder(ending, callers.failAll(failure, known));
    }

    private static LoadOutcome outcome(Failure failure, boolean isStillFresh) {
        if (failure.isRejected()) {
            return LoadOutcome.ABANDONED;
        }
        String type = failure.cause().getClass().getName();
        if (!failure.isOutage()) {
            return LoadOutcome.answered(type);
        }
        return isStillFresh ? LoadOutcome.refreshFailed(type) : LoadOutcome.failed(type);
    }

    /** The thread that ran the loader was interrupted. That is its own affair: the next one takes over. */
    Runnable handOver(Slot<K, V> slot, Caller<K, V> leaving) {
        callers.remove(leaving);
        return isAttached(slot) ? startLoad(slot) : callers.allEnterAgain();
    }

    /** The deadline has passed. The load runs on, for the caller on whose thread it runs if for any. */
    Runnable overdue(Slot<K, V> slot, LoadTimeoutException timeout, @Nullable Caller<K, V> own) {
        if (own != null) {
            callers.remove(own);
        }
        return failed(slot, Failure.timeout(timeout));
    }

    // ---- what comes from outside ----------------------------------------------------------------------------------

    /**
     * Not if the flight's value has outlived its ttl or is of another generation. If messages were missed since it began,
     * only a lease can show that no write was among them.
     */
    @Override
    boolean isJoinable(Era now) {
        return switch (phase) {
            case LOOKING, CLAIMING, WAITING -> era == now;
            case QUEUED, LOADING -> lease == null ? era == now : era.sameGeneration(now) && !lease.mayHaveExpired();
            case PUBLISHING -> {
                Entry<V> value = Objects.requireNonNull(loaded);
                yield era.sameGeneration(now) && value.isFresh(flights.environment.nanoTime());
            }
        };
    }

    @Override
    boolean hasValue() {
        return phase == Phase.PUBLISHING;
    }

    @Override
    boolean refreshesFor(Caller<K, V> caller) {
        return refreshOrder > caller.order;
    }

    @Override
    Runnable join(Caller<K, V> caller) {
        if (era != local().era() || tagEpoch != flights.tags.epoch()) {
            caller.patient = true;
        } else if (phase == Phase.PUBLISHING && !caller.patient) {
            Entry<V> value = Objects.requireNonNull(loaded);
            // This process has it, and nobody has waited for that.
            Result<V> answer = value.as(Source.L1, flights.environment.nanoTime());
            return () -> caller.answer(answer);
        }
        if (load != null && load.runsOn(caller.waitingThread())) {
            return () -> caller.fail(
                    Failure.plain(new IllegalStateException("The loader of " + flights.settings.subject(key)
                            + " asks the cache for the key that it is loading; it would wait for itself")),
                    null);
        }
        if (caller.loader == null && phase != Phase.LOOKING && phase != Phase.PUBLISHING) {
            return () -> caller.answer(new Result<>(null, Source.ABSENT, null, Duration.ZERO));
        }
        callers.add(caller);
        caller.waited |= phase != Phase.LOOKING && phase != Phase.CLAIMING;
        Entry<V> stale = known;
        Runnable tell = caller::hasToWait;
        if (stale != null && (stale.era == local().era() || isAlone())) {
            tell = inOrder(tell, () -> caller.offer(stale));
        }
        // A load in a load must not wait in line for the permit of the outer one.
        return phase == Phase.QUEUED && flights.loads.permits.isLoading(caller.waitingThread())
                ? inOrder(tell, () -> change(this::startIfQueued))
                : tell;
    }

    /**
     * Whether the value is loaded without L2. Then what was there before has to do as it is; else what L2 has not confirmed
     * may have been overwritten, as a refresh does not find out.
     */
    private boolean isAlone() {
        return lease == null && (phase == Phase.QUEUED || phase == Phase.LOADING);
    }

    /** If those who wait only look, the flight would end without a load. */
    @Override
    Runnable rebuildFor(Caller<K, V> caller) {
        return callers.nextLoader() == null ? join(caller.ghost()) : LocalTier.NOTHING;
    }

    private Runnable startIfQueued(Slot<K, V> slot) {
        return isAttached(slot) && phase == Phase.QUEUED ? startLoad(slot) : LocalTier.NOTHING;
    }

    @Override
    Runnable hear(Slot<K, V> slot, Write write) {
        boolean overtaken = switch (phase) {
            case LOOKING, CLAIMING -> true;
            case WAITING -> held == null || write.serverMicros() >= held.serverMicros();
            case QUEUED, LOADING, PUBLISHING -> lease == null || isPublished || lease.isEndedBy(write);
        };
        boolean betterValueInL2 = write.kind() == BusMessage.Kind.PUT || write.kind() == BusMessage.Kind.PUBLISHED;
        if (overtaken) {
            return inOrder(endLeaseLeftBy(write), detach(slot, betterValueInL2));
        }
        if (known != null
                && write.kind() != BusMessage.Kind.EXPIRED
                && !known.version().equals(write.version())) {
            known = null; // the load has seen the write, but what it is to replace has not
        }
        return LocalTier.NOTHING;
    }

    /** What L2 wrote in the microsecond in which it granted the lease it may have written before: then the lease stands. */
    private Runnable endLeaseLeftBy(Write write) {
        Lease left = phase == Phase.PUBLISHING || (lease != null && lease.isRevokedBy(write)) ? null : lease;
        return left == null ? LocalTier.NOTHING : () -> left.giveBack(LoadOutcome.ABANDONED);
    }

    @Override
    Runnable holderEnded(Slot<K, V> slot, BusMessage message) {
        lastRelease = message;
        LoadOutcome.Kind outcome = message.outcome();
        if (phase != Phase.WAITING || held == null || outcome == null || !tellsOfItsEnd(message, held)) {
            return LocalTier.NOTHING;
        }
        if (!held.holder().equals(message.token())) {
            return askAgain(slot); // whoever holds the lease now is to be asked for
        }
        cancelTimer();
        return inOrder(endOfWait(), afterHolder(slot, message, outcome));
    }

    private Runnable afterHolder(Slot<K, V> slot, BusMessage message, LoadOutcome.Kind outcome) {
        switch (outcome) {
            case ABANDONED:
                return claim(slot, seen, false);
            case NOT_STORABLE:
                notStorable = true;
                return startLoad(slot);
            case NOT_STORED:
                return startLoad(slot); // at once; in turns, each might be the next whose value is not stored
            case ABSENT:
                if (!message.detail().equals(era.generation.toString())) {
                    return claim(slot, seen, false); // a load of before a clear that this node knows of, or the reverse
                }
                slot.current = null;
                return callers.answerAll(new Result<>(null, Source.WAITED, null, Duration.ZERO), null);
            case ANSWERED, FAILED, REFRESH_FAILED:
            default:
                slot.current = null;
                return callers.failAll(flights.loads.failureElsewhere(key, message), known);
        }
    }

    /** Whatever ends it: if this flight waits for another node's lease, it does so no longer. */
    private Runnable endOfWait() {
        return phase == Phase.WAITING ? flights.leaseWaited(waitingSince) : LocalTier.NOTHING;
    }

    @Override
    Runnable holderPublished(Slot<K, V> slot) {
        isPublished = phase == Phase.PUBLISHING;
        return phase == Phase.CLAIMING || phase == Phase.WAITING ? detach(slot, true) : LocalTier.NOTHING;
    }

    @Override
    Runnable supersede(Slot<K, V> slot) {
        Lease mine = phase == Phase.PUBLISHING ? null : lease;
        Runnable detaching = detach(slot, false);
        return mine == null
                ? detaching
                : () -> {
                    mine.giveBack(LoadOutcome.ABANDONED);
                    detaching.run();
                };
    }

    @Override
    Runnable supersedeByPut(Slot<K, V> slot, Result<V> put) {
        slot.current = null;
        cancelTimer();
        stopLease();
        return inOrder(endOfWait(), callers.answerAllBut(phase == Phase.LOADING ? loading() : null, put));
    }

    @Override
    Runnable askAgain(Slot<K, V> slot) {
        return phase == Phase.WAITING ? supersede(slot) : LocalTier.NOTHING;
    }

    private void leaseLost(Lease lost) {
        change(slot -> isAttached(slot) && lease == lost ? detach(slot, false) : LocalTier.NOTHING);
    }

    private Runnable detach(Slot<K, V> slot, boolean betterValueInL2) {
        slot.current = null;
        cancelTimer();
        stopLease();
        return switch (phase) {
            // The reply that is under way answers them, or sends them in again.
            case LOOKING, CLAIMING, PUBLISHING -> LocalTier.NOTHING;
            case WAITING -> inOrder(endOfWait(), callers.allEnterAgain());
            case QUEUED -> callers.allEnterAgain();
            // They began before the write, so the loader's value will do; unless a newer one can be had at once, or it
            // was in doubt before.
            case LOADING ->
                betterValueInL2 ? callers.allEnterAgainBut(loading()) : callers.doubtfulEnterAgain(loading());
        };
    }

    // ---- small print ----------------------------------------------------------------------------------------------

    private Runnable endIfAttached(Slot<K, V> slot, LoadOutcome outcome) {
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

    private @Nullable Caller<K, V> loading() {
        return load == null ? null : load.caller();
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

    private void change(Function<Slot<K, V>, Runnable> step) {
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
            change(slot ->
                    inOrder(endIfAttached(slot, LoadOutcome.ABANDONED), callers.failAll(Failure.plain(t), null)));
        }
    }

    /** After a step: something to do later if the flight is then still in the same phase. */
    private void startTimer(long nanos, Phase during, Function<Slot<K, V>, Runnable> then) {
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
