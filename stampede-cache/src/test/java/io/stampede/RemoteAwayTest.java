package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P10, P12, KNOWN-BUGS 39, 40: trouble of the store stays inside, and what was written meanwhile is told later. */
class RemoteAwayTest {

    private static final String KEY = "key";

    private final TestCluster cluster = new TestCluster();
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        cluster.close();
    }

    /** From trouble to the next beat. */
    private static final Duration RETRY = Duration.ofMillis(100);

    private String count(String key) {
        return key + runs.incrementAndGet();
    }

    /** Until the heartbeat has found the store again. */
    private void recover(TestCluster.Node... nodes) {
        cluster.server.failAll(false);
        cluster.time.pass(Duration.ofSeconds(3));
        for (TestCluster.Node node : nodes) {
            Threads.until(() -> assertThat(node.cache.isTroubled()).isFalse());
        }
    }

    @Test
    void noOperationShowsItsCallerAnException() {
        var a = cluster.node();
        cluster.server.failAll(true);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(a.cache.get(KEY, this::count)).isEqualTo("key1");
        assertThat(a.cache.get(KEY, this::count)).isEqualTo("key1");
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("key1");
        assertThat(Threads.value(a.cache.getAsync(KEY, key -> CompletableFuture.completedFuture("never"))))
                .isEqualTo("key1");
        assertThat(Threads.value(a.cache.refresh(KEY))).isEqualTo("value");
        assertThat(a.cache.put(KEY, "put")).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("put");
        assertThat(a.cache.expire(KEY)).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        a.cache.put(KEY, "put");
        assertThat(a.cache.invalidate(KEY)).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        a.cache.put(KEY, "put");
        assertThat(a.cache.clear()).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
    }

    @Test
    void aCacheThatIsBuiltWhileTheStoreIsAwayWorksAndHeals() {
        cluster.server.failAll(true);
        var a = cluster.node();
        assertThat(a.cache.get(KEY, this::count)).isEqualTo("key1");
        assertThat(a.cache.put("other", "put")).isEqualTo(WriteResult.QUEUED);
        recover(a);
        assertThat(a.cache.put(KEY, "new")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(cluster.remote(KEY)).isEqualTo("new");
    }

    @Test
    void eachNodeLoadsOnceForItself() {
        var a = cluster.node();
        var b = cluster.node();
        cluster.server.failAll(true);
        for (int i = 0; i < 3; i++) {
            assertThat(a.cache.get(KEY, this::count)).isEqualTo("key1");
        }
        for (int i = 0; i < 3; i++) {
            assertThat(b.cache.get(KEY, this::count)).isEqualTo("key2");
        }
        assertThat(runs).hasValue(2);
    }

    /** KNOWN-BUGS 39: what fails after a good load is the publish, and the load is not run again for it. */
    @Test
    void aFailedPublishCostsNoSecondLoad() {
        var a = cluster.node();
        Hold inLoader = new Hold();
        var call = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return count(key);
        }));
        inLoader.awaitReached();
        cluster.server.failAll(true);
        inLoader.release();
        assertThat(call.value()).isEqualTo("key1");
        cluster.passUntil(
                Duration.ofMillis(30), () -> assertThat(a.cache.busyKeys()).isEmpty());
        assertThat(a.cache.get(KEY, this::count)).isEqualTo("key1");
        assertThat(runs).hasValue(1);
    }

    @Test
    void aPublishThatFailsOnceIsTriedAgain() {
        var a = cluster.node();
        Hold inLoader = new Hold();
        var call = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return count(key);
        }));
        inLoader.awaitReached();
        cluster.server.failAll(true);
        inLoader.release();
        call.value();
        Threads.until(() -> assertThat(cluster.server.count("publish")).isOne());
        cluster.server.failAll(false);
        cluster.passUntil(
                Duration.ofMillis(30), () -> assertThat(a.cache.busyKeys()).isEmpty());
        assertThat(cluster.remote(KEY)).isEqualTo("key1");
        assertThat(a.local(KEY)).isEqualTo("key1");
    }

    /** What was in L1 when the store went away is served; that no message was missed is proven when it is back. */
    @Test
    void whatL1HoldsIsServedMeanwhileAndBeyondDoubtAfterwardsIfNothingWasMissed() {
        var a = cluster.node();
        a.cache.get(KEY, this::count);
        a.awaitRest();
        cluster.server.failAll(true);
        a.cache.getIfPresent("anything"); // notices
        assertThat(a.cache.getResult(KEY, this::count).source()).isEqualTo(Source.L1);
        cluster.time.pass(TestCluster.SUSPECT_AFTER);
        assertThat(a.cache.getResult(KEY, this::count).source()).isEqualTo(Source.SUSPECT);
        recover(a);
        long gets = cluster.server.count("get");
        assertThat(a.cache.getResult(KEY, this::count).source()).isEqualTo(Source.L1);
        assertThat(cluster.server.count("get")).isEqualTo(gets);
        assertThat(runs).hasValue(1);
    }

    /** If the bus was away as well, it is confirmed by version instead of loaded anew. */
    @Test
    void whatL1HoldsIsServedMeanwhileAndConfirmedAfterwards() {
        var a = cluster.node();
        a.cache.get(KEY, this::count);
        a.awaitRest();
        cluster.server.failAll(true);
        cluster.server.disconnectBus();
        a.cache.getIfPresent("anything"); // notices
        assertThat(a.cache.getResult(KEY, this::count).source()).isEqualTo(Source.SUSPECT);
        cluster.server.reconnectBus();
        recover(a);
        assertThat(a.local(KEY)).as("beyond doubt").isNull();
        long claims = cluster.server.count("claim");
        assertThat(a.cache.get(KEY, this::count)).isEqualTo("key1");
        assertThat(cluster.server.count("claim")).isEqualTo(claims);
        assertThat(a.local(KEY)).isEqualTo("key1");
        assertThat(runs).hasValue(1);
    }

    @Test
    void whatAnotherNodeChangedMeanwhileIsNoticed() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put(KEY, "old");
        a.wire.cut();
        assertThat(a.cache.getIfPresent("anything")).isNull();
        assertThat(b.cache.put(KEY, "new")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("old"); // suspect, inside its ttl
        a.wire.mend();
        recover(a);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("new");
    }

    @Test
    void writesAreReplayedBeforeTheStoreIsTrustedAgain() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put("put", "old");
        a.cache.put("invalidated", "old");
        a.cache.put("expired", "old");
        b.cache.getIfPresent("put");
        b.cache.getIfPresent("invalidated");
        b.cache.getIfPresent("expired");
        a.wire.cut();
        assertThat(a.cache.put("put", "new")).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.invalidate("invalidated")).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.expire("expired")).isEqualTo(WriteResult.QUEUED);
        a.wire.mend();
        // Not yet replayed: this node does not read them from L2.
        assertThat(a.cache.get("put", this::count)).isEqualTo("new");
        assertThat(a.cache.getIfPresent("invalidated")).isNull();
        assertThat(a.cache.get("expired", this::count)).isEqualTo("expired1");
        recover(a);
        for (String key : new String[] {"put", "invalidated", "expired"}) {
            assertThat(b.local(key)).as("L1 of the other node for %s", key).isNull();
            assertThat(cluster.remote(key)).as("L2 for %s", key).isNotEqualTo("old");
        }
    }

    /** KNOWN-BUGS 6: that a load fails does not make an invalidation forgotten. */
    @Test
    void aFailedLoadDoesNotBringBackWhatWasInvalidated() {
        var a = cluster.node();
        var b = cluster.node();
        b.cache.put(KEY, "old");
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("old");
        a.wire.cut();
        assertThat(a.cache.invalidate(KEY)).isEqualTo(WriteResult.QUEUED);
        a.wire.mend();
        for (int i = 0; i < 3; i++) {
            var call = a.cache.getAsync(KEY, key -> CompletableFuture.failedFuture(new IllegalStateException("down")));
            assertThat(Threads.failure(call)).hasMessage("down");
            assertThat(a.cache.getIfPresent(KEY)).isNull();
        }
        recover(a);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
    }

    /** Interleaving 11: what is replayed is that a key changed, never a value. */
    @Test
    void aReplayNeverOverwritesWhatCameLater() {
        var a = cluster.node();
        var b = cluster.node();
        a.wire.cut();
        a.cache.put(KEY, "older");
        b.cache.put(KEY, "newer");
        a.wire.mend();
        recover(a);
        assertThat(cluster.remote(KEY)).isNotEqualTo("older");
        assertThat(a.cache.get(KEY, key -> "loaded")).isEqualTo("loaded");
        assertThat(b.cache.get(KEY, key -> "never")).isEqualTo("loaded");
    }

    @Test
    void aClearIsReplayed() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put(KEY, "old");
        b.cache.getIfPresent(KEY);
        a.wire.cut();
        assertThat(a.cache.clear()).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        a.wire.mend();
        assertThat(a.cache.getIfPresent(KEY)).as("before the replay").isNull();
        recover(a);
        assertThat(b.local(KEY)).isNull();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(a.cache.put(KEY, "new")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("new");
    }

    @Test
    void tooManyKeysToRememberBecomeAClear() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put("bystander", "old");
        a.cache.put("key0", "old");
        assertThat(b.cache.getIfPresent("key0")).isEqualTo("old");
        a.wire.cut();
        for (int i = 0; i <= 10_000; i++) {
            a.cache.invalidate("key" + i);
        }
        assertThat(a.cache.getIfPresent("bystander")).isNull();
        a.wire.mend();
        recover(a);
        assertThat(cluster.server.count("clear")).isOne();
        assertThat(cluster.server.count("invalidate")).isZero();
        assertThat(b.cache.getIfPresent("key0")).isNull();
        assertThat(b.cache.getIfPresent("bystander")).isNull();
    }

    /** A write that fails while the store is being found again is told soon, not only at the next regular beat. */
    @Test
    void whatIsQueuedDuringTheRecoveryIsNotForgotten() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put("late", "old");
        b.cache.getIfPresent("late");
        a.wire.cut();
        a.cache.invalidate("early");
        a.wire.mend();
        Wire.Held replay = a.wire.holdReply("invalidate");
        cluster.time.pass(Duration.ofMillis(150));
        replay.awaitReached();
        a.wire.cut();
        assertThat(a.cache.invalidate("late")).isEqualTo(WriteResult.QUEUED);
        a.wire.mend();
        replay.release();
        cluster.time.pass(Duration.ofSeconds(3));
        assertThat(b.local("late")).isNull();
        assertThat(cluster.remote("late")).isNull();
    }

    /** It had begun before the store was found again, so that its failure says nothing about the store. */
    @Test
    void aWriteThatIsQueuedAfterTheRecoveryIsToldSoon() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put(KEY, "old");
        b.cache.getIfPresent(KEY);
        a.wire.holdRequest("invalidate"); // never let go
        var write = cluster.threads.start(() -> a.cache.invalidate(KEY));
        write.awaitWaiting();
        cluster.time.pass(Duration.ofMillis(1));
        cluster.server.failAll(true);
        a.cache.getIfPresent("anything"); // notices
        cluster.server.failAll(false);
        cluster.time.pass(Duration.ofMillis(200));
        assertThat(a.cache.isTroubled()).isFalse();
        cluster.time.pass(TestCluster.TIMEOUT.minusMillis(201));
        assertThat(write.value()).isEqualTo(WriteResult.QUEUED);
        Threads.until(() -> assertThat(a.cache.isTroubled()).isTrue());
        cluster.time.pass(Duration.ofMillis(200));
        assertThat(b.local(KEY)).isNull();
        assertThat(a.cache.isTroubled()).isFalse();
    }

    /** P10: all commands of one call together, waiting for the first contact included. */
    @Test
    void aCallSpendsNoMoreThanTheTimeoutOnTheStore() {
        Wire wire = new Wire(cluster.server);
        Wire.Held contact = wire.holdReply("generation");
        Wire.Held get = wire.holdReply("get");
        wire.holdReply("claim"); // never let go
        var a = cluster.node(wire);
        var call = cluster.threads.start(() -> a.cache.get(KEY, this::count));
        call.awaitWaiting();
        cluster.time.pass(Duration.ofMillis(200));
        contact.release();
        get.awaitReached();
        cluster.time.pass(Duration.ofMillis(200));
        get.release();
        Threads.until(() -> assertThat(cluster.server.count("claim")).isOne());
        call.awaitWaiting();
        assertThat(call.isDone()).isFalse();
        cluster.time.pass(Duration.ofMillis(101));
        assertThat(call.value()).isEqualTo("key1");
    }

    @Test
    void aStoreThatHangsCostsOneTimeout() {
        var a = cluster.node();
        a.wire.holdReply("get"); // never let go
        var call = cluster.threads.start(() -> a.cache.get(KEY, this::count));
        Threads.until(() -> assertThat(cluster.server.count("get")).isOne());
        call.awaitWaiting();
        cluster.time.pass(TestCluster.TIMEOUT.minusMillis(1));
        assertThat(runs).hasValue(0);
        cluster.time.pass(Duration.ofMillis(2));
        assertThat(call.value()).isEqualTo("key1");
        assertThat(cluster.server.count("claim")).isZero();
    }

    /** P10: an operation and then the heartbeat without an answer are enough; from then on nobody waits for it any more. */
    @Test
    void aStoreThatHangsIsLeftAloneOnceTheHeartbeatGetsNoAnswerEither() {
        var a = cluster.node();
        cluster.time.pass(Duration.ofSeconds(1)); // since the last beat
        a.wire.holdReply("get"); // never let go
        a.wire.holdReply("generation");
        long beats = cluster.server.count("generation");
        var call = cluster.threads.start(() -> a.cache.get(KEY, this::count));
        Threads.until(() -> assertThat(cluster.server.count("get")).isOne());
        call.awaitWaiting();
        cluster.time.pass(TestCluster.TIMEOUT);
        assertThat(call.value()).isEqualTo("key1");
        cluster.time.pass(RETRY);
        Threads.until(() -> assertThat(cluster.server.count("generation")).isEqualTo(beats + 1));
        cluster.time.pass(TestCluster.TIMEOUT);
        assertThat(a.cache.get("other", this::count)).isEqualTo("other2");
        assertThat(cluster.server.count("get")).isOne();
        recover(a);
        assertThat(a.cache.getIfPresent("third")).isNull();
        assertThat(cluster.server.count("get")).isEqualTo(2);
    }

    /** One answer that is late says little: an answer that comes now says more. */
    @Test
    void aStoreThatAnswersTheHeartbeatIsAskedOn() {
        var a = cluster.node();
        cluster.time.pass(Duration.ofSeconds(1));
        a.wire.holdReply("get"); // never let go
        var call = cluster.threads.start(() -> a.cache.get(KEY, this::count));
        Threads.until(() -> assertThat(cluster.server.count("get")).isOne());
        call.awaitWaiting();
        cluster.time.pass(TestCluster.TIMEOUT);
        assertThat(call.value()).isEqualTo("key1");
        cluster.time.pass(RETRY);
        Threads.until(() -> assertThat(a.cache.isTroubled()).isFalse());
        assertThat(a.cache.getIfPresent("other")).isNull();
        assertThat(cluster.server.count("get")).isEqualTo(2);
    }
}
