package io.stampede.redis.testing;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A bad network between a client and a Redis: a TCP proxy on loopback whose faults are switched on and off while it runs.
 *
 * <pre>{@code
 * try (FaultProxy network = FaultProxy.to(redis)) {
 *     RedisClient client = RedisClient.create(network.uri());
 *     ...
 *     network.refuse();
 *     ...
 *     network.pass();
 * }
 * }</pre>
 *
 * <p>A switch is in force when its method returns, and stays so until {@link #pass()}; those that concern different things
 * may be on together. A proxy has the faults of all its connections in common: for faults of one node, give that node a
 * proxy of its own.
 *
 * <p>Thread-safe. It needs Netty, which is on the class path with Lettuce.
 */
public final class FaultProxy implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final int BIND_ATTEMPTS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String redisHost;
    private final int redisPort;
    private final int port;
    private final @Nullable String spared;
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("fault-proxy", true), NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final Faults faults = new Faults();
    private final Set<Connection> connections = new LinkedHashSet<>();
    private @Nullable Channel listener;
    private volatile boolean refusing;

    /** Which way bytes go. */
    public enum Direction {
        /** What the client asks. */
        TO_REDIS,
        /** What Redis answers, and its messages. */
        TO_CLIENT
    }

    private FaultProxy(String redisHost, int redisPort, @Nullable String spared) {
        this.redisHost = redisHost;
        this.redisPort = redisPort;
        this.spared = spared;
        this.port = listenSomewhere();
    }

    /**
     * Starts a proxy that passes everything on.
     *
     * @param redis where to
     * @return a new proxy, for the caller to close
     */
    public static FaultProxy to(RedisServer redis) {
        return to(redis.host(), redis.port());
    }

    /**
     * Starts a proxy that passes everything on.
     *
     * @param host where to
     * @param port where to
     * @return a new proxy, for the caller to close
     */
    public static FaultProxy to(String host, int port) {
        return new FaultProxy(host, port, null);
    }

    /**
     * Starts a proxy whose faults don't concern the connections that come from one address, since those are not of clients:
     * they are passed on whatever the switches say. So that they find it, it goes on listening over {@link #refuse()}, and
     * closes what clients open at once.
     *
     * @param spared an address of loopback other than 127.0.0.1
     */
    static FaultProxy sparing(String spared, RedisServer redis) {
        return new FaultProxy(redis.host(), redis.port(), spared);
    }

    /** {@code redis://host:port} of the proxy, as Redis clients take it. */
    public String uri() {
        return "redis://" + HOST + ":" + port;
    }

    public String host() {
        return HOST;
    }

    /** Stays the same, also over {@link #refuse()}. */
    public int port() {
        return port;
    }

    /**
     * Ends all faults. A connection that has lost bytes stays silent all the same, as no TCP stream goes on behind a hole:
     * its client has to find out and to open another.
     */
    public synchronized void pass() {
        tell(() -> faults.none());
        refusing = false;
        if (listener == null) {
            listener = listen(port);
        }
    }

    /** New connections are refused, and those that are open are closed: nobody is there. */
    public synchronized void refuse() {
        refusing = true;
        if (spared == null) {
            stopListening();
        }
        cut();
    }

    private void stopListening() {
        Channel current = listener;
        if (current != null) {
            current.close().syncUninterruptibly();
            listener = null;
            awaitNobodyListens();
        }
    }

    /** Closes all connections, once. The client is free to open others. */
    public void cut() {
        tell(() -> clients().forEach(Connection::close));
    }

    /**
     * Swallows everything in these directions. Connections are accepted and stay open; those that lose a byte, or the news
     * that the other side has closed, stay silent in that direction for ever.
     *
     * @param directions which; both if none is named
     */
    public void swallow(Direction... directions) {
        Set<Direction> which = Set.of(directions.length == 0 ? Direction.values() : directions);
        tell(() -> faults.swallowed.addAll(which));
    }

    /**
     * Swallows everything on the connections that are open now, in both directions and for ever, and closes none of them.
     * Those that are opened later work.
     */
    public void silenceOpen() {
        tell(() -> clients().forEach(Connection::silence));
    }

    /**
     * Delays all bytes by this much in each direction; they stay in order, also when the delay changes.
     *
     * @param each how long for each direction, so that a round trip takes twice as long; zero for no delay
     */
    public void delay(Duration each) {
        tell(() -> faults.delayNanos = each.toNanos());
    }

    /**
     * Sends these bytes to the client once on each connection that is open, between two replies.
     *
     * @param garbage what Redis would not say
     */
    public void inject(byte[] garbage) {
        byte[] bytes = garbage.clone();
        tell(() -> clients().forEach(connection -> connection.toClient.send(bytes)));
    }

    /**
     * Sends these bytes to the client before each reply of Redis and each message.
     *
     * @param garbage what Redis would not say
     */
    public void garble(byte[] garbage) {
        byte[] bytes = garbage.clone();
        tell(() -> faults.garbage = bytes);
    }

    /**
     * Takes the next messages to subscribers out of the stream.
     *
     * @param count how many, on all connections together
     */
    public void dropMessages(int count) {
        dropMessages(count, payload -> true);
    }

    /**
     * Takes the next messages to subscribers out of the stream that are of some kind. Replaces an earlier choice.
     *
     * @param count how many, on all connections together
     * @param which whether a message with this payload is to be dropped; called on the proxy's thread, where no
     *     switch may be used
     */
    public void dropMessages(int count, Predicate<byte[]> which) {
        tell(() -> faults.dropMessages(count, which));
    }

    /** How many messages have been dropped in all. */
    public int droppedMessages() {
        return ask(() -> faults.droppedMessages);
    }

    /** How many clients are connected. */
    public int openConnections() {
        return ask(() -> (int) clients().stream()
                .filter(connection -> connection.client.isActive())
                .count());
    }

    /** Closes all connections and ends the proxy's thread. Has no effect the second time. */
    @Override
    public synchronized void close() {
        if (!group.isShuttingDown()) {
            refuse();
            stopListening();
            tell(() -> List.copyOf(connections).forEach(Connection::close));
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Override
    public String toString() {
        return uri() + " to " + redisHost + ":" + redisPort;
    }

    /** Between the choice of a free port and its use another process may take it: then another one is chosen. */
    private int listenSomewhere() {
        List<BindException> failures = new ArrayList<>();
        while (failures.size() < BIND_ATTEMPTS) {
            int chosen = FreePort.find();
            try {
                listener = listen(chosen);
                return chosen;
            } catch (UncheckedIOException e) {
                failures.add((BindException) e.getCause());
            }
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        throw new IllegalStateException("No port to listen on: " + failures);
    }

    private Channel listen(int where) {
        var bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false) // until there is somebody to pass it on to
                .childHandler(new ChannelInitializer<NioSocketChannel>() {
                    @Override
                    protected void initChannel(NioSocketChannel client) {
                        accept(client);
                    }
                })
                .bind(HOST, where)
                .awaitUninterruptibly();
        if (bound.cause() instanceof BindException taken) {
            throw new UncheckedIOException(taken);
        }
        return bound.syncUninterruptibly().channel();
    }

    /** The system closes a listener when it is next waited at, some time after Netty has called it closed. */
    private void awaitNobodyListens() {
        if (!Readiness.await(PATIENCE, () -> !Readiness.listens(HOST, port))) {
            throw new IllegalStateException("Somebody still listens on port " + port);
        }
    }

    /** Those that the faults concern. */
    private List<Connection> clients() {
        return connections.stream().filter(connection -> !connection.spared).toList();
    }

    private boolean isSpared(Channel client) {
        return client.remoteAddress() instanceof InetSocketAddress from
                && from.getAddress().getHostAddress().equals(spared);
    }

    private void accept(Channel client) {
        boolean isSpared = isSpared(client);
        if (refusing && !isSpared) {
            client.close(); // also if it was on its way when the listener was closed
            return;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(redisHost, redisPort);
        Channel redis = connecting.channel();
        Connection connection = isSpared ? sparedConnection(client, redis) : faultyConnection(client, redis);
        connections.add(connection);
        client.pipeline().addLast(connection.toRedis);
        redis.pipeline().addLast(connection.toClient);
        client.closeFuture().addListener(closed -> forget(connection));
        redis.closeFuture().addListener(closed -> forget(connection));
        connecting.addListener(connected -> {
            if (connected.isSuccess()) {
                client.config().setAutoRead(true);
                redis.config().setAutoRead(true);
            } else {
                client.close();
            }
        });
    }

    private Connection faultyConnection(Channel client, Channel redis) {
        return new Connection(
                client, redis, new Pipe(faults, Direction.TO_REDIS, redis), new ReplyPipe(faults, client), false);
    }

    /** Not cut into replies either, as what a replica is sent is none. */
    private static Connection sparedConnection(Channel client, Channel redis) {
        Faults none = new Faults();
        return new Connection(
                client,
                redis,
                new Pipe(none, Direction.TO_REDIS, redis),
                new Pipe(none, Direction.TO_CLIENT, client),
                true);
    }

    private void forget(Connection connection) {
        if (!connection.client.isOpen() && !connection.redis.isOpen()) {
            connections.remove(connection);
        }
    }

    /** Runs a task where all state is confined to, and returns when it has run. */
    private void tell(Runnable task) {
        loop.submit(task).syncUninterruptibly();
    }

    private int ask(Callable<Integer> question) {
        return loop.submit(question).syncUninterruptibly().getNow();
    }

    private record Connection(Channel client, Channel redis, Pipe toRedis, Pipe toClient, boolean spared) {

        void silence() {
            toRedis.silence();
            toClient.silence();
        }

        void close() {
            client.close();
            redis.close();
        }
    }
}
