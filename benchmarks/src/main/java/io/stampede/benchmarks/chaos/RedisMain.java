package io.stampede.benchmarks.chaos;

import io.stampede.benchmarks.process.Commands;
import io.stampede.benchmarks.process.WorkDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The process that holds Redis, and breaks it. It is apart from the drill itself, so that even when that one is killed
 * somebody is left to stop the servers and to delete their files.
 *
 * <p>Its commands:
 *
 * <ul>
 *   <li>{@code open KIND URI NODES NAME}: answered by what it is and each node's address, separated by tabs
 *   <li>{@code begin FAULT MILLIS}
 *   <li>{@code end FAULT}
 *   <li>{@code close}
 * </ul>
 */
final class RedisMain {

    private @Nullable Topology topology;
    private final @Nullable ProcessHandle drill =
            ProcessHandle.current().parent().orElse(null);
    private boolean stopped;

    private RedisMain() {}

    public static void main(String... args) throws InterruptedException {
        RedisMain redis = new RedisMain();
        Runtime.getRuntime().addShutdownHook(new Thread(redis::stop, "stop-redis"));
        Commands.serve(redis::handle);
    }

    /** Waits for servers that are being started: a directory must not be deleted before its server has ended. */
    private synchronized void stop() {
        stopped = true;
        if (topology != null) {
            topology.close();
        }
        Path own = Path.of(System.getProperty("java.io.tmpdir"));
        WorkDirectory.delete(own);
        Path whole = own.getParent();
        if (whole != null && drill != null && !drill.isAlive()) {
            WorkDirectory.delete(whole); // it was killed, and can't do that itself
        }
    }

    private String handle(String... words) throws Exception {
        switch (words[0]) {
            case "open" -> {
                return open(TopologyKind.valueOf(words[1]), words[2], Integer.parseInt(words[3]), words[4]);
            }
            case "begin" -> topology().begin(words[1], Duration.ofMillis(Long.parseLong(words[2])));
            case "end" -> topology().end(words[1]);
            case "close" -> close();
            default -> throw new IllegalArgumentException("Unknown command " + words[0]);
        }
        return "";
    }

    private synchronized String open(TopologyKind kind, String uri, int nodes, String name) {
        if (stopped) {
            throw new IllegalStateException("stopped already");
        }
        Topology opened = kind.open(uri, nodes, name);
        topology = opened;
        List<String> answer = new ArrayList<>(List.of(opened.description()));
        for (int node = 0; node < nodes; node++) {
            answer.add(opened.address(node).encoded());
        }
        return String.join("\t", answer);
    }

    private synchronized void close() {
        topology().close();
        topology = null;
    }

    private synchronized Topology topology() {
        return Objects.requireNonNull(topology, "not open");
    }
}
