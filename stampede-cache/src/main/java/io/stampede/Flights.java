package io.stampede;

import io.stampede.spi.BusMessage;
import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The way in and the way about: callers enter here, what other nodes say arrives here, and flights find here what they
 * need.
 */
final class Flights<K, V> {

    final Settings<K, V> settings;
    final Environment environment;
    final LocalTier<K, V> local;
    final @Nullable Remote<V> remote;

    private final @Nullable Generations<K, V> generations;

    /** Everybody who waits; so that closing can end every wait, whatever it waits for. */
    private final Set<CompletableFuture<?>> waits = ConcurrentHashMap.newKeySet();

    private final AtomicLong order = new AtomicLong();
    private volatile boolean closed;

    Flights(Settings<K, V> settings, Environment environment, LocalTier<K, V> local, @Nullable Remote<V> remote) {
        this.settings = settings;
        this.environment = environment;
        this.local = local;
        this.remote = remote;
        this.generations = remote == null ? null : new Generations<>(this, remote);
    }

    /** Only where there is a remote tier. */
    Generations<K, V> generations() {
        return Objects.requireNonNull(generations);
    }

    /** A miss: answers from L1 if it has the value by now, else joins the key's flight or starts one. */
    void enter(Caller<K, V> caller) {
        local.change(caller.key, slot -> {
            if (closed) {
                return () -> caller.fail(new CacheClosedException(settings.name()));
            }
            Era era = local.era();
            Entry<V> found = caller.force ? null : local.find(caller.key);
            Entry<V> fresh = found != null && found.isFresh(environment.nanoTime()) ? found : null;
            if (fresh != null && fresh.era == era) {
                return () -> caller.answer(fresh.value);
            }
            Flight<K, V> flight = slot.current;
            if (flight != null && flight.isJoinable(era) && (!caller.force || flight.refreshesFor(caller))) {
                return flight.join(caller);
            }
            Entry<V> suspect = fresh != null && fresh.era.sameGeneration(era) ? fresh : null;
            if (suspect != null && remote != null && remote.isTroubled()) {
                return () -> caller.answer(suspect.value);
            }
            Runnable ending = flight == null ? LocalTier.NOTHING : flight.supersede(slot);
            Flight<K, V> started = new Flight<>(this, caller, era, suspect);
            slot.current = started;
            return () -> {
                ending.run();
                started.begin(caller.force);
            };
        });
    }

    /** A write by another node, or our own as L2 has ordered it: ends what it has overtaken. */
    void heard(K key, Write write) {
        local.change(key, slot -> {
            switch (write.kind()) {
                case EXPIRED -> local.makeStale(key);
                case PUT, PUBLISHED -> local.evictUnless(key, write.version());
                default -> local.evictUnless(key, Token.NONE);
            }
            return slot.current == null ? LocalTier.NOTHING : slot.current.hear(slot, write);
        });
    }

    /** A load of this node has been published; a later flight may wait for it, if a clear came in between. */
    void publishedHere(K key) {
        local.change(key, slot -> slot.current == null ? LocalTier.NOTHING : slot.current.holderPublished(slot));
    }

    /** A load somewhere has ended without a value to store: whoever waits for it learns how. */
    void released(K key, BusMessage message) {
        local.change(key, slot -> slot.current == null ? LocalTier.NOTHING : slot.current.holderEnded(slot, message));
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
    Entry<V> entryOfThisNode(V value, long since, Era era) {
        long until = since + settings.ttlNanos();
        return new Entry<>(value, environment.newToken(), era, until, until);
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
        waits.forEach(wait -> wait.completeExceptionally(new CacheClosedException(settings.name())));
    }

    /** The executor; if it refuses, which a user's may, the timer's thread helps out so that no flight hangs. */
    Executor executor() {
        return task -> {
            try {
                environment.executor().execute(task);
            } catch (RejectedExecutionException e) {
                environment.schedule(task, 0);
            }
        };
    }
}
