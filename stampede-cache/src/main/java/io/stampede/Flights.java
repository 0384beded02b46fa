package io.stampede;

import io.stampede.Remote.Sighting;
import io.stampede.Result.Source;
import io.stampede.Result.StaleReason;
import io.stampede.spi.BusMessage;
import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way in and the way about: callers enter here, what other nodes say arrives here, and flights find here what they
 * need.
 */
final class Flights<K, V> {

    final Settings<K, V> settings;
    final Environment environment;
    final Events events;
    final LocalTier<K, V> local;
    final Loads<K, V> loads;
    final Tags tags;
    final @Nullable Remote<V> remote;

    private final @Nullable Generations<K, V> generations;
    private final Executor executor;
    private final QuietLog log;

    /** Everybody who waits; so that closing can end every wait, whatever it waits for. */
    private final Set<CompletableFuture<?>> waits = ConcurrentHashMap.newKeySet();

    private final AtomicLong order = new AtomicLong();
    private volatile boolean refreshesEarly = true;
    private volatile boolean closed;

    Flights(
            Settings<K, V> settings,
            Environment environment,
            Events events,
            LocalTier<K, V> local,
            @Nullable Remote<V> remote) {
        this.settings = settings;
        this.environment = environment;
        this.events = events;
        this.local = local;
        this.remote = remote;
        this.loads = new Loads<>(settings, environment, events);
        this.tags = new Tags(remote == null ? null : remote.gate, environment, settings.generationTtlMillis());
        this.generations = remote == null ? null : new Generations<>(this, remote);
        this.executor = new NeverRefusing(environment);
        this.log = new QuietLog(Flights.class, environment);
    }

    /** Only where there is a remote tier. */
    Generations<K, V> generations() {
        return Objects.requireNonNull(generations);
    }

    /** A miss: answers from L1 if it has the value by now, else joins the key's flight or starts one. */
    void enter(Caller<K, V> caller) {
        endEraIfUnproven();
        local.change(caller.key, slot -> {
            if (closed) {
                return () -> caller.fail(Failure.plain(new CacheClosedException(settings.name())), null);
            }
            Era era = local.era();
            long now = environment.nanoTime();
            Entry<V> found = usable(caller, era);
            boolean asksL1 = !caller.force() && !caller.options.isSkipLocal();
            if (found != null && asksL1 && found.isHit(era, now)) {
                return () -> caller.answer(found.as(Source.L1, now));
            }
            Flight<K, V> flight = slot.current;
            boolean joinable = flight != null && flight.isJoinable(era);
            boolean newerAtHand = joinable && flight != null && flight.hasValue();
            if (found != null && asksL1 && found.era == era && !newerAtHand && isRevalidated(caller, found)) {
                StaleReason pause = loads.reasonNotToLoad(caller.key, found);
                Runnable rebuild =
                        pause != null ? LocalTier.NOTHING : rebuild(slot, joinable ? flight : null, caller, era, found);
                StaleReason reason = pause != null ? pause : StaleReason.REVALIDATING;
                return Flight.inOrder(() -> caller.answerStale(found, reason), rebuild);
            }
            if (found != null && asksL1 && found.era == era && isStaleOnError(caller, found)) {
                StaleReason pause = loads.reasonNotToLoad(caller.key, found);
                // A load that is under way has been let through, and may succeed.
                if (pause == StaleReason.BACKING_OFF || (pause != null && !joinable)) {
                    return () -> caller.answerStale(found, pause);
                }
            }
            // As long as it is in L1 no write that this node knows of has overtaken it: there is nothing to wait for.
            if (found != null && asksL1 && !newerAtHand && isServedSuspect(found, now)) {
                return () -> caller.answer(found.as(Source.SUSPECT, now));
            }
            if (joinable && flight != null && (!caller.force() || flight.refreshesFor(caller))) {
                return Flight.inOrder(flight.join(caller), caller::startWaiting);
            }
            return Flight.inOrder(start(slot, caller, era, found, false), caller::startWaiting);
        });
    }

    /** The last proof that no message was missed is too old: whether this is noticed by a timer or by a read. */
    private void endEraIfUnproven() {
        if (!local.era().isTrusted(environment.nanoTime())) {
            endUnproven(local.era());
        }
    }

    private synchronized void endUnproven(Era era) {
        if (local.era() == era && !era.isTrusted(environment.nanoTime())) {
            suspectAll();
        }
    }

