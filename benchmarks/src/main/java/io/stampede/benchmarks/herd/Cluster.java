package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.process.Child;
import io.stampede.benchmarks.process.WorkDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All processes of a run. */
final class Cluster implements AutoCloseable {

    /** For what takes a second or two, on a machine that has a lot else to do. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Six JVMs that live for minutes share the machine: what starts faster matters more here than what runs faster. */
    private static final List<String> JVM_ARGS = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Options options;
    private final Path directory;
    private final List<Child> children = new ArrayList<>();
    private final List<Child> nodes = new ArrayList<>();
    private @Nullable Child servers;
    private volatile boolean closed;

    /** Where the servers listen, and what they are. */
    record Servers(String redisUri, String redis, String jdbcUrl, String database) {}

    Cluster(Options options) throws IOException {
        this.options = options;
        this.directory = WorkDirectory.create("herd");
    }

    /** Starts all processes at once; the nodes are up by the time the database is. */
    Servers start() throws IOException, InterruptedException {
        Child started = add("servers", ServersMain.class);
        servers = started;
        started.send("start " + options.database() + " " + options.nodes() * options.connections());
        for (int i = 1; i <= options.nodes(); i++) {
            nodes.add(add("node " + i, NodeMain.class));
        }
        String[] found = started.reply(PATIENCE).split("\t", -1);
        Servers addresses = new Servers(found[0], found[1], found[2], found[3]);
        connect(addresses);
        return addresses;
    }

    private void connect(Servers addresses) throws InterruptedException {
        for (int i = 0; i < nodes.size(); i++) {
            Child node = nodes.get(i);
            node.send(String.join(
                    " ",
                    "connect",
                    Integer.toString(i),
                    Integer.toString(nodes.size()),
                    Integer.toString(options.callers()),
                    Integer.toString(options.connections()),
                    addresses.redisUri(),
                    addresses.jdbcUrl(),
                    directory.resolve("ledger").toString()));
            node.reply(PATIENCE);
        }
    }

    private synchronized Child add(String name, Class<?> main) throws IOException {
        if (closed) {
            throw new IllegalStateException("The lab is being stopped");
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

    /** Does to Redis what the word says. */
    void redis(String deed) throws InterruptedException {
        Child child = Objects.requireNonNull(servers, "not started");
        child.send("redis " + deed);
        child.reply(PATIENCE);
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
