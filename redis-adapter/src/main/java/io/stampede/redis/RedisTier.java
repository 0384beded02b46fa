package io.stampede.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.netty.util.concurrent.EventExecutor;
import io.stampede.spi.InvalidationBus;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Redis or Valkey, 6.2 or newer, as the second tier and the bus of any number of caches.
 *
 * <p>It holds two connections, one for data and one for pub/sub. While Redis can't be reached, operations fail at once
 * and the caches work without it; the connections are opened as soon as it answers. A command that was under way when a
 * connection broke is never sent again.
 *
 * <p>Thread-safe. Close it after the caches that use it.
 */
public final class RedisTier implements RemoteConnection, AutoCloseable {

    private static final long PATIENCE_MILLIS = 2_000;
    private static final Duration LEAST_LAG = Duration.ofMillis(1);
    private static final Duration MOST_LAG = Duration.ofMinutes(1);

    private final EventExecutor executor;
    private final Servers servers;
    private volatile @Nullable Copies copies;
    private final LettuceCommands<?> commands;
    private final LettuceBus<?> bus;
    private final Supplier<CompletionStage<Void>> lastStep;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedisTier(AbstractRedisClient client, Servers servers, Supplier<CompletionStage<Void>> lastStep) {
        this.executor = client.getResources().eventExecutorGroup().next();
        this.servers = servers;
        this.commands = new LettuceCommands<>(servers.address(), servers.data(), executor);
        this.bus = new LettuceBus<>(servers.address(), servers.bus(), executor);
        this.lastStep = lastStep;
        // Where one way leads again, the other does, too.
        commands.link().whenOpen(bus.link()::hurry);
        bus.link().whenOpen(commands.link()::hurry);
    }

    /**
     * Connects with a client of its own. Waits for Redis for two seconds at most, and returns also if it is not there.
     *
     * @param uri such as {@code redis://localhost:6379}, {@code rediss://user:password@host:6380/2},
     *     {@code redis-sentinel://one:26379,two:26379,three:26379?sentinelMasterId=name}, in any form that {@link RedisURI}
     *     takes. Name all sentinels: the newest of their views counts
     * @return a new connection, for the caller to close
     * @throws IllegalArgumentException if that is not the address of a Redis
     */
    public static RedisTier connect(String uri) {
        return connect(OwnClient.parse(uri));
    }

    /**
     * As {@link #connect(String)}, with what a string can't say. A server that has not answered for the URI's timeout is
     * given up and connected to again.
     *
     * @param uri where Redis is
     * @return a new connection, for the caller to close
     */
    public static RedisTier connect(RedisURI uri) {
        return connect(uri, null, null);
    }

    /**
     * As {@link #connect(RedisURI)}, with what a URI can't say either.
     *
     * @param uri where Redis is
     * @param ssl what to trust and to show where the URI asks for TLS; null for what the JVM does
     * @param connectTimeout how long an attempt to connect may take; null for two seconds
     * @return a new connection, for the caller to close
     */
    public static RedisTier connect(RedisURI uri, @Nullable SslOptions ssl, @Nullable Duration connectTimeout) {
        RedisClient client = OwnClient.create(uri, ssl, connectTimeout);
        return new RedisTier(client, at(client, uri), () -> OwnClient.shutDown(client)).opened();
    }

    /**
     * Connects with an application's client, with its options and on its threads. Closing closes the two connections and
     * leaves the client as it is.
     *
     * @param client the application's client; to be shut down after this
     * @param uri where Redis is
     * @return a new connection, for the caller to close
     */
    public static RedisTier of(RedisClient client, RedisURI uri) {
        return new RedisTier(client, at(client, uri), RedisTier::nothing).opened();
    }

    /**
     * As {@link #of(RedisClient, RedisURI)}, for a client that was created with an address. Since only the client knows
     * it, each attempt to connect takes a short-lived thread.
     *
     * @param client the application's client; to be shut down after this
     * @return a new connection, for the caller to close
     */
    public static RedisTier of(RedisClient client) {
        return new RedisTier(client, OneServer.of(client), RedisTier::nothing).opened();
    }

    /**
     * Connects to a Redis Cluster, with a client of its own. Waits for it for two seconds at most, and returns also if it
     * is not there.
     *
     * @param seeds some of its servers, as in {@link #connect(String)}; the others are found by asking them
     * @return a new connection, for the caller to close
     * @throws IllegalArgumentException if there are none, or one is not the address of a Redis
     */
    public static RedisTier connectCluster(String... seeds) {
        return connectCluster(Stream.of(seeds).map(OwnClient::parse).toList());
    }

    /**
     * As {@link #connectCluster(String...)}, with what a string can't say.
     *
     * @param seeds some of the servers; credentials, TLS and timeout are those of the first
     * @return a new connection, for the caller to close
     * @throws IllegalArgumentException if there are none
     */
    public static RedisTier connectCluster(Collection<RedisURI> seeds) {
        return connectCluster(seeds, null, null);
    }