    /**
     * A fresh entry that can't be confirmed, because L2 is in trouble, and that is served all the same. Takes no lock, and
     * leaves alone a key with which something is going on.
     */
    @Nullable
    Entry<V> suspect(K key, @Nullable Entry<V> found, long now) {
        boolean served = found != null
                && isServedSuspect(found, now)
                && found.era.sameGeneration(local.era())
                && !found.isRefused()
                && !closed
                && !local.isBusy(key);
        return served ? found : null;
    }

    private boolean isServedSuspect(Entry<V> found, long now) {
        return remote != null && remote.isTroubled() && found.isFresh(now) && remote.allowsSuspect(found, now);
    }

    /** What L1 has, unless it is of another generation or refused: fresh, suspect or stale. */
    private @Nullable Entry<V> usable(Caller<K, V> caller, Era era) {
        Entry<V> found = local.find(caller.key);
        return found == null || found.isRefused() || !found.era.sameGeneration(era) ? null : found;
    }

    /** Whether the caller is served this stale value at once, because somebody loads it anew, or soon will. */
    private boolean isRevalidated(Caller<K, V> caller, Entry<V> found) {
        return caller.loader != null
                && !caller.patient
                && caller.accepts(found, settings.freshness().staleWhileRevalidate());
    }

    /** Whether the caller is served this stale value should there be no load. */
    private boolean isStaleOnError(Caller<K, V> caller, Entry<V> found) {
        return caller.loader != null
                && caller.accepts(found, settings.freshness().staleOnError());
    }

    private Runnable rebuild(
            LocalTier.Slot<K, V> slot, @Nullable Flight<K, V> current, Caller<K, V> caller, Era era, Entry<V> old) {
        return current == null ? start(slot, caller.ghost(), era, old, false) : current.rebuildFor(caller);
    }

    private Runnable start(
            LocalTier.Slot<K, V> slot, Caller<K, V> first, Era era, @Nullable Entry<V> known, boolean isEarly) {
        Runnable ending = slot.current == null ? LocalTier.NOTHING : slot.current.supersede(slot);
        MissFlight<K, V> started = new MissFlight<>(this, first, era, known, isEarly);
        slot.current = started;
        return Flight.inOrder(ending, () -> started.begin(first.force()));
    }

    /**
     * A hit close to the end of its life: perhaps this is the read that rebuilds it. Nobody waits for that. If another
     * node is at it, its value comes by way of the bus.
     */
    void refreshEarly(K key, Entry<V> hit, Supplier<Caller<K, V>> ghost) {
        if (!refreshesEarly
                || !hit.refreshesEarly(
                        settings.freshness(),
                        environment.nanoTime(),
                        environment.random().nextDouble())
                || local.isBusy(key)
                || loads.isFailing(key)
                || loads.isSourceLeftAlone()
                || (remote != null && remote.isTroubled())) {
            return;
        }
        Caller<K, V> caller = ghost.get();
        local.change(key, slot -> {
            Era era = local.era();
            boolean stillThere = local.find(key) == hit && hit.isHit(era, environment.nanoTime());
            if (closed || slot.current != null || !stillThere) {
                return LocalTier.NOTHING;
            }
            return Flight.inOrder(
                    () -> events.tell(CacheListener::onEarlyRefresh), start(slot, caller, era, hit, true));
        });
    }

    void setRefreshesEarly(boolean refreshesEarly) {
        this.refreshesEarly = refreshesEarly;
    }

    /** A write by another node, or our own as L2 has ordered it: ends what it has overtaken. */
    void heard(K key, Write write) {
        local.change(key, slot -> {
            switch (write.kind()) {
                case EXPIRED -> local.makeStale(key);
                case PUT, PUBLISHED -> {
                    loads.recovered(key);
                    local.evictUnless(key, write.version());
                }
                default -> local.evictUnless(key, Token.NONE);
            }
            return slot.current == null ? LocalTier.NOTHING : slot.current.hear(slot, write);
        });
    }

    /** A load of this node has been published; a later flight may wait for it, if a clear came in between. */
    void publishedHere(K key) {
        local.change(key, slot -> slot.current == null ? LocalTier.NOTHING : slot.current.holderPublished(slot));
    }

