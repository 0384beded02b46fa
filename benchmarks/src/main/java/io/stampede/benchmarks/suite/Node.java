package io.stampede.benchmarks.suite;

import io.stampede.benchmarks.contender.Contender;
import io.stampede.benchmarks.contender.ContenderKind;
import io.stampede.benchmarks.contender.Setup;
import io.stampede.benchmarks.contender.Source;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A contender and, if its nodes share one, a Redis of its own. One at a time in a JVM. */
final class Node implements AutoCloseable {

    static final int LOCAL_SIZE = 10_000;

    private static final long MAIN_THREAD = 1;
    private static final Duration TTL = Duration.ofMinutes(10);

    /** For the profiler, which JMH makes by itself. */
    private static volatile @Nullable RedisServer current;

    private final @Nullable RedisServer server;
    private final Setup setup;
    private final ContenderKind kind;
    private final Source source;
    private final Contender cache;

    private Node(ContenderKind kind, int localSize, Source source) {
        this.kind = kind;
        this.source = source;
        this.server = kind.isShared() ? RedisServer.startEmbedded() : null;
        this.setup = new Setup(server == null ? "" : server.uri(), TTL, TTL, localSize);
        this.cache = kind.create(setup, source);
    }

    /** With room for 10,000 entries. */
    static Node of(ContenderKind kind, Source source) {
        return of(kind, LOCAL_SIZE, source);
    }

    static Node of(ContenderKind kind, int localSize, Source source) {
        Node node = new Node(kind, localSize, source);
        current = node.server;
        return node;
    }

    /** Every read goes to Redis. */
    static Node withoutLocal(ContenderKind kind, Source source) {
        return of(kind, 0, source);
    }

    /**
     * Closes it when the JVM's main thread has ended. A tear-down would be counted as part of the last iteration, and
     * closing takes some clients longer than all the calls that were measured.
     */
    Node closedAtTheEnd() {
        Thread main = Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getId() == MAIN_THREAD)
                .findFirst()
                .orElseThrow();
        new Thread(
                        () -> {
                            try {
                                main.join();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            close();
                        },
                        "node-closer")
                .start();
        return this;
    }

    Contender cache() {
        return cache;
    }

    /** Another node on the same Redis. */
    Contender other() {
        return kind.create(setup, source);
    }

    /** The Redis of the node that this JVM has, or null while there is none. */
    static @Nullable RedisServer redis() {
        return current;
    }

    @Override
    public void close() {
        current = null;
        cache.close();
        if (server != null) {
            server.close();
        }
    }
}