    /**
     * As {@link #connectCluster(Collection)}, with what a URI can't say either.
     *
     * @param seeds some of the servers; credentials, TLS and timeout are those of the first
     * @param ssl what to trust and to show where the first URI asks for TLS; null for what the JVM does
     * @param connectTimeout how long an attempt to connect to one of them may take; null for one second
     * @return a new connection, for the caller to close
     * @throws IllegalArgumentException if there are no seeds
     */
    public static RedisTier connectCluster(
            Collection<RedisURI> seeds, @Nullable SslOptions ssl, @Nullable Duration connectTimeout) {
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException("seeds: none given; at least one server's address is needed");
        }
        RedisClusterClient client = OwnClient.create(seeds, ssl, connectTimeout);
        ClusterServers servers = new ClusterServers(seeds.toString(), client);
        return new RedisTier(client, servers, () -> OwnClient.shutDown(client)).opened();
    }

    /**
     * Connects to a Redis Cluster with an application's client, with its options and on its threads. Closing closes the
     * connections that this opened, and leaves the client as it is.
     *
     * @param client the application's client; to be shut down after this. Turn on its topology refresh: without it,
     *     failovers are noticed late
     * @return a new connection, for the caller to close
     */
    public static RedisTier of(RedisClusterClient client) {
        ClusterServers servers = new ClusterServers("the Redis Cluster of the given RedisClusterClient", client);
        return new RedisTier(client, servers, RedisTier::nothing).opened();
    }

    private static Servers at(RedisClient client, RedisURI uri) {
        return uri.getSentinels().isEmpty() ? OneServer.at(client, uri) : new SentinelServers(client, uri);
    }

    private static CompletionStage<Void> nothing() {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Has caches that are built from now on read what they don't have in L1 from a replica, or from whichever server is
     * the nearest, over a connection of its own. All else goes to the primary: writes, claims, what is to be confirmed,
     * {@code getAll}, and each key of whose change a node has heard within {@code maxLag}.
     *
     * <p>So a node reads its own writes and whatever it has heard of, as long as no replica lags by more than
     * {@code maxLag}. One that does may answer with an older value, which the node then keeps in L1 like any other.
     *
     * @param readFrom which servers are read from, in which order; those that {@link ReadFrom} offers, such as
     *     {@link ReadFrom#ANY_REPLICA}, {@link ReadFrom#LOWEST_LATENCY} or {@link ReadFrom#subnet}
     * @param maxLag how far a replica may be behind: 1 ms to 1 minute, some seconds for most
     * @return this
     * @throws IllegalArgumentException if {@code maxLag} is outside of that
     * @throws IllegalStateException if this was called before, or the address of Redis is not known to this
     */
    public RedisTier readFrom(ReadFrom readFrom, Duration maxLag) {
        if (maxLag.compareTo(LEAST_LAG) < 0 || maxLag.compareTo(MOST_LAG) > 0) {
            throw new IllegalArgumentException("maxLag " + maxLag + ": allowed is 1 ms to 1 minute");
        }
        if (copies != null) {
            throw new IllegalStateException("readFrom: it has been called before");
        }
        Copies opening =
                new Copies(new LettuceCommands<>(servers.address(), servers.nearby(readFrom), executor), maxLag);
        copies = opening;
        Waiting.upTo(PATIENCE_MILLIS, opening.commands.link().open());
        return this;
    }

    private record Copies(LettuceCommands<?> commands, Duration maxLag) {}

    private RedisTier opened() {
        Waiting.upTo(PATIENCE_MILLIS, both(commands.link().open(), bus.link().open()));
        return this;
    }

    @Override
    public RemoteTier tier(RemoteNamespace namespace) {
        Copies known = copies;
        Nearby nearby = known == null ? null : new Nearby(known.commands, known.maxLag.toNanos());
        return new RedisRemoteTier(commands, nearby, servers.keys(namespace.cache()), namespace);
    }

    /** What this Redis knows of other zones. */
    Marks marks(RemoteNamespace namespace) {
        return new RedisMarks(commands, servers.keys(namespace.cache()), namespace.node());
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        String channel = servers.keys(namespace.cache()).channel();
        return subscriber -> bus.subscribe(channel, subscriber);
    }

    @Override
    public void check(long nanos) {
        commands.link().check(nanos);
        bus.link().check(nanos);
        Copies known = copies;
        if (known != null) {
            known.commands.link().check(nanos);
        }
    }

    /** Closes what this opened: both connections and, if it has one of its own, the client. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            CompletionStage<Void> end =
                    both(both(commands.link().close(), bus.link().close()), servers.close());
            Copies known = copies;
            if (known != null) {
                end = both(end, known.commands.link().close());
            }
            Waiting.upTo(PATIENCE_MILLIS, end);
            Waiting.upTo(PATIENCE_MILLIS, lastStep.get());
        }
    }

    private static CompletionStage<Void> both(CompletionStage<Void> one, CompletionStage<Void> other) {
        return one.thenCombine(other, (first, second) -> null);
    }
}
