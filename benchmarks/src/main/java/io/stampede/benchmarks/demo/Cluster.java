package io.stampede.benchmarks.demo;

import io.lettuce.core.RedisClient;
import io.stampede.benchmarks.process.Child;
import io.stampede.benchmarks.process.WorkDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All processes of a run. */
final class Cluster implements AutoCloseable {

    /** For what takes a second or two, on a machine that has a lot else to do. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Four JVMs that live for a minute share the machine: what starts faster matters more here than what runs faster. */
    private static final List<String> JVM_ARGS = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Options options;
    private final Path directory;
    private final List<Child> children = new ArrayList<>();
    private final List<Child> nodes = new ArrayList<>();
    private volatile boolean closed;

    /** Where the servers listen, and what they are. */
    record Servers(String redisUri, String redis, String jdbcUrl, String database, String counter) {}

    Cluster(Options options) throws IOException {
        this.options = options;
        this.directory = WorkDirectory.create("demo");
    }

    /** Starts all processes at once; the nodes are up by the time the database is. */
    Servers start() throws IOException, InterruptedException {
        Child servers = add("servers", ServersMain.class);
        servers.send("start " + options.database() + " " + options.clients());
        for (int i = 1; i <= options.nodes(); i++) {
            nodes.add(add("node " + i, NodeMain.class));
        }
        String[] found = servers.reply(PATIENCE).split("\t", -1);
        return new Servers(found[0], found[1], found[2], found[3], found[4]);
    }

    private synchronized Child add(String name, Class<?> main) throws IOException {
        if (closed) {
            throw new IllegalStateException("The demo is being stopped");
        }
        Child child = new Child(name, main, directory, JVM_ARGS);
        children.add(child);
        return child;
    }

    /** Gives all nodes the same command and waits until all have done it. */
    List<String> onEveryNode(String command) throws InterruptedException {
        nodes.forEach(node -> node.send(command));
        List<String> replies = new ArrayList<>();
        for (Child node : nodes) {
            replies.add(node.reply(PATIENCE));
        }
        return replies;
    }

    void emptyRedis(Servers servers) {
        RedisClient client = RedisClient.create(servers.redisUri());
        try (var connection = client.connect()) {
            connection.sync().flushall();
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    /** Whether it has been closed, or is about to be. */
    boolean isClosed() {
        return closed;
    }

    /** Ends all processes and deletes what they wrote. Has no effect the second time. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            children.forEach(Child::end);
            children.forEach(Child::awaitEnd);
            WorkDirectory.delete(directory);
        }
    }
}
