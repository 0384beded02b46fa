package io.stampede.redis;

import io.stampede.spi.InvalidationBus;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.CommonOptions;
import org.redisson.config.Config;

/**
 * Redis or Valkey, 6.2 or newer, as the second tier and the bus of any number of caches, for an application that runs
 * Redisson: everything goes over its connections, and its locks elect who rebuilds. Nodes with a {@link RedisTier} may
 * share a cache with nodes that have this.
 *
 * <p>While Redis can't be reached, operations fail and the caches work without it. Of commands, none is sent a second
 * time; Redisson's {@code timeout} bounds how long it waits for an answer, and its {@code pingConnectionInterval} how long
 * a half open connection is taken for a living one.
 *
 * <p>Thread-safe. Close it after the caches that use it, and before the client is shut down.
 */
public final class RedissonTier implements RemoteConnection, AutoCloseable {

    private static final long PATIENCE_MILLIS = 2_000;
    private static final String ANY_KEY = "stampede:1:";

    private final boolean hasLocks;
    private final boolean isCluster;
    private final RedissonContact contact;
    private final RedissonCommands commands;
    private final RedissonBus bus;
    private final ScheduledThreadPoolExecutor executor;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedissonTier(RedissonClient client, boolean hasLocks) {
        this.executor = new ScheduledThreadPoolExecutor(1, RedissonTier::newThread);
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.hasLocks = hasLocks;
        this.isCluster = client.getConfig().isClusterConfig();
        this.contact = new RedissonContact(client, executor);
        this.commands = new RedissonCommands(contact);
        this.bus = new RedissonBus(client, executor, commands::mayHaveMoved);
    }

    /**
     * Uses an application's client, on its connections and threads and on one thread of its own. Closing ends the
     * subscriptions and the thread and leaves the client as it is. Redisson creates no client while Redis is away, unless
     * with {@link Config#setLazyInitialization lazy initialization}; then this waits for Redis for two seconds at most,
     * and returns also if it is not there.
     *
     * @param client the application's client; to be shut down after this
     * @return a new connection, for the caller to close
     * @throws IllegalArgumentException if the client renames keys, so that other clients would not find them, or does not
     *     keep the order of messages
     */
    public static RedissonTier of(RedissonClient client) {
        return new RedissonTier(checked(client), true).opened();
    }

    /**
     * As {@link #of}, but it is the lease alone that elects, as with a {@link RedisTier}: fewer round trips for the same
     * guarantees.
     *
     * @param client the application's client; to be shut down after this
     * @return a new connection, for the caller to close
     * @throws IllegalArgumentException as {@link #of}
     */
    public static RedissonTier withoutLocks(RedissonClient client) {
        return new RedissonTier(checked(client), false).opened();
    }

    private static RedissonClient checked(RedissonClient client) {
        Config config = client.getConfig();
        if (!config.getNameMapper().map(ANY_KEY).equals(ANY_KEY)) {
            throw new IllegalArgumentException("The Redisson client has a NameMapper, which renames keys");
        }
        if (!config.isKeepPubSubOrder()) {
            throw new IllegalArgumentException(
                    "The Redisson client does not keep the order of messages (keepPubSubOrder)");
        }
        return client;
    }

    private RedissonTier opened() {
        Waiting.upTo(PATIENCE_MILLIS, contact.make());
        return this;
    }

    private static Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "stampede-redisson");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public RemoteTier tier(RemoteNamespace namespace) {
        RedisKeys keys = keys(namespace.cache());
        RemoteTier tier = new RedisRemoteTier(commands, keys, namespace);
        return hasLocks ? new RedissonClaims(tier, keys, this::lock, executor) : tier;
    }

    private RedisKeys keys(String cache) {
        return isCluster ? RedisKeys.inCluster(cache) : RedisKeys.onOneServer(cache);
    }

    private RLock lock(String name) {
        return contact.client().getLock(CommonOptions.name(name).retryAttempts(0));
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        String channel = keys(namespace.cache()).channel();
        return subscriber -> bus.subscribe(channel, subscriber);
    }

    /** Nothing to do: Redisson looks after its connections by itself ({@code pingConnectionInterval}). */
    @Override
    public void check(long nanos) {
        // see above
    }

    /** Ends what this began on the client: its subscriptions, and the thread. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            contact.close();
            executor.execute(bus::close);
            executor.shutdown();
            try {
                executor.awaitTermination(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
