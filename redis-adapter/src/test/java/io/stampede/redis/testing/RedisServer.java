package io.stampede.redis.testing;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis for a test, with the faults a test wants to see.
 *
 * <p>Hold one in a static field per test class:
 *
 * <pre>{@code
 * static final RedisServer REDIS = RedisServer.start();
 *
 * @AfterAll
 * static void stop() {
 *     REDIS.close();
 * }
 * }</pre>
 *
 * <p>Data is never written to disk: after {@link #kill()} and {@link #restart()} the server is empty. {@code DEBUG} is
 * allowed. Whatever is still running when the JVM ends is ended by a shutdown hook.
 */
public final class RedisServer implements AutoCloseable {

    private static final int START_ATTEMPTS = 5;
    private static final Set<String> ANNOUNCED = ConcurrentHashMap.newKeySet();
    private static final Set<RedisServer> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(RedisServer::close), "stampede-test-redis-shutdown"));
    }

    private final Instance instance;
    private final @Nullable String password;
    private volatile boolean running = true;

    private RedisServer(Instance instance, List<String> args) {
        this.instance = instance;
        this.password = passwordIn(args);
        RUNNING.add(this);
        // Tests of one JVM start many servers. One line for each kind tells all there is to know.
        if (ANNOUNCED.add(instance.description())) {
            System.out.println("Redis for tests: " + instance.description());
        }
    }

    /**
     * Starts a server in Docker where Docker answers, else as a local process.
     *
     * <p>The image is that of the system property {@code stampede.test.redis.image} or of the environment variable
     * {@code STAMPEDE_TEST_REDIS_IMAGE}, else {@code redis:7.4-alpine}. Where that default can't be had (a Docker without
     * a network), the local process is used, and the run says so.
     *
     * @param extraArgs further arguments for {@code redis-server}, such as {@code "--maxmemory", "2mb"}
     */
    public static RedisServer start(String... extraArgs) {
        if (!Docker.isUsable()) {
            return startEmbedded(extraArgs);
        }
        List<String> args = List.of(extraArgs);
        return new RedisServer(firstStarted(port -> new ContainerRedis(Docker.image(), port, args)), args);
    }

    /**
     * Starts a local process, whether there is Docker or not. The binary is the one of {@code org.signal:embedded-redis}
     * or, to try another version, the one that the system property {@code stampede.test.redis.binary} names.
     */
    public static RedisServer startEmbedded(String... extraArgs) {
        List<String> args = List.of(extraArgs);
        return new RedisServer(firstStarted(port -> new EmbeddedRedis(port, args)), args);
    }

    /** {@code redis://host:port}, as Redis clients take it. */
    public String uri() {
        return "redis://" + host() + ":" + port();
    }

    public String host() {
        return instance.host();
    }

    /** Stays the same over {@link #restart()}. */
    public int port() {
        return instance.port();
    }

    /** What {@code redis-server --version} says of itself, such as {@code 7.0.15}. */
    public String version() {
        return instance.version();
    }

    /** The server stops running but keeps its sockets: connects succeed, no answer comes. */
    public void pause() {
        running = false;
        instance.pause();
    }

    /** Ends {@link #pause()}. What was sent in between is answered now. */
    public void resume() {
        instance.resume();
        running = true;
    }

    /** The server is gone at once, without a good-bye, also while paused: connects are refused from now on. */
    public void kill() {
        running = false;
        instance.kill();
    }

    /** Starts the server again, empty and on the same port, killing it before if it runs. Returns when it answers. */
    public void restart() {
        kill();
        instance.start();
        running = true;
    }

    /**
     * Sends one command on a connection of its own and waits for the answer, as the default user, with the password of
     * {@code --requirepass} if the server was started with one.
     *
     * @return a String with one char for each byte, a Long, a List of answers, or null
     * @throws RedisErrorException if the answer is an error
     * @throws java.io.UncheckedIOException if there is no answer within 5 s
     */
    public @Nullable Object command(String... words) {
        try (RespClient connection = connect(RespClient.TIMEOUT_MS)) {
            return connection.call(words);
        }
    }

    RespClient connect(int timeoutMillis) {
        return new RespClient(host(), port(), password, timeoutMillis);
    }

    @Nullable
    String password() {
        return password;
    }

    /** Whether it is neither paused nor killed, so that an answer may be expected. */
    boolean isRunning() {
        return running;
    }

    /** Ends the server, also while paused, and deletes its files. Has no effect the second time. */
    @Override
    public void close() {
        running = false;
        if (RUNNING.remove(this)) {
            instance.close();
        }
    }

    @Override
    public String toString() {
        return uri() + " (" + instance.description() + ")";
    }

    private static @Nullable String passwordIn(List<String> args) {
        int option = args.indexOf("--requirepass");
        return option < 0 ? null : args.get(option + 1);
    }

    /** Between the choice of a free port and its use another process may take it: then another one is chosen. */
    private static Instance firstStarted(InstanceFactory factory) {
        IllegalStateException failure = new IllegalStateException("No Redis could be started");
        for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
            Instance instance = factory.onPort(FreePort.find());
            try {
                instance.start();
                return instance;
            } catch (PortTakenException e) {
                instance.close();
                failure.addSuppressed(e);
            } catch (RuntimeException | Error e) {
                instance.close();
                throw e;
            }
        }
        throw failure;
    }

    private interface InstanceFactory {
        Instance onPort(int port);
    }
}