    /**
     * A load somewhere has ended without a value to store: whoever waits for it learns how. If it failed, this node
     * leaves the source alone, too: it is one source.
     */
    void released(K key, BusMessage message, boolean own) {
        local.change(key, slot -> {
            Runnable pause = own ? LocalTier.NOTHING : loads.failedElsewhere(key, message);
            Runnable ending = slot.current == null ? LocalTier.NOTHING : slot.current.holderEnded(slot, message);
            return Flight.inOrder(pause, ending);
        });
    }

    /** Finds out what {@link Remote#examine} could not tell; completes when that is known. */
    CompletableFuture<?> resolve(Sighting<V> sighting, Budget budget) {
        Token generation = sighting.unknownGeneration();
        return generation == null
                ? tags.ask(sighting.unknownTags(), budget)
                : generations().resolve(generation, budget);
    }

    /** Messages may have been missed: nothing from before is beyond doubt. */
    void suspectAll() {
        if (remote != null) {
            remote.notNearby.addAll(environment.nanoTime());
        }
        tags.doubtAll(); // first: what enters the new era must not be judged by what is in doubt
        local.suspectAll();
    }

    /** Messages have been missed: nothing is beyond doubt, and who waits for one may wait for a lost one. */
    void missedMessages() {
        suspectAll();
        askAgain();
    }

    /** A value can't be written for L2, by the codec's fault or because it is too large. */
    void notStorable(K key, Throwable cause) {
        events.tell(CacheListener::onNotStorable);
        log.warn(
                () -> "The value of " + settings.subject(key)
                        + " can't be written to the remote tier; it stays on this node",
                cause);
    }

    /** A wait for another node has ended; tells so after the step. */
    Runnable leaseWaited(long since) {
        long nanos = environment.nanoTime() - since;
        return () -> events.tell(listener -> listener.onLeaseWait(nanos));
    }

    /** The cache was cleared: entries of other generations are refused, and flights of theirs write nothing. */
    void moveTo(Token generation) {
        if (local.moveTo(generation)) {
            endFlights();
        }
    }

    /** Whoever waits for another node may have missed what it said: they ask again. */
    void askAgain() {
        for (K key : local.busyKeys()) {
            local.change(key, slot -> slot.current == null ? LocalTier.NOTHING : slot.current.askAgain(slot));
        }
    }

    private void endFlights() {
        for (K key : local.busyKeys()) {
            local.change(key, slot -> {
                Flight<K, V> flight = slot.current;
                return flight == null || flight.era.sameGeneration(local.era())
                        ? LocalTier.NOTHING
                        : flight.supersede(slot);
            });
        }
    }

    /** An entry that L2 does not know of. An era of its own makes it suspect, to be confirmed once L2 can be asked. */
    Entry<V> entryOfThisNode(Fresh<V> fresh, Era era) {
        long freshUntil = fresh.since() + fresh.lifetime();
        Entry.Life life = new Entry.Life(
                fresh.since(), freshUntil, freshUntil + fresh.staleWindow(settings.freshness()), fresh.delta());
        return Entry.of(fresh.value(), environment.newToken(), era, tags.local(fresh.tags()), life, life.freshUntil());
    }

    /** A number greater than all before it: which of a call and a flight came first. */
    long nextOrder() {
        return order.incrementAndGet();
    }

    /** Remembers a wait until it ends. */
    @SuppressWarnings("CollectionUndefinedEquality") // by identity, which is what is meant
    void register(CompletableFuture<?> wait) {
        waits.add(wait);
        wait.whenComplete((value, failure) -> waits.remove(wait));
        if (closed) {
            wait.completeExceptionally(new CacheClosedException(settings.name()));
        }
    }

    /** A caller who runs its own loader does not wait: closing lets it finish. */
    @SuppressWarnings("CollectionUndefinedEquality") // by identity, which is what is meant
    void deregister(CompletableFuture<?> wait) {
        waits.remove(wait);
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
        for (K key : local.busyKeys()) {
            local.change(key, slot -> slot.current == null ? LocalTier.NOTHING : slot.current.supersede(slot));
        }
        for (CompletableFuture<?> wait : waits) {
            wait.completeExceptionally(new CacheClosedException(settings.name()));
        }
    }

    /** The executor, on which what this thread hands over now runs in this thread's context. */
    Executor carrier() {
        return ContextCarrier.carrying(executor());
    }

    Executor executor() {
        return executor;
    }
}
