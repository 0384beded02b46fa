package io.stampede.benchmarks.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes' loaders read: a server in the drill's own process, so that loads are counted in one place, also those of
 * nodes that die. It knows the version of each key, and passes on to all nodes which writes have returned. Thread-safe.
 *
 * <p>A line asks, a line answers:
 *
 * <ul>
 *   <li>{@code load NODE KEY}: the version, or {@code failed}
 *   <li>{@code write KEY}: the next version
 *   <li>{@code returned NODE KEY VERSION RESULT MILLIS LOADS_NEEDED}: after a write of the cache
 *   <li>{@code news}: no answer, but from now on each {@code returned}, without this word
 * </ul>
 */
final class Source implements AutoCloseable {

    static final String FAILED = "failed";
    private static final Duration LOAD = Duration.ofMillis(20);
    private static final Duration SLOW_LOAD = LOAD.multipliedBy(10);

    private final ServerSocket listener;
    private final LoadLog log;
    private final Map<String, AtomicLong> versions = new ConcurrentHashMap<>();
    private final Set<PrintStream> audience = ConcurrentHashMap.newKeySet();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean failing;
    private volatile boolean slow;
    private volatile @Nullable Trap trap;

    /** Set for a load; the one that goes into it is held until it is opened. */
    static final class Trap {

        private final BiPredicate<Integer, String> which;
        private final CompletableFuture<String> caught = new CompletableFuture<>();
        private final CompletableFuture<Void> opened = new CompletableFuture<>();

        private Trap(BiPredicate<Integer, String> which) {
            this.which = which;
        }

        /** Completed by the key whose load is held. */
        CompletableFuture<String> caught() {
            return caught;
        }

        void open() {
            opened.complete(null);
        }
    }

    Source(LoadLog log) throws IOException {
        this.log = log;
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        start("source", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    void failing(boolean on) {
        failing = on;
    }

    void slow(boolean on) {
        slow = on;
    }

    /** @param which node and key of the load to be held, the first such one */
    Trap trap(BiPredicate<Integer, String> which) {
        Trap set = new Trap(which);
        trap = set;
        return set;
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                start("source connection", () -> serve(connection));
            }
        } catch (SocketException closed) {
            if (!listener.isClosed()) {
                throw new IllegalStateException("The source has ended", closed);
            }
        } catch (IOException e) {
            throw new IllegalStateException("The source has ended", e);
        }
    }

    /** Until the other end is gone, by itself or killed. */
    private void serve(Socket connection) {
        try (connection;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
                PrintStream out = new PrintStream(connection.getOutputStream(), true, StandardCharsets.UTF_8)) {
            connection.setTcpNoDelay(true);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                answer(line, out);
            }
            audience.remove(out);
        } catch (IOException gone) {
            connections.remove(connection);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.remove(connection);
    }

    private void answer(String line, PrintStream out) throws InterruptedException {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "load" -> out.println(load(Integer.parseInt(words[1]), words[2]));
            case "write" -> out.println(version(words[1]).incrementAndGet());
            case "returned" -> {
                log.needed(Integer.parseInt(words[6]));
                String news = line.substring(line.indexOf(' ') + 1);
                audience.forEach(node -> node.println(news));
                out.println();
            }
            case "news" -> audience.add(out);
            default -> throw new IllegalArgumentException(line);
        }
    }

    /** The version is read at the beginning: what is written meanwhile makes an old value of it. */
    private String load(int node, String key) throws InterruptedException {
        long version = version(key).get();
        log.begun(key);
        try {
            Trap set = trap;
            if (set != null && set.which.test(node, key) && set.caught.complete(key)) {
                set.opened.join();
            }
            boolean fails = failing;
            if (!fails) {
                Pauses.spend(slow ? SLOW_LOAD : LOAD);
            }
            return fails ? FAILED : Long.toString(version);
        } finally {
            log.ended(key);
        }
    }

    private AtomicLong version(String key) {
        return versions.computeIfAbsent(key, any -> new AtomicLong(1));
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("The source does not close", e);
        }
    }
}
