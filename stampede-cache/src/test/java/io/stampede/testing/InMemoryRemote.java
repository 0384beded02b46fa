package io.stampede.testing;

import io.stampede.spi.InvalidationBus;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Token;
import io.stampede.testing.InMemoryStore.PartOfCache;
import io.stampede.testing.InMemoryStore.Slot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A whole remote store in memory, for tests: one instance is the server that all nodes share, on the clock it is given.
 *
 * <p>It has no threads. A reply is a stage that is complete already. A message has reached every subscriber, the
 * writer's own included, when the write returns; if another delivery is under way, on another thread or further up the
 * stack, that one goes on with it, so that all subscribers hear all messages in the order of the writes.
 *
 * <p>Thread-safe. Deterministic when used from one thread.
 */
public final class InMemoryRemote implements RemoteConnection {

    private final Object lock = new Object();
    private final InMemoryStore store;
    private final InMemoryBus bus = new InMemoryBus(lock);
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private volatile Interceptor interceptor = new Interceptor() {};
    private boolean failing;
    private long nearbyLagNanos;

    /**
     * A new, empty server.
     *
     * @param serverMicros its clock, in microseconds since the epoch; read whenever something may have expired
     */
    public InMemoryRemote(LongSupplier serverMicros) {
        this(serverMicros, 1);
    }

    /**
     * Several servers that share the keys, as those of Redis Cluster do.
     *
     * @param serverMicros their clock, from which each may deviate
     * @param parts into how many parts the keys are divided
     */
    public InMemoryRemote(LongSupplier serverMicros, int parts) {
        this(new InMemoryStore(serverMicros, parts));
    }

    private InMemoryRemote(InMemoryStore store) {
        this.store = store;
    }

    /**
     * What has everything that this has now, and hears of nothing from now on: a replica with which the connection has
     * broken, and which takes over. It is another server, with a bus of its own.
     *
     * @return the replica
     */
    public InMemoryRemote replica() {
        synchronized (lock) {
            return new InMemoryRemote(store.replica());
        }
    }

    /** Called around each operation, without the lock. What it throws fails the operation's stage. */
    public interface Interceptor {
        /** Before the operation; an exception keeps it from being carried out. */
        default void before(RemoteNamespace asker, String operation, String key) {}

        /** After the operation and its messages; an exception is a reply that got lost. */
        default void after(RemoteNamespace asker, String operation, String key) {}
    }

    @Override
    public RemoteTier tier(RemoteNamespace namespace) {
        return new InMemoryTier(this, namespace, store, bus);
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        return subscriber -> bus.subscribe(namespace.cache(), subscriber);
    }

    @Override
    public void check(long nanos) {
        // there is no connection that could be half open
    }

