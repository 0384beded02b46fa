package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.process.Commands;
import io.stampede.benchmarks.process.WorkDirectory;
import io.stampede.redis.testing.RedisServer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The process that holds Redis and the database. They are apart from the lab itself, so that even when that one is
 * killed somebody is left to stop them and to delete their files.
 *
 * <p>Commands: {@code start DATABASE CONNECTIONS}, answered by the addresses and names, separated by tabs; {@code redis}
 * with one of {@code empty}, {@code hang}, {@code resume}, {@code kill}, {@code restart}.
 */
final class ServersMain {

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private @Nullable RedisServer redis;
    private boolean stopped;

    private ServersMain() {}

    public static void main(String... args) throws InterruptedException {
        ServersMain servers = new ServersMain();
        Runtime.getRuntime().addShutdownHook(new Thread(servers::stop, "stop-servers"));
        Commands.serve(servers::handle);
    }

    private synchronized String handle(String... words) throws Exception {
        if (stopped) {
            throw new IllegalStateException("stopped already");
        }
        if (words[0].equals("start")) {
            return start(Options.DatabaseChoice.valueOf(words[1]), Integer.parseInt(words[2]));
        }
        RedisServer server = Objects.requireNonNull(redis, "not started");
        switch (words[1]) {
            case "empty" -> server.command("FLUSHALL");
            case "hang" -> server.pause();
            case "resume" -> server.resume();
            case "kill" -> server.kill();
            case "restart" -> server.restart();
            default -> throw new IllegalArgumentException("Unknown command " + words[1]);
        }
        return "";
    }

    private String start(Options.DatabaseChoice choice, int connections) throws Exception {
        RedisServer server = RedisServer.startEmbedded();
        started.push(server);
        redis = server;
        DatabaseServer database = DatabaseServer.start(choice, connections);
        started.push(database);
        return String.join("\t", server.uri(), "Redis " + server.version(), database.jdbcUrl(), database.name());
    }

    /** Waits for a start that is under way: half a server could not be stopped. */
    private synchronized void stop() {
        stopped = true;
        for (AutoCloseable server : started) {
            try {
                server.close();
            } catch (Exception e) {
                // The others have to be stopped all the same.
                e.printStackTrace();
            }
        }
        WorkDirectory.delete(Path.of(System.getProperty("java.io.tmpdir")));
    }
}
