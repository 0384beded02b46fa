package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import io.stampede.Result.StaleReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A loader's value may be for those who wait for it, and for nobody later. */
class NotStoredTest {

    private static final String KEY = "key";
    private static final Duration TTL = TestCluster.TTL;

    private final TestCluster cluster = new TestCluster();
    private final EventLog log = new EventLog();
    private final AtomicInteger runs = new AtomicInteger();
    private final Hold inLoader = new Hold();

    private final Loader<String, String> notStored =
            answering(Loaded.of("not stored").ttl(Duration.ofHours(1)).notStored());

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node observed(UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        return cluster.node(builder -> options.apply(builder).listener(log.listener));
    }

    private Loader<String, String> answering(Loaded<String> loaded) {
        return Loader.withContext(context -> {
            runs.incrementAndGet();
            return loaded;
        });
    }

    private Loader<String, String> held(Loaded<String> loaded) {
        return Loader.withContext(context -> {
            runs.incrementAndGet();
            inLoader.arriveInterruptibly();
            return loaded;
        });
    }

    private void assertNothingKept(TestCluster.Node node) {
        node.awaitRest();
        assertThat(node.local(KEY)).isNull();
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        assertThat(cluster.server.count("publish")).isZero();
    }

    @Test
    void whoWaitsForTheLoadGetsItAndNoTierKeepsIt() {
        var a = observed(UnaryOperator.identity());
        var leader = cluster.threads.start(
                () -> a.cache.getResult(KEY, held(Loaded.of("not stored").notStored())));
        inLoader.awaitReached();
        var waiting = cluster.threads.start(3, () -> a.cache.getResult(KEY, notStored));
        waiting.forEach(Threads.Call::awaitWaiting);
        inLoader.release();
        assertThat(leader.value()).isEqualTo(new Result<>("not stored", Source.LOADED, null, Duration.ZERO));
        assertThat(waiting)
                .allSatisfy(call -> assertThat(call.value())
                        .isEqualTo(new Result<>("not stored", Source.WAITED, null, Duration.ZERO)));
        assertThat(runs).hasValue(1);
        assertNothingKept(a);
        assertThat(a.cache.get(KEY, notStored)).isEqualTo("not stored");
        assertThat(runs).hasValue(2);
    }

    /** It is no error, no failure and no odd value: nobody is warned and nothing backs off. */
    @Test
    void itIsALoadLikeAnyOtherToTheListener() {
        var a = observed(options -> options.backoff(Duration.ofSeconds(9), Duration.ofSeconds(9)));
        a.cache.get(KEY, notStored);
        a.cache.get(KEY, notStored);
        Threads.until(() -> assertThat(log.of("onLoad VALUE")).isEqualTo(2));
        assertThat(log.of("onNotStorable")).isZero();
        assertThat(log.of("onBackoff")).isZero();
        assertThat(log.of("onLoad FAILED")).isZero();
        assertThat(log.reads()).isEqualTo(Map.of("LOADED", 2));
    }

