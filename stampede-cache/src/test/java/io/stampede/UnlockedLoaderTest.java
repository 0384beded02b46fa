package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * KNOWN-BUGS: loaders that run inside a map's {@code compute}: keys of one bin block each other, a loader that reads
 * another key fails or waits for itself, and a virtual thread is pinned.
 */
class UnlockedLoaderTest {

    /** Of one hash, and so of one bin. */
    private static final String KEY = "Aa";

    private static final String NEIGHBOUR = "BB";

    private final TestCluster cluster = new TestCluster();
    private final List<String> locks = new CopyOnWriteArrayList<>();
    private TestCluster.Node node;

    enum Way {
        BLOCKING,
        ASYNC,
        REFRESH,
        EARLY,
        REVALIDATING,
        DETACHED,
        BULK
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource
    void aLoaderHoldsNoLockAndMayReadANeighbour(Way way) {
        node = cluster.node(builder -> way == Way.DETACHED ? builder.hardTimeout(TestCluster.DEADLINE) : builder);
        assertThat(KEY).hasSameHashCodeAs(NEIGHBOUR);
        var read = cluster.threads.start(() -> read(way));
        assertThat(read.value()).isEqualTo("value of a neighbour");
        node.awaitRest();
        assertThat(locks).isEmpty();
        assertThat(node.cache.getIfPresent(NEIGHBOUR)).isEqualTo("neighbour");
    }

    private String read(Way way) {
        return switch (way) {
            case BLOCKING, DETACHED -> node.cache.get(KEY, this::load);
            case ASYNC -> Threads.value(node.cache.getAsync(KEY, this::loadAsync));
            case BULK ->
                node.cache
                        .getAll(List.of(KEY, "other"), keys -> Map.of(KEY, load(KEY)))
                        .get(KEY);
            case REFRESH -> Threads.value(cacheOfItsOwn(Duration.ZERO).refresh(KEY));
            case EARLY -> {
                var cache = cacheOfItsOwn(Duration.ZERO);
                cache.get(KEY, key -> {
                    cluster.time.pass(Duration.ofSeconds(1));
                    return "old";
                });
                cluster.time.pass(TestCluster.TTL.minusSeconds(5));
                yield afterwards(cache);
            }
            case REVALIDATING -> {
                var cache = cacheOfItsOwn(TestCluster.TTL);
                cache.put(KEY, "old");
                cluster.time.pass(TestCluster.TTL.plusSeconds(1));
                yield afterwards(cache);
            }
        };
    }

    private static String afterwards(LoadingStampedeCache<String, String> cache) {
        assertThat(cache.get(KEY)).isEqualTo("old");
        Threads.until(() -> assertThat(cache.getIfPresent(KEY)).isNotNull().isNotEqualTo("old"));
        return cache.getIfPresent(KEY);
    }

    /** Its loader reads the neighbour, in the node's cache. */
    private LoadingStampedeCache<String, String> cacheOfItsOwn(Duration staleWhileRevalidate) {
        return StampedeCache.<String, String>builder("own")
                .ttl(TestCluster.TTL)
                .jitter(0)
                .staleWhileRevalidate(staleWhileRevalidate)
                .environment(new EagerMachine(cluster.time.node(Duration.ZERO)))
                .build(this::load);
    }

    private String load(String key) {
        noteLocks();
        return "value of a "
                + node.cache.get(NEIGHBOUR, other -> {
                    noteLocks();
                    return "neighbour";
                });
    }

    private CompletableFuture<String> loadAsync(String key) {
        noteLocks();
        return node.cache
                .getAsync(NEIGHBOUR, other -> {
                    noteLocks();
                    return CompletableFuture.completedFuture("neighbour");
                })
                .thenApply(value -> "value of a " + value);
    }

    private void noteLocks() {
        List<String> found = new ArrayList<>();
        for (MonitorInfo monitor : ManagementFactory.getThreadMXBean()
                .getThreadInfo(new long[] {Thread.currentThread().getId()}, true, true)[0]
                .getLockedMonitors()) {
            found.add(monitor.toString());
        }
        StackWalker.getInstance().forEach(frame -> {
            if (frame.getClassName().startsWith(ConcurrentHashMap.class.getName())) {
                found.add(frame.toString());
            }
        });
        locks.addAll(found);
    }
}