    <T extends @Nullable Object> CompletionStage<T> run(
            RemoteNamespace asker, String operation, String key, int part, Supplier<T> action) {
        Interceptor around = interceptor;
        try {
            around.before(asker, operation, key);
            T reply = atomically(part, () -> {
                counts.merge(operation, 1L, Long::sum);
                if (failing) {
                    throw new IllegalStateException("the in-memory store fails because failAll(true) was called");
                }
                return action.get();
            });
            bus.deliver();
            around.after(asker, operation, key);
            return CompletableFuture.completedFuture(reply);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T extends @Nullable Object> T atomically(int part, Supplier<T> action) {
        synchronized (lock) {
            store.readClock(part);
            return action.get();
        }
    }

    /** From now on, sees every operation; one interceptor at a time. */
    public void intercept(Interceptor newInterceptor) {
        interceptor = newInterceptor;
    }

    /** From now on, every operation fails and changes nothing, or no longer so. */
    public void failAll(boolean fail) {
        synchronized (lock) {
            failing = fail;
        }
    }

    /** From now on, messages get lost without anybody noticing, or no longer so. */
    public void dropMessages(boolean drop) {
        synchronized (lock) {
            bus.setDropping(drop);
        }
    }

    /** Forgets everything, as a server does whose memory is flushed. The bus stays as it is. */
    public void wipe() {
        synchronized (lock) {
            store.clear();
        }
    }

    /** From now on it is another server that answers, with the same memory. The bus stays as it is. */
    public void becomeAnotherServer() {
        for (int part = 0; part < store.parts(); part++) {
            becomeAnotherServer(part);
        }
    }

    /** From now on it is another server that answers for a part, with the same memory. The bus stays as it is. */
    public void becomeAnotherServer(int part) {
        synchronized (lock) {
            store.beAnotherServer(part);
        }
    }

    long session(int part) {
        synchronized (lock) {
            return store.session(part);
        }
    }

    /** How far the clock of a part's server is ahead of the others'. */
    public void setClockAhead(int part, long micros) {
        synchronized (lock) {
            store.setAhead(part, micros);
        }
    }

    /** In which part a key or tag is. */
    public int partOf(String name) {
        return store.part(name);
    }

    /**
     * Has copies of the entries to be read from, as they are at this moment; they don't follow until the next call. Caches
     * that are built before the first call don't use them.
     *
     * @param lagNanos how far caches take them to be behind
     */
    public void copyEntries(long lagNanos) {
        synchronized (lock) {
            nearbyLagNanos = lagNanos;
            store.copy();
        }
    }

    long nearbyLagNanos() {
        synchronized (lock) {
            return nearbyLagNanos;
        }
    }

    /** The bus stops listening on all nodes, and says so. */
    public void disconnectBus() {
        bus.setUp(false);
    }

    /** The bus listens again on all nodes, and says so. */
    public void reconnectBus() {
        bus.setUp(true);
    }

    /** A message of any bytes, as from a newer version. */
    public void sendRaw(String cache, byte[] message) {
        synchronized (lock) {
            bus.publishRaw(cache, message);
        }
        bus.deliver();
    }

    /** The bytes under a key, those of all schemas; null if there are none or they have expired. */
    public byte @Nullable [] rawEntry(String cache, String key) {
        return atomically(store.part(key), () -> store.entry(new Slot(cache, key)));
    }

    /** When what is under a key expires, in milliseconds of the server's clock; -1 if there is none. */
    public long expiresAtMillis(String cache, String key) {
        return atomically(store.part(key), () -> store.expiresAtMillis(new Slot(cache, key)));
    }

    /** Puts any bytes under a key, in the place of all that was there, and tells nobody. */
    public void putRaw(String cache, String key, byte[] bytes, long expiresAtMillis) {
        synchronized (lock) {
            store.setEntry(new Slot(cache, key), bytes, expiresAtMillis);
        }
    }

    /**
     * All that is kept of a key or tag, and of the part that it lies in.
     *
     * @param cache the cache's name
     * @param part the part
     * @param name the key or tag
     */
    public Holding holding(String cache, int part, String name) {
        return atomically(part, () -> store.holding(new Slot(cache, name), new PartOfCache(cache, part)));
    }

    /** The lease that a key has, or null. */
    public @Nullable Token leaseOf(String cache, String key) {
        return atomically(store.part(key), () -> store.lease(new Slot(cache, key)));
    }

    /** Forgets a key's lease and tells nobody, as a failover may. */
    public void loseLease(String cache, String key) {
        synchronized (lock) {
            store.removeLease(new Slot(cache, key));
        }
    }

    /** Gives a key a lease that it had, as a failover does that has lost its revocation, and tells nobody. */
    public void restoreLease(String cache, String key, Token lease, long ttlMillis) {
        synchronized (lock) {
            store.readClock(store.part(key));
            store.setLease(new Slot(cache, key), lease, ttlMillis);
        }
    }

    /** The cache's generation, or null. */
    public @Nullable Token generationOf(String cache) {
        return atomically(0, () -> store.generation(new PartOfCache(cache, 0)));
    }

    /** Gives a cache a generation that it had, as a failover does that has lost a clear, and tells nobody. */
    public void restoreGeneration(String cache, Token generation, long ttlMillis) {
        synchronized (lock) {
            store.readClock(0);
            store.setGeneration(new PartOfCache(cache, 0), generation, ttlMillis);
        }
    }

    /** Forgets a cache's generation and tells nobody. */
    public void loseGeneration(String cache) {
        loseMemory(cache, 0);
    }

    /** Forgets what a part of a cache is numbered by, and tells nobody. */
    public void loseMemory(String cache, int part) {
        synchronized (lock) {
            store.removeGeneration(new PartOfCache(cache, part));
        }
    }

    /** Gives a tag a generation that it had, as a failover does that has lost an invalidation, and tells nobody. */
    public void restoreTag(String cache, String tag, Token generation, long ttlMillis) {
        synchronized (lock) {
            store.readClock(store.part(tag));
            store.setTag(new Slot(cache, tag), generation, ttlMillis);
        }
    }

    /** Forgets a tag's generation and tells nobody. */
    public void loseTag(String cache, String tag) {
        synchronized (lock) {
            store.removeTag(new Slot(cache, tag));
        }
    }

    /** How often an operation was asked for, failures included, by the name of its method. */
    public long count(String operation) {
        synchronized (lock) {
            return counts.getOrDefault(operation, 0L);
        }
    }

    /** How many subscriptions are open. */
    public int subscriptions() {
        synchronized (lock) {
            return bus.subscriptions();
        }
    }

    /** What subscribers have thrown; a test that cares checks that it is empty. */
    public List<Throwable> subscriberFailures() {
        synchronized (lock) {
            return bus.failures();
        }
    }
}
