package io.stampede.benchmarks.chaos;

import io.stampede.benchmarks.process.Child;
import io.stampede.benchmarks.process.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** All processes of a drill, with the source that they share. For one thread, but for {@link #close}. */
final class Cluster implements AutoCloseable {

    static final int NODES = 3;

    /** The node that is killed or stopped; the last one is alone in its zone. */
    static final int VICTIM = 1;

    /** For what takes a second or two, on a machine that has a lot else to do. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration TRAP_PATIENCE = Duration.ofSeconds(6);
    private static final List<String> JVM_ARGS = List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Path directory;
    private final LoadLog log = new LoadLog();
    private final Source source;
    private final Keys keys = new Keys(NODES);
    private final JsonMapper json = new JsonMapper();
    private final List<Child> started = new ArrayList<>();
    private final @Nullable Child[] nodes = new Child[NODES];
    private final String run = "chaos-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    private String openCache = "";
    private @Nullable Child redis;
    private List<String> addresses = List.of();
    private @Nullable Process waker;
    private boolean closed;

    Cluster() throws IOException {
        this.directory = WorkDirectory.create("chaos");
        this.source = new Source(log);
    }

    void start() throws IOException {
        for (int node = 0; node < NODES; node++) {
            startNode(node);
        }
    }

    private Child startNode(int node) throws IOException {
        Child child = add("node " + node, NodeMain.class, directory);
        nodes[node] = child;
        return child;
    }

    private synchronized Child add(String name, Class<?> main, Path where) throws IOException {
        if (closed) {
            throw new IllegalStateException("The drill is being stopped");
        }
        Child child = new Child(name, main, where, JVM_ARGS);
        started.add(child);
        return child;
    }

    /** Starts a topology, or connects to it, and has all nodes read and write. Tells what it is. */
    String open(TopologyKind kind, @Nullable String uri) throws IOException, InterruptedException {
        // It deletes its directory when it ends, the log included.
        Path own = Files.createTempDirectory(directory, kind.id() + "-");
        Child opening = add("redis of " + kind.id(), RedisMain.class, own);
        redis = opening;
        openCache = run + "-" + kind.id();
        String[] answer = ask(opening, "open " + kind + " " + (uri == null ? "-" : uri) + " " + NODES + " " + openCache)
                .split("\t", -1);
        addresses = List.of(Arrays.copyOfRange(answer, 1, answer.length));
        for (int node = 0; node < NODES; node++) {
            openNode(node);
        }
        return answer[0];
    }

    private void openNode(int node) throws InterruptedException {
        ask(node, "open " + node + " " + NODES + " " + openCache + " " + source.port() + " " + addresses.get(node));
        ask(node, "run");
    }

    /** Ends the servers of a topology, and the caches. Nodes that can't do that are replaced. */
    void closeTopology() throws IOException, InterruptedException {
        for (int node = 0; node < NODES; node++) {
            if (nodes[node] != null) {
                ask(node, "close");
            }
        }
        Child open = Objects.requireNonNull(redis);
        open.end();
        open.awaitEnd();
    }

    private static String ask(Child child, String command) throws InterruptedException {
        child.send(command);
        return child.reply(PATIENCE);
    }

    private String ask(int node, String command) throws InterruptedException {
        return ask(Objects.requireNonNull(nodes[node]), command);
    }

    /** What the callers of all nodes that run have seen, and what the source has, since the last time. */
    void gather(Gathering gathering, Fault fault) throws Exception {
        for (int node = 0; node < NODES; node++) {
            if (nodes[node] != null) {
                Observed observed = json.readValue(ask(node, "take"), Observed.class);
                gathering.add(observed, node != VICTIM || !(fault instanceof NodeFault));
            }
        }
        gathering.add(log.take());
    }

    /** Why a node is not as it should be, or nothing if all are. */
    String complaint() throws InterruptedException {
        for (int node = 0; node < NODES; node++) {
            String complaint = ask(node, "complaint");
            if (!complaint.isEmpty()) {
                return "node " + node + ": " + complaint;
            }
        }
        return "";
    }

    void begin(Fault fault, Duration length) throws Exception {
        for (int node = 0; node < NODES; node++) {
            ask(node, "bound " + fault.bound(Node.SUSPECT_AFTER, length).toMillis());
        }
        if (fault instanceof NodeFault of) {
            begin(of);
        } else if (fault instanceof SourceFault of) {
            tellSource(of, true);
        } else {
            ask(Objects.requireNonNull(redis), "begin " + fault.name() + " " + length.toMillis());
        }
    }

    void end(Fault fault) throws Exception {
        if (fault instanceof NodeFault of) {
            end(of);
        } else if (fault instanceof SourceFault of) {
            tellSource(of, false);
        } else {
            ask(Objects.requireNonNull(redis), "end " + fault.name());
        }
    }

    private void tellSource(SourceFault fault, boolean on) {
        switch (fault) {
            case SOURCE_FAILS -> source.failing(on);
            case SOURCE_SLOW -> source.slow(on);
        }
    }

    private void begin(NodeFault fault) throws Exception {
        Child victim = Objects.requireNonNull(nodes[VICTIM]);
        switch (fault) {
            case NODE_KILLED ->
                whileItLoads((node, key) -> node == VICTIM, () -> {
                    victim.kill();
                    nodes[VICTIM] = null;
                });
            case NODE_STOPPED ->
                // Of a key that another node goes on writing: what is loaded here must not come back.
                whileItLoads(
                        (node, key) -> node == VICTIM && Keys.isWritten(key) && !keys.isWrittenBy(VICTIM, key),
                        () -> stop(victim));
        }
    }

    private interface Blow {
        void fall() throws Exception;
    }

    private void whileItLoads(BiPredicate<Integer, String> which, Blow blow) throws Exception {
        Source.Trap trap = source.trap(which);
        try {
            trap.caught().get(TRAP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            blow.fall();
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException("The node has not loaded such a key", e);
        } finally {
            trap.open();
        }
    }

    /** Somebody is left to let it go on if the drill is killed meanwhile: only then can it notice, and end. */
    private void stop(Child victim) throws IOException, InterruptedException {
        signal("STOP", victim.pid());
        waker = new ProcessBuilder("sh", "-c", "sleep 100; kill -CONT " + victim.pid()).start();
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid)
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IllegalStateException("kill -" + name + " answered " + exit);
        }
    }

    private void end(NodeFault fault) throws Exception {
        switch (fault) {
            case NODE_KILLED -> {
                startNode(VICTIM);
                openNode(VICTIM);
            }
            case NODE_STOPPED -> {
                signal("CONT", Objects.requireNonNull(nodes[VICTIM]).pid());
                stopWaker();
            }
        }
    }

    private void stopWaker() {
        Process current = waker;
        if (current != null) {
            current.descendants().forEach(ProcessHandle::destroyForcibly);
            current.destroyForcibly();
            waker = null;
        }
    }

    /** Ends all processes and deletes what they wrote. Has no effect the second time. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            stopWaker();
            started.forEach(Child::end);
            for (Child node : nodes) {
                if (node != null) {
                    node.kill(); // it may be stopped, and has nothing to tidy up
                }
            }
            started.forEach(Child::awaitEnd);
            source.close();
            WorkDirectory.delete(directory);
        }
    }

    synchronized boolean isClosed() {
        return closed;
    }
}
