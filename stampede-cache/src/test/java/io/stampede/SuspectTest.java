package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P6, P7: what a node that is cut off serves of its L1, for how long, and what never. */
class SuspectTest {

    private static final String KEY = "key";
    private static final Duration SUSPECT_AFTER = TestCluster.SUSPECT_AFTER;

    private final TestCluster cluster = new TestCluster();
    private final EventLog log = new EventLog();
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        cluster.close();
    }

    private String count(String key) {
        return key + runs.incrementAndGet();
    }

    private TestCluster.Node node(UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        return cluster.node(builder -> options.apply(builder.listener(log.listener)));
    }

    private TestCluster.Node node(@Nullable Duration cutOffTtl) {
        return node(options -> cutOffTtl == null ? options : options.cutOffTtl(cutOffTtl));
    }

    /** Cuts a node off, right after a proof that it has heard of everything; it notices at once. */
    private void cutOff(TestCluster.Node node) {
        node.wire.cut();
        node.cache.getIfPresent("anything");
        assertThat(node.cache.isTroubled()).isTrue();
    }

    private Source source(TestCluster.Node node) {
        return node.cache.getResult(KEY, this::count).source();
    }

    @Test
    void byDefaultItIsServedForTheRestOfItsTtl() {
        var a = node((Duration) null);
        a.cache.put(KEY, "value");
        cutOff(a);
        cluster.time.pass(SUSPECT_AFTER);
        assertThat(source(a)).isEqualTo(Source.SUSPECT);
        cluster.time.pass(TestCluster.TTL.minus(SUSPECT_AFTER).minusMillis(2));
        assertThat(source(a)).isEqualTo(Source.SUSPECT);
        assertThat(a.cache.getResult(KEY, this::count).age())
                .isBetween(TestCluster.TTL.minusMillis(3), TestCluster.TTL.minusMillis(1));
        cluster.time.pass(Duration.ofMillis(2));
        assertThat(source(a)).isEqualTo(Source.LOADED);
        assertThat(runs).hasValue(1);
    }

    /** Counted from the moment of which it is known that it was right, as there was the last proof. */
    @ParameterizedTest
    @ValueSource(longs = {30_001, 45_000, 120_000})
    void theOwnerMayBoundThat(long cutOffMillis) {
        Duration cutOffTtl = Duration.ofMillis(cutOffMillis);
        var a = node(cutOffTtl);
        a.cache.put(KEY, "value");
        cluster.time.pass(SUSPECT_AFTER.dividedBy(3)); // a heartbeat
        cutOff(a);
        cluster.time.pass(SUSPECT_AFTER);
        assertThat(source(a)).isEqualTo(Source.SUSPECT);
        cluster.time.pass(cutOffTtl.minus(SUSPECT_AFTER).minusNanos(1));
        assertThat(source(a)).isEqualTo(Source.SUSPECT);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("value");
        cluster.time.pass(Duration.ofNanos(1));
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(source(a)).isEqualTo(Source.LOADED);
        assertThat(source(a)).as("what was loaded meanwhile is of now").isEqualTo(Source.SUSPECT);
        cluster.time.pass(cutOffTtl);
        assertThat(source(a)).as("but not for longer either").isEqualTo(Source.LOADED);
        assertThat(runs).hasValue(2);
    }

    /** Trust is not touched by it: within {@code suspectAfter} there is no doubt. */
    @Test
    void zeroIsStrict() {
        var a = node(Duration.ZERO);
        a.cache.put(KEY, "value");
        cutOff(a);
        cluster.time.pass(SUSPECT_AFTER.minusNanos(1));
        assertThat(source(a)).isEqualTo(Source.L1);
        cluster.time.pass(Duration.ofNanos(1));
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        for (int i = 1; i <= 3; i++) {
            assertThat(source(a)).isEqualTo(Source.LOADED);
            assertThat(runs).hasValue(i);
        }
        a.wire.mend();
        cluster.time.pass(Duration.ofSeconds(3));
        Result<String> read = a.cache.getResult(KEY, this::count);
        assertThat(read.value()).isEqualTo("value");
        assertThat(read.source()).as("confirmed in L2").isEqualTo(Source.L2);
    }

    /** Whatever way it is read, it is one read, and a suspect one. */
    @Test
    void eachReadIsCountedOnce() {
        var a = node((Duration) null);
        a.cache.put(KEY, "value");
        a.cache.put("second", "value");
        cutOff(a);
        cluster.time.pass(SUSPECT_AFTER);
        Map<String, Integer> before = log.reads();
        assertThat(before).doesNotContainKey("SUSPECT");
        assertThat(a.cache.get(KEY, this::count)).isEqualTo("value");
        assertSuspectReads(1);
        assertThat(a.cache.getResult(KEY, this::count).value()).isEqualTo("value");
        assertSuspectReads(2);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("value");
        assertSuspectReads(3);
        assertThat(Threads.value(a.cache.getAsync(KEY, key -> CompletableFuture.completedFuture("never"))))
                .isEqualTo("value");
        assertSuspectReads(4);
        assertThat(a.cache.getAll(List.of(KEY, "second"), keys -> Map.of()))
                .isEqualTo(Map.of(KEY, "value", "second", "value"));
        assertSuspectReads(6);
        assertThat(a.cache.get(KEY)).isEqualTo("value");
        assertSuspectReads(7);
        assertThat(log.reads().get("ABSENT")).isEqualTo(before.get("ABSENT"));
        assertThat(runs).hasValue(0);
        assertThat(cluster.loads).hasValue(0);
    }

    private void assertSuspectReads(int count) {
        Threads.until(() -> assertThat(log.reads()).containsEntry("SUSPECT", count));
    }

    @Test
    void aCopierIsNotForgotten() {
        var a = node(options -> options.copyValues(value -> value + "'"));
        a.cache.put(KEY, "value");
        cutOff(a);
        cluster.time.pass(SUSPECT_AFTER);
        String once = a.cache.get(KEY, this::count);
        assertThat(a.cache.getResult(KEY, this::count).value()).isEqualTo(once);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo(once);
        assertThat(runs).hasValue(0);
    }

    @Test
    void whoWantsItFreshOrNotFromHereDoesNotGetIt() {
        var a = node((Duration) null);
        a.cache.put(KEY, "value");
        cutOff(a);
        cluster.time.pass(SUSPECT_AFTER);
        assertThat(a.cache.get(KEY, this::count, CallOptions.none().forceFresh()))
                .isEqualTo("key1");
    }

    // ---- never ----------------------------------------------------------------------------------------------------

    /** P6: what this node has changed itself is never undone by being away. */
    @Test
    void ownWritesAreSeenWhileAway() {
        var a = node((Duration) null);
        for (String key : List.of(KEY, "invalidated", "expired", "twice")) {
            a.cache.put(key, "old");
        }
        cutOff(a);
        cluster.time.pass(SUSPECT_AFTER);
        assertThat(a.cache.put(KEY, "new")).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.invalidate("invalidated")).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.expire("expired")).isEqualTo(WriteResult.QUEUED);
        a.cache.invalidate("twice");
        a.cache.put("twice", "new");
        for (int i = 0; i < 3; i++) {
            assertThat(a.cache.get(KEY, this::count)).isEqualTo("new");
            assertThat(source(a)).isEqualTo(Source.SUSPECT);
            assertThat(a.cache.getIfPresent("invalidated")).isNull();
            assertThat(a.cache.getIfPresent("expired")).isNull();
            assertThat(a.cache.getIfPresent("twice")).isEqualTo("new");
            cluster.time.pass(SUSPECT_AFTER);
        }
        assertThat(a.cache.clear()).isEqualTo(WriteResult.QUEUED);
        for (String key : List.of(KEY, "invalidated", "expired", "twice")) {
            assertThat(a.cache.getIfPresent(key)).isNull();
        }
        assertThat(a.cache.get(KEY, this::count)).isEqualTo("key1");
    }

    @Test
    void whatATagHasInvalidatedIsRefusedToo() {
        var a = node((Duration) null);
        a.cache.put(KEY, "tagged", CallOptions.none().tags("tag"));
        a.cache.put("other", "value", CallOptions.none().tags("another tag"));
        cutOff(a);
        cluster.time.pass(SUSPECT_AFTER);
        assertThat(source(a)).isEqualTo(Source.SUSPECT);
        assertThat(a.cache.invalidateByTag("tag")).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(a.cache.get(KEY, this::count)).isEqualTo("key1");
        assertThat(a.cache.getIfPresent("other")).isEqualTo("value");
    }

    /** The generation that was learned last counts, even if nothing but that has come through since. */
    @Test
    void norIsAnythingServedOfAnotherGeneration() {
        var a = node((Duration) null);
        var b = cluster.node();
        a.cache.put(KEY, "value");
        a.wire.holdMessages();
        b.cache.clear();
        cutOff(a);
        cluster.time.pass(SUSPECT_AFTER);
        assertThat(source(a)).as("nobody here knows").isEqualTo(Source.SUSPECT);
        LocalTier<String, String> local = a.cache.flights().local;
        Entry<String> old = Objects.requireNonNull(local.find(KEY));
        a.wire.releaseMessages(); // the cut loses what comes from now on, not what has come
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        local.change(KEY, slot -> {
            local.write(KEY, old); // one that was about to be written when the cache was cleared
            return LocalTier.NOTHING;
        });
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(a.cache.get(KEY, this::count)).isEqualTo("key1");
    }

    /** P7: as before the trouble, who can be served from here does not wait for somebody's slow refresh. */
    @Test
    void aRefreshUnderWayKeepsNobodyFromIt() {
        var a = node((Duration) null);
        a.cache.put(KEY, "value");
        cutOff(a);
        cluster.time.pass(SUSPECT_AFTER);
        Hold inLoader = new Hold();
        var refresh = cluster.threads.start(() -> a.cache.get(
                KEY,
                key -> {
                    inLoader.arrive();
                    return "new";
                },
                CallOptions.none().forceFresh()));
        inLoader.awaitReached();
        assertThat(source(a)).isEqualTo(Source.SUSPECT);
        assertThat(a.cache.get(KEY, this::count)).isEqualTo("value");
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("value");
        assertThat(a.cache.getAll(List.of(KEY), keys -> Map.of())).isEqualTo(Map.of(KEY, "value"));
        inLoader.release();
        assertThat(refresh.value()).isEqualTo("new");
        a.awaitRest();
        assertThat(a.cache.get(KEY, this::count)).isEqualTo("new");
        assertThat(runs).hasValue(0);
    }

    /** P7: what was suspect is confirmed, key after key as it is asked for, and nothing is loaded again. */
    @Test
    void aLongCutOffCostsNoLoads() {
        var a = node((Duration) null);
        for (int i = 0; i < 100; i++) {
            a.cache.put("key" + i, "value");
        }
        cutOff(a);
        cluster.time.pass(SUSPECT_AFTER.multipliedBy(5));
        for (int i = 0; i < 100; i++) {
            assertThat(a.cache.get("key" + i, this::count)).isEqualTo("value");
        }
        a.wire.mend();
        cluster.server.disconnectBus();
        cluster.server.reconnectBus();
        cluster.time.pass(Duration.ofSeconds(3));
        long gets = cluster.server.count("get");
        for (int i = 0; i < 100; i++) {
            assertThat(a.cache.getResult("key" + i, this::count).source()).isEqualTo(Source.L2);
        }
        assertThat(cluster.server.count("get")).isEqualTo(gets + 100);
        assertThat(runs).hasValue(0);
    }
}
