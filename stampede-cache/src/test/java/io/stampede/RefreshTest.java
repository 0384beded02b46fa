package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A refresh loads anew whatever the tiers hold, and supersedes what is under way: P1. */
class RefreshTest {

    private static final String KEY = "key";

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aRefreshReplacesTheValueEverywhere() {
        cluster.source = "old";
        a.cache.get(KEY);
        a.awaitRest();
        b.cache.get(KEY);
        cluster.source = "new";
        assertThat(Threads.value(a.cache.refresh(KEY))).isEqualTo("new");
        assertThat(a.local(KEY)).isEqualTo("new");
        assertThat(b.local(KEY)).isNull();
        assertThat(b.cache.get(KEY)).isEqualTo("new");
        assertThat(cluster.loads).hasValue(2);
    }

    @Test
    void readsAreServedWhileARefreshRuns() {
        cluster.source = "old";
        a.cache.get(KEY);
        a.awaitRest();
        Wire.Held claim = a.wire.holdReply("claim");
        cluster.source = "new";
        var refresh = a.cache.refresh(KEY);
        claim.awaitReached();
        assertThat(a.cache.get(KEY)).isEqualTo("old");
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("old");
        claim.release();
        assertThat(Threads.value(refresh)).isEqualTo("new");
    }

    @Test
    void aLoadThatWasUnderWayStoresNothing() {
        for (TestCluster.Node loading : List.of(a, b)) {
            Hold inLoader = new Hold();
            var load = cluster.threads.start(() -> loading.cache.get(KEY, key -> {
                inLoader.arriveInterruptibly();
                return "old";
            }));
            inLoader.awaitReached();
            cluster.source = "new";
            assertThat(Threads.value(a.cache.refresh(KEY))).isEqualTo("new");
            inLoader.release();
            assertThat(load.value()).isEqualTo("old");
            loading.awaitRest();
            assertThat(loading.local(KEY)).isNotEqualTo("old");
            assertThat(cluster.remote(KEY)).isEqualTo("new");
            a.cache.invalidate(KEY);
        }
    }

    @Test
    void aRefreshThatFindsNothingSaysSo() {
        cluster.source = null;
        assertThat(Threads.value(a.cache.refresh(KEY))).isNull();
    }

    /** Two refreshes whose claims are both on their way must not push each other out for ever. */
    @Test
    void refreshesThatMeetOnTheirWayToL2BothEnd() {
        Wire.Held claim = a.wire.holdReply("claim");
        var one = a.cache.refresh(KEY);
        claim.awaitReached();
        Wire.Held next = a.wire.holdReply("claim");
        var other = a.cache.refresh(KEY);
        // Each reply arrives while the next claim is under way, as on a network with a steady delay.
        for (int round = 0; round < 10; round++) {
            Wire.Held afterNext = a.wire.holdReply("claim");
            claim.release();
            letTheExecutorWork();
            claim = next;
            next = afterNext;
        }
        claim.release();
        next.release();
        assertThat(Threads.value(one)).isEqualTo("value");
        assertThat(Threads.value(other)).isEqualTo("value");
        assertThat(cluster.server.count("claim")).isLessThan(5);
    }

    /** Refreshes that come while two loads of the key are running wait for their turn, and do nothing else. */
    @Test
    void refreshesThatWaitForTheirTurnWaitInPeace() {
        var gate = new Hold();
        var cache = StampedeCache.<String, String>builder("slow")
                .ttl(TestCluster.TTL)
                .environment(a.machine)
                .remote(a.wire, Codec.strings())
                .build(key -> {
                    gate.arrive();
                    return "value";
                });
        try (cache) {
            List<CompletableFuture<String>> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.add(cache.refresh(KEY));
            }
            gate.awaitReached();
            letTheExecutorWork(); // each round of refreshes that supersede each other would cost a claim
            assertThat(cluster.server.count("claim")).isLessThan(15);
            gate.release();
            all.forEach(each -> assertThat(Threads.value(each)).isEqualTo("value"));
        }
    }

    /** A refresh that a put has answered before it began has nothing left to do, least of all with later flights. */
    @Test
    void aRefreshThatWasOvertakenBeforeItBeganLeavesLaterLoadsAlone() {
        Hold begin = a.machine.holdBeforeStep(MissFlight.class, "begin");
        var refresh = cluster.threads.start(() -> a.cache.refresh(KEY));
        begin.awaitReached();
        a.cache.put(KEY, "put");
        letTheExecutorWork(); // answers the refresh
        a.cache.invalidate(KEY);
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "loaded";
        }));
        inLoader.awaitReached();
        begin.release();
        assertThat(Threads.value(refresh.value())).isEqualTo("put");
        inLoader.release();
        assertThat(load.value()).isEqualTo("loaded");
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("loaded");
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
    }

    private void letTheExecutorWork() {
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Void> turn = new CompletableFuture<>();
            a.machine.executor().execute(() -> turn.complete(null));
            Threads.value(turn);
        }
    }
}
