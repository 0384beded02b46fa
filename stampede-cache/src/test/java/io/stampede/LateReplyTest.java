package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Token;
import io.stampede.testing.InMemoryRemote;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests and replies that come too late: interleavings 1, 2 and 7, P6. */
class LateReplyTest {

    private static final String KEY = "key";
    private static final Duration LATE = TestCluster.TIMEOUT.plusMillis(1);

    /** Enough for L2 to be asked again after trouble, and shorter than a lease. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    /** Interleaving 1 */
    @Test
    void aLeaseThatWasGrantedTooLateIsGivenBack() {
        Wire.Held claim = a.wire.holdReply("claim");
        var call = cluster.threads.start(() -> a.cache.get(KEY));
        claim.awaitReached();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNotNull();
        call.awaitWaiting();
        cluster.time.pass(LATE);
        assertThat(call.value()).isEqualTo("value");
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNotNull();
        claim.release();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        assertThat(b.cache.get(KEY)).isEqualTo("value");
    }

    /** As above, when the request itself is what was late. */
    @Test
    void aClaimThatArrivesTooLateLeavesNoLease() {
        Wire.Held claim = a.wire.holdRequest("claim");
        var call = cluster.threads.start(() -> a.cache.get(KEY));
        claim.awaitReached();
        call.awaitWaiting();
        cluster.time.pass(LATE);
        call.value();
        claim.release();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
    }

    /** As above, when the answer never comes: the others do not wait for a lease that nobody uses. */
    @Test
    void aLeaseWhoseGrantIsLostIsGivenBackWhenL2Answers() {
        Wire.Held claim = a.wire.holdReply("claim");
        var call = cluster.threads.start(() -> a.cache.get(KEY));
        claim.awaitReached();
        claim.lose();
        assertThat(call.value()).isEqualTo("value");
        var waiting = cluster.threads.start(() -> b.cache.get(KEY));
        waiting.awaitWaiting();
        cluster.time.pass(SOON);
        assertThat(waiting.value()).isEqualTo("value");
    }

    @Test
    void aLeaseWhoseGrantIsLostAfterItsCallerHasGivenUpIsGivenBackWithTheNextBeat() {
        Wire.Held claim = a.wire.holdReply("claim");
        var call = cluster.threads.start(() -> a.cache.get(KEY));
        claim.awaitReached();
        call.awaitWaiting();
        cluster.time.pass(LATE);
        call.value();
        claim.lose();
        assertGivenBack(cluster.server, KEY);
    }

    @Test
    void aLooseLeaseIsGivenBackToAPartThatAnswersThoughAnotherDoesNot() {
        InMemoryRemote server = new InMemoryRemote(cluster.time::serverMicros, 2);
        Wire wire = new Wire(server);
        RemoteTier tier = server.tier(new RemoteNamespace(TestCluster.NAME, new Token(0, 1)));
        var node = cluster.node(wire);
        String key = Stream.iterate(0, i -> i + 1)
                .map(i -> KEY + i)
                .filter(each -> tier.part(each) == 1)
                .findFirst()
                .orElseThrow();
        Wire.Held claim = wire.holdReply("claim");
        var call = cluster.threads.start(() -> node.cache.get(key));
        claim.awaitReached();
        wire.holdRequest("generation"); // of the first part; never let go
        claim.lose();
        assertThat(call.value()).isEqualTo("value");
        assertGivenBack(server, key);
    }

