package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.testing.InMemoryRemote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/** Several nodes of a cache of strings around one server in memory, on a clock that the test moves. */
final class TestCluster implements AutoCloseable {

    static final String NAME = "tests";
    static final Duration TTL = Duration.ofMinutes(10);
    static final Duration LEASE = Duration.ofSeconds(5);
    static final Duration TIMEOUT = Duration.ofMillis(500);
    static final Duration DEADLINE = Duration.ofSeconds(30);
    static final Duration SUSPECT_AFTER = Duration.ofSeconds(30);

    final ManualTime time = new ManualTime();
    final InMemoryRemote server = new InMemoryRemote(time::serverMicros);
    final Threads threads = new Threads();

    /** How often the caches' own loader has run, and what it returns. */
    final AtomicInteger loads = new AtomicInteger();

    volatile @Nullable String source = "value";

    private final List<Node> nodes = new ArrayList<>();

    /** One cache with its line to the server and its clock. */
    static final class Node {
        final LoadingClusterCache<String, String> cache;
        final Wire wire;
        final ManualTime.Node machine;

        private Node(LoadingClusterCache<String, String> cache, Wire wire, ManualTime.Node machine) {
            this.cache = cache;
            this.wire = wire;
            this.machine = machine;
        }

        /** What L1 alone would answer. */
        @Nullable
        String local(String key) {
            Entry<String> entry = cache.hit(key);
            return entry == null ? null : entry.value;
        }

        /** Until nothing goes on with any key. */
        void awaitRest() {
            Threads.until(() -> assertThat(cache.busyKeys()).isEmpty());
        }

        /** Until L2 has answered whatever it was asked. */
        void awaitAnswers() {
            RemoteGate gate = Objects.requireNonNull(cache.flights().remote).gate;
            Threads.until(() -> assertThat(gate.callsUnderWay()).isZero());
        }
    }

    Node node() {
        return node(Duration.ZERO, UnaryOperator.identity());
    }

    Node node(UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        return node(Duration.ZERO, options);
    }

    Node node(Duration clockOffset, UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        return node(clockOffset, new Wire(server), options);
    }

    Node node(Wire wire) {
        return node(Duration.ZERO, wire, UnaryOperator.identity());
    }

    private Node node(Duration clockOffset, Wire wire, UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        ManualTime.Node machine = time.node(clockOffset);
        StampedeCacheBuilder<String, String> builder = StampedeCache.<String, String>builder(NAME)
                .ttl(TTL)
                .leaseTtl(LEASE)
                .remoteTimeout(TIMEOUT)
                .loaderDeadline(DEADLINE)
                .suspectAfter(SUSPECT_AFTER)
                // What is up to chance, or remembers a failure, is for the tests that are about it.
                .jitter(0)
                .earlyRefresh(0)
                .backoff(Duration.ZERO, Duration.ZERO)
                .environment(machine)
                .remote(wire, Codec.strings());
        LoadingClusterCache<String, String> cache =
                (LoadingClusterCache<String, String>) options.apply(builder).build(key -> {
                    loads.incrementAndGet();
                    return source;
                });
        Node node = new Node(cache, wire, machine);
        nodes.add(node);
        return node;
    }

    /** What a node that has never seen anything finds in L2. */
    @Nullable
    String remote(String key) {
        Node fresh = node();
        try {
            return fresh.cache.getIfPresent(key);
        } finally {
            nodes.remove(fresh);
            fresh.cache.close();
        }
    }

    @Nullable
    Envelope envelope(String key) {
        byte[] bytes = server.rawEntry(NAME, key);
        return bytes == null ? null : Envelope.decode(bytes);
    }

    /** Lets time pass, step by step, for something that other threads take part in. */
    void passUntil(Duration step, ThrowingRunnable assertion) {
        Threads.until(() -> {
            time.pass(step);
            assertion.run();
        });
    }

    @Override
    public void close() {
        threads.close();
        nodes.forEach(node -> node.cache.close());
        time.close();
        assertThat(server.subscriberFailures()).isEmpty();
    }
}
