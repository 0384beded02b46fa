package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.process.Commands;
import io.stampede.benchmarks.process.WorkDirectory;
import io.stampede.redis.testing.RedisServer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The process that holds Redis and the database. They are apart from the demo itself, so that even when that one is
 * killed somebody is left to stop them and to delete their files.
 *
 * <p>Command: {@code start DATABASE CONNECTIONS}, answered by the addresses and names, separated by tabs.
 */
final class ServersMain {

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private boolean stopped;

    private ServersMain() {}

    public static void main(String... args) throws InterruptedException {
        ServersMain servers = new ServersMain();
        Runtime.getRuntime().addShutdownHook(new Thread(servers::stop, "stop-servers"));
        Commands.serve(words -> servers.start(Options.DatabaseChoice.valueOf(words[1]), Integer.parseInt(words[2])));
    }

    private synchronized String start(Options.DatabaseChoice choice, int connections) throws Exception {
        if (stopped) {
            throw new IllegalStateException("stopped already");
        }
        RedisServer redis = RedisServer.startEmbedded();
        started.push(redis);
        DatabaseServer database = DatabaseServer.start(choice, connections);
        started.push(database);
        return String.join(
                "\t", redis.uri(), "Redis " + redis.version(), database.jdbcUrl(), database.name(), database.counter());
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
