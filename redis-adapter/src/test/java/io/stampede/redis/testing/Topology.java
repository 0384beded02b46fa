package io.stampede.redis.testing;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The servers of one topology, with a proxy before each if that was asked for. Not thread-safe while it is built. */
final class Topology implements AutoCloseable {

    static final String HOST = "127.0.0.1";

    /** A split vote makes the servers wait before they vote again: 15 s have been seen. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Where servers connect from if proxies have to know them from clients. Every Linux has it. */
    private static final String SERVERS_ADDRESS = "127.0.0.2";

    private final boolean behindProxies;
    private final List<RedisServer> servers = new ArrayList<>();
    private final Map<RedisServer, FaultProxy> proxies = new LinkedHashMap<>();

    Topology(boolean behindProxies) {
        this.behindProxies = behindProxies;
    }

    /** A server that is no sentinel. */
    RedisServer startServer(String[] extraArgs, String... ownArgs) {
        // By default a primary waits for 5 s whether more replicas come before it serves the first one.
        List<String> args = new ArrayList<>(List.of("--repl-diskless-sync-delay", "0"));
        args.addAll(List.of(ownArgs));
        args.addAll(List.of(extraArgs));
        int password = args.indexOf("--requirepass");
        if (password >= 0 && !args.contains("--masterauth")) {
            args.addAll(List.of("--masterauth", args.get(password + 1)));
        }
        RedisServer server = start(args.toArray(String[]::new));
        if (behindProxies) {
            proxies.put(server, FaultProxy.sparing(SERVERS_ADDRESS, server));
        }
        return server;
    }

    RedisServer startSentinel() {
        return start("--sentinel");
    }

    private RedisServer start(String... args) {
        Stream<String> source = behindProxies ? Stream.of("--bind-source-addr", SERVERS_ADDRESS) : Stream.empty();
        RedisServer server = RedisServer.startEmbedded(
                Stream.concat(Arrays.stream(args), source).toArray(String[]::new));
        servers.add(server);
        return server;
    }

    /** Where clients and other servers find it. */
    int announcedPort(RedisServer server) {
        FaultProxy proxy = proxies.get(server);
        return proxy == null ? server.port() : proxy.port();
    }

    FaultProxy proxy(RedisServer server) {
        FaultProxy proxy = proxies.get(server);
        if (proxy == null) {
            throw new IllegalStateException(server + " has no proxy");
        }
        return proxy;
    }

    /** No answer counts as not yet: a sentinel that changes a server's role closes the connections to it. */
    static void await(String what, BooleanSupplier condition) {
        BooleanSupplier answered = () -> {
            try {
                return condition.getAsBoolean();
            } catch (UncheckedIOException noAnswer) {
                return false;
            }
        };
        if (!Readiness.await(PATIENCE, answered)) {
            throw new IllegalStateException("Not within " + PATIENCE.toSeconds() + " s: " + what);
        }
    }

    static String text(@Nullable Object reply) {
        return String.valueOf(reply);
    }

    static boolean isPrimary(RedisServer server) {
        return info(server, "role").equals("master");
    }

    static boolean isLinkedReplica(RedisServer server) {
        return info(server, "master_link_status").equals("up");
    }

    /** A field of {@code INFO replication}, or an empty string. */
    static String info(RedisServer server, String field) {
        return text(server.command("INFO", "replication"))
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1))
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        proxies.values().forEach(FaultProxy::close);
        servers.forEach(RedisServer::close);
    }
}