    @Test
    void aLeaseThatCouldNotBeGivenBackIsGivenBackWhenL2Answers() {
        var call = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            a.wire.cut();
            throw new IllegalStateException("the source fails");
        }));
        assertThat(call.failure()).hasMessage("the source fails");
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNotNull();
        a.wire.mend();
        assertGivenBack(cluster.server, KEY);
    }

    @Test
    void aLeaseWhosePublishFailsIsGivenBackWhenL2Answers() {
        Wire.Held publish = a.wire.holdRequest("publish");
        var call = cluster.threads.start(() -> a.cache.get(KEY));
        publish.awaitReached();
        a.wire.cut();
        publish.lose();
        cluster.time.pass(Duration.ofMillis(90)); // the publish is tried again, and L2 not yet asked how it is
        assertThat(call.value()).isEqualTo("value");
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNotNull();
        a.wire.mend();
        assertGivenBack(cluster.server, KEY);
    }

    /** By a release, not by its ttl. */
    private void assertGivenBack(InMemoryRemote server, String key) {
        cluster.passUntil(SOON, () -> assertThat(server.count("release")).isPositive());
        assertThat(server.leaseOf(TestCluster.NAME, key)).isNull();
    }

    /** Interleaving 2 */
    @Test
    void aPutThatWasGivenUpIsNotCarriedOutLaterOverANewerOne() {
        Wire.Held old = a.wire.holdRequest("put");
        var call = cluster.threads.start(() -> a.cache.put(KEY, "older"));
        old.awaitReached();
        call.awaitWaiting();
        cluster.time.pass(LATE);
        assertThat(call.value()).isEqualTo(WriteResult.QUEUED);
        assertThat(b.cache.put(KEY, "newer")).isEqualTo(WriteResult.EVERYWHERE);
        old.release();
        assertThat(cluster.remote(KEY)).isEqualTo("newer");
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("newer");
    }

    /** As above, for a put that had to wait for the first contact: its time began when it was called. */
    @Test
    void aPutMayNotBeCarriedOutAfterItsCallerHasGivenUp() {
        Wire wire = new Wire(cluster.server);
        Wire.Held contact = wire.holdReply("generation");
        var c = cluster.node(wire);
        var call = cluster.threads.start(() -> c.cache.put(KEY, "value"));
        call.awaitWaiting();
        long givesUpAt = cluster.time.serverMicros() + TestCluster.TIMEOUT.toMillis() * 1_000;
        cluster.time.pass(Duration.ofMillis(400));
        wire.holdRequest("put"); // never let go
        contact.release();
        Threads.until(() -> assertThat(wire.putsNotAfter()).hasSize(1));
        assertThat(wire.putsNotAfter().get(0)).isLessThanOrEqualTo(givesUpAt);
        cluster.time.pass(LATE);
        assertThat(call.value()).isEqualTo(WriteResult.QUEUED);
    }

    @Test
    void aPutWhoseReplyIsLostCountsAsQueuedAndIsNotReadBack() {
        Wire.Held put = a.wire.holdReply("put");
        var call = cluster.threads.start(() -> a.cache.put(KEY, "value"));
        put.awaitReached();
        call.awaitWaiting();
        cluster.time.pass(LATE);
        assertThat(call.value()).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("value");
        put.release();
        cluster.time.pass(Duration.ofSeconds(3));
        assertThat(cluster.remote(KEY)).isNull(); // replayed as an invalidation
    }

    /** P6: an older value of L1 must not come back when one of two puts that overlap fails. */
    @Test
    void aPutThatFailedBehindANewerOneDoesNotBringBackWhatWasThereBefore() {
        assertThat(a.cache.put(KEY, "before")).isEqualTo(WriteResult.EVERYWHERE);
        Wire.Held firstPut = a.wire.holdReply("put");
        var first = cluster.threads.start(() -> a.cache.put(KEY, "first"));
        firstPut.awaitReached();
        first.awaitWaiting();
        cluster.time.pass(Duration.ofMillis(300));
        Wire.Held secondPut = a.wire.holdReply("put");
        var second = cluster.threads.start(() -> a.cache.put(KEY, "second"));
        secondPut.awaitReached();
        second.awaitWaiting();
        cluster.time.pass(Duration.ofMillis(201)); // the first gives up, and the next heartbeat is yet to come
        assertThat(first.value()).isEqualTo(WriteResult.QUEUED);
        assertThat(second.isDone()).isFalse();
        assertThat(a.cache.getIfPresent(KEY)).isNotEqualTo("before");
        secondPut.release();
        assertThat(second.value()).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(a.cache.getIfPresent(KEY)).isNotIn("before", "first");
    }

    /** Two puts of one node whose replies arrive the other way round: L1 may not keep the one that L2 does not. */
    @Test
    void twoPutsThatOverlapLeaveBothTiersOfOneMind() {
        Wire.Held first = a.wire.holdRequest("put");
        var one = cluster.threads.start(() -> a.cache.put(KEY, "first"));
        first.awaitReached();
        one.awaitWaiting();
        assertThat(a.cache.put(KEY, "second")).isEqualTo(WriteResult.EVERYWHERE);
        first.release(); // it is carried out last
        assertThat(one.value()).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(cluster.remote(KEY)).isEqualTo("first");
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("first");
    }

    @Test
    void aPutThatAnotherNodesWriteHasOvertakenDoesNotStayInL1() {
        Wire.Held put = a.wire.holdReply("put");
        var call = cluster.threads.start(() -> a.cache.put(KEY, "mine"));
        put.awaitReached();
        b.cache.put(KEY, "theirs");
        put.release();
        assertThat(call.value()).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("theirs");
    }

    /** A late answer to a read that its caller has given up changes nothing. */
    @Test
    void aReadThatWasGivenUpDoesNotFillL1Later() {
        b.cache.put(KEY, "old");
        Wire.Held get = a.wire.holdReply("get");
        var call = cluster.threads.start(() -> a.cache.get(KEY));
        get.awaitReached();
        call.awaitWaiting();
        cluster.time.pass(LATE);
        assertThat(call.value()).isEqualTo("value");
        b.cache.invalidate(KEY);
        get.release();
        a.awaitRest();
        assertThat(a.local(KEY)).isNull();
    }

    /** A publish whose reply is lost is sent again, and is its own when it finds itself. */
    @Test
    void aPublishThatWasCarriedOutTwiceIsOne() {
        Hold inLoader = new Hold();
        var call = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        Wire.Held publish = a.wire.holdReply("publish");
        inLoader.release();
        call.value();
        publish.awaitReached();
        cluster.passUntil(
                Duration.ofMillis(100), () -> assertThat(a.cache.busyKeys()).isEmpty());
        assertThat(cluster.server.count("publish")).isEqualTo(2);
        publish.release();
        assertThat(cluster.remote(KEY)).isEqualTo("value");
        assertThat(a.cache.get(KEY, key -> "never")).isEqualTo("value");
    }
}