    /** Interleaving 6: they don't take turns, as they would if the load had just been given up. */
    @Test
    void nodesThatWaitLoadForThemselvesAtOnce() {
        var a = cluster.node();
        List<TestCluster.Node> others = List.of(cluster.node(), cluster.node(), cluster.node());
        var leader = cluster.threads.start(
                () -> a.cache.get(KEY, held(Loaded.of("not stored").notStored())));
        inLoader.awaitReached();
        Hold elsewhere = new Hold();
        AtomicInteger loading = new AtomicInteger();
        Loader<String, String> together = Loader.withContext(context -> {
            loading.incrementAndGet();
            elsewhere.arriveInterruptibly();
            return Loaded.of("elsewhere").notStored();
        });
        List<Threads.Call<String>> waiting = new ArrayList<>();
        for (TestCluster.Node other : others) {
            waiting.addAll(cluster.threads.start(2, () -> other.cache.get(KEY, together)));
        }
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(1 + others.size()));
        waiting.forEach(Threads.Call::awaitWaiting);
        inLoader.release();
        assertThat(leader.value()).isEqualTo("not stored");
        Threads.until(() -> assertThat(loading).hasValue(others.size()));
        elsewhere.release();
        assertThat(waiting).allSatisfy(call -> assertThat(call.value()).isEqualTo("elsewhere"));
        assertThat(loading).hasValue(others.size());
        others.forEach(this::assertNothingKept);
    }

    /** P5: it had no lease, and L2 could have held it: it is confirmed, and so takes the way of any other. */
    @Test
    void whatAWaitingNodeMayKeepIsSuspect() {
        var a = cluster.node();
        var b = cluster.node();
        cluster.threads.start(
                () -> a.cache.get(KEY, held(Loaded.of("not stored").notStored())));
        inLoader.awaitReached();
        var waiting = cluster.threads.start(() -> b.cache.get(KEY, answering(Loaded.of("kept"))));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiting.awaitWaiting();
        inLoader.release();
        assertThat(waiting.value()).isEqualTo("kept");
        b.awaitRest();
        assertThat(b.local(KEY)).isNull();
        assertThat(b.cache.get(KEY, answering(Loaded.of("stored")))).isEqualTo("stored");
        b.awaitRest();
        assertThat(b.local(KEY)).isEqualTo("stored");
        assertThat(cluster.remote(KEY)).isEqualTo("stored");
    }

    @Test
    void aStaleValueStaysStale() {
        var a = cluster.node(options -> options.staleOnError(TTL));
        a.cache.put(KEY, "old");
        byte[] before = cluster.server.rawEntry(TestCluster.NAME, KEY);
        cluster.time.pass(TTL.plusSeconds(1));
        assertThat(a.cache.get(KEY, notStored)).isEqualTo("not stored");
        a.awaitRest();
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isEqualTo(before);
        Result<String> result = a.cache.getResult(KEY, key -> {
            throw new IllegalStateException("down");
        });
        assertThat(result.value()).isEqualTo("old");
        assertThat(result.staleReason()).isEqualTo(StaleReason.LOAD_FAILED);
        cluster.time.pass(TTL);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
    }

    /** Whoever asked for it gets what the source has now; the life of the old value is as it was. */
    @Test
    void aRefreshLeavesAFreshValueTheLifeItHad() {
        var a = cluster.node();
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.minusSeconds(1));
        assertThat(a.cache.get(KEY, notStored, CallOptions.none().forceFresh())).isEqualTo("not stored");
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("old");
        cluster.time.pass(Duration.ofSeconds(1));
        assertThat(a.local(KEY)).isNull();
    }

    @Test
    void anEarlyRefreshLeavesTheValueTheLifeItHad() {
        var a = observed(
                options -> options.earlyRefresh(1).environment(new EagerMachine(cluster.time.node(Duration.ZERO))));
        a.cache.get(KEY, key -> {
            cluster.time.pass(Duration.ofSeconds(1));
            return "old";
        });
        a.awaitRest();
        cluster.time.pass(TTL.minusSeconds(5));
        assertThat(a.cache.get(KEY, notStored)).isEqualTo("old");
        Threads.until(() -> assertThat(runs).hasValue(1));
        a.awaitRest();
        assertThat(log.of("onEarlyRefresh")).isOne();
        assertThat(a.local(KEY)).isEqualTo("old");
        cluster.time.pass(Duration.ofSeconds(5));
        assertThat(a.local(KEY)).isNull();
    }

    @Test
    void anAsynchronousLoaderMaySayItToo() {
        var a = cluster.node();
        var call = a.cache.getAsync(
                KEY,
                AsyncLoader.<String, String>withContext(context -> CompletableFuture.completedFuture(
                        Loaded.of("not stored").notStored())));
        assertThat(Threads.value(call)).isEqualTo("not stored");
        assertNothingKept(a);
    }

    @Test
    void withoutARemoteTierToo() {
        try (var cache = StampedeCache.<String, String>builder("alone")
                .ttl(TTL)
                .environment(cluster.time.node(Duration.ZERO))
                .build()) {
            assertThat(cache.get(KEY, notStored)).isEqualTo("not stored");
            assertThat(cache.getIfPresent(KEY)).isNull();
        }
    }

    @Test
    void theOldValueMayBeRightAndNotBeStoredAgain() {
        var a = cluster.node(options -> options.staleOnError(TTL));
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
        assertThat(a.cache.get(KEY, answering(Loaded.<String>notModified().notStored())))
                .isEqualTo("old");
        a.awaitRest();
        assertThat(a.local(KEY)).isNull();
    }

    /** That there is none holds for all who wait, and against what was there before, as where nulls are not stored. */
    @Test
    void aNullThatIsNotStoredReachesAllWhoWait() {
        UnaryOperator<StampedeCacheBuilder<String, String>> options =
                builder -> builder.negativeTtl(TTL).staleOnError(TTL);
        var a = cluster.node(options);
        var b = cluster.node(options);
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
        var leader = cluster.threads.start(
                () -> a.cache.get(KEY, held(Loaded.<String>absent().notStored())));
        inLoader.awaitReached();
        var there = cluster.threads.start(() -> b.cache.getResult(KEY, notStored));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        there.awaitWaiting();
        inLoader.release();
        assertThat(leader.value()).isNull();
        assertThat(there.value()).isEqualTo(new Result<>(null, Source.WAITED, null, Duration.ZERO));
        assertThat(runs).hasValue(1);
        Threads.until(
                () -> assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull());
        assertNothingKept(a);
        assertThat(a.cache.get(KEY, key -> "loaded")).as("not remembered").isEqualTo("loaded");
    }

    @Test
    void aPutDuringTheLoadIsWhatTheTiersKeep() {
        var a = cluster.node();
        var leader = cluster.threads.start(
                () -> a.cache.get(KEY, held(Loaded.of("not stored").notStored())));
        inLoader.awaitReached();
        var waiting = cluster.threads.start(() -> a.cache.get(KEY, notStored));
        waiting.awaitWaiting();
        a.cache.put(KEY, "put");
        assertThat(waiting.value()).isEqualTo("put");
        inLoader.release();
        assertThat(leader.value()).isEqualTo("not stored");
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("put");
        assertThat(cluster.remote(KEY)).isEqualTo("put");
    }

    /** P6: what was read before an invalidation of any tag may be out of date for who asks after it. */
    @Test
    void whoJoinsInDoubtLoadsForItself() {
        var a = cluster.node();
        var leader = cluster.threads.start(
                () -> a.cache.get(KEY, held(Loaded.of("not stored").notStored())));
        inLoader.awaitReached();
        a.cache.invalidateByTag("tag");
        var doubtful = cluster.threads.start(() -> a.cache.get(KEY, answering(Loaded.of("newer"))));
        doubtful.awaitWaiting();
        inLoader.release();
        assertThat(leader.value()).isEqualTo("not stored");
        assertThat(doubtful.value()).isEqualTo("newer");
        a.awaitRest();
        assertThat(cluster.remote(KEY)).isEqualTo("newer");
    }

    @Test
    void theOtherPropertiesOfALoadedLeaveItAtThat() {
        var a = cluster.node();
        a.cache.get(KEY, answering(Loaded.of("not stored").notStored().ttl(TTL).tags("tag")));
        assertNothingKept(a);
    }
}
