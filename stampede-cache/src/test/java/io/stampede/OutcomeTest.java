package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P2, P4, interleaving 6: nodes that wait for another's load are told how it ended, and nobody repeats it in turn. */
class OutcomeTest {

    private static final String KEY = "key";

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node loading = cluster.node();
    private final List<TestCluster.Node> others = List.of(cluster.node(), cluster.node(), cluster.node());
    private final Hold inLoader = new Hold();
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        cluster.close();
    }

    /** One node loads and three wait for it, two callers each. */
    private List<Threads.Call<String>> allWaitFor(Loader<String, String> loader) {
        cluster.threads.start(() -> loading.cache.get(KEY, key -> {
            runs.incrementAndGet();
            inLoader.arriveInterruptibly();
            return loader.load(key);
        }));
        inLoader.awaitReached();
        List<Threads.Call<String>> waiting = new ArrayList<>();
        for (TestCluster.Node other : others) {
            waiting.addAll(cluster.threads.start(2, () -> other.cache.get(KEY, this::elsewhere)));
        }
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(1 + others.size()));
        waiting.forEach(Threads.Call::awaitWaiting);
        return waiting;
    }

    private @Nullable String elsewhere(String key) {
        return "elsewhere" + runs.incrementAndGet();
    }

    @Test
    void aValueReachesAllOfThem() {
        var waiting = allWaitFor(key -> "value");
        inLoader.release();
        assertThat(waiting).allSatisfy(call -> assertThat(call.value()).isEqualTo("value"));
        assertThat(runs).hasValue(1);
    }

    @Test
    void nullReachesAllOfThem() {
        var waiting = allWaitFor(key -> null);
        inLoader.release();
        assertThat(waiting).allSatisfy(call -> assertThat(call.value()).isNull());
        assertThat(runs).hasValue(1);
    }

    @Test
    void aFailureReachesAllOfThemWithItsTypeAndTime() {
        var waiting = allWaitFor(key -> {
            throw new java.io.FileNotFoundException("only the loading node knows this text");
        });
        Instant now = Instant.ofEpochMilli(cluster.time.serverMillis());
        inLoader.release();
        assertThat(waiting)
                .allSatisfy(call -> assertThat(call.failure())
                        .isInstanceOfSatisfying(LoadFailedElsewhereException.class, failure -> {
                            assertThat(failure.getExceptionType()).isEqualTo("java.io.FileNotFoundException");
                            assertThat(failure.getFailedAt()).isEqualTo(now);
                            assertThat(failure).hasMessageContaining(KEY);
                        }));
        assertThat(runs).hasValue(1);
        assertThat(others.get(0).cache.get(KEY, this::elsewhere)).isEqualTo("elsewhere2"); // who asks anew loads
    }

    @Test
    void anAbandonedLoadIsTakenOverByOneOfThem() {
        cluster.threads.close();
        var leader = cluster.threads.start(() -> loading.cache.get(KEY, key -> {
            runs.incrementAndGet();
            inLoader.arriveInterruptibly();
            return "never";
        }));
        inLoader.awaitReached();
        List<Threads.Call<String>> waiting = new ArrayList<>();
        for (TestCluster.Node other : others) {
            waiting.add(cluster.threads.start(() -> other.cache.get(KEY, this::elsewhere)));
        }
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(4));
        waiting.forEach(Threads.Call::awaitWaiting);
        leader.thread().interrupt();
        assertThat(waiting).allSatisfy(call -> assertThat(call.value()).isEqualTo("elsewhere2"));
        assertThat(runs).hasValue(2);
    }

    /** P2, KNOWN-BUGS 28: a value that can't be encoded is loaded by each node for itself, at once and only once. */
    @Test
    void aValueThatCantBeStoredIsLoadedByEachNodeForItself() {
        var waiting = allWaitFor(key -> "\ud800 is no text");
        inLoader.release();
        assertThat(waiting).allSatisfy(call -> assertThat(call.value()).startsWith("elsewhere"));
        assertThat(runs).hasValue(1 + others.size());
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        assertThat(loading.cache.get(KEY, this::elsewhere)).isEqualTo("\ud800 is no text");
    }

    /** P5: what was loaded without a lease is confirmed once, and then served like anything else. */
    @Test
    void whatANodeLoadedForItselfItServesAgain() {
        var waiting = allWaitFor(key -> "\ud800 is no text");
        inLoader.release();
        waiting.forEach(Threads.Call::value);
        for (TestCluster.Node other : others) {
            other.awaitRest();
            other.cache.get(KEY, this::elsewhere);
            other.awaitRest();
        }
        int confirmed = runs.get();
        assertThat(confirmed).isLessThanOrEqualTo(2 + others.size());
        others.forEach(other -> other.cache.get(KEY, this::elsewhere));
        assertThat(runs).hasValue(confirmed);
    }

    /** A wait for another node's load ends with a put on one's own. */
    @Test
    void aPutOnAWaitingNodeEndsItsWait() {
        var waiting = allWaitFor(key -> "loaded");
        others.get(0).cache.put(KEY, "put");
        assertThat(waiting).allSatisfy(call -> assertThat(call.value()).isEqualTo("put"));
        inLoader.release();
        loading.awaitRest();
        assertThat(cluster.remote(KEY)).isEqualTo("put");
        assertThat(runs).hasValue(1);
    }

    @Test
    void anInvalidationMakesThemLoadAnew() {
        var waiting = allWaitFor(key -> "old");
        cluster.time.pass(java.time.Duration.ofMillis(1));
        loading.cache.invalidate(KEY);
        assertThat(waiting).allSatisfy(call -> assertThat(call.value()).isEqualTo("elsewhere2"));
        inLoader.release();
        loading.awaitRest();
        assertThat(cluster.remote(KEY)).isEqualTo("elsewhere2");
    }
}
