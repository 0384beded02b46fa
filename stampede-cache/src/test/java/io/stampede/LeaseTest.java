package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P2, P5, KNOWN-BUGS 3, 4, 26, 27, 28, 30, interleavings 4, 8, 14: the lease and what becomes of those who lose it. */
class LeaseTest {

    private static final String KEY = "key";
    private static final Duration LEASE = TestCluster.LEASE;

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();
    private final Hold inLoader = new Hold();

    @AfterEach
    void close() {
        cluster.close();
    }

    private Threads.Call<String> slowLoadOn(TestCluster.Node node, String value) {
        var call = cluster.threads.start(() -> node.cache.get(KEY, key -> {
            inLoader.arriveInterruptibly();
            return value;
        }));
        inLoader.awaitReached();
        return call;
    }

    /** KNOWN-BUGS 30 */
    @Test
    void aLeaseLivesAsLongAsItsLoad() {
        var load = slowLoadOn(a, "slow");
        var lease = cluster.server.leaseOf(TestCluster.NAME, KEY);
        var waiter = cluster.threads.start(() -> b.cache.get(KEY));
        waiter.awaitWaiting();
        for (int i = 0; i < 20; i++) {
            cluster.time.pass(LEASE.dividedBy(4));
            assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isEqualTo(lease);
        }
        inLoader.release();
        assertThat(load.value()).isEqualTo("slow");
        assertThat(waiter.value()).isEqualTo("slow");
        a.awaitRest();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        long renewals = cluster.server.count("renew");
        cluster.time.pass(LEASE.multipliedBy(3));
        assertThat(cluster.server.count("renew")).isEqualTo(renewals); // KNOWN-BUGS 46
    }

    @Test
    void aRenewalThatFailsOnceIsTriedAgain() {
        var load = slowLoadOn(a, "slow");
        a.wire.cut();
        cluster.time.pass(LEASE.dividedBy(2));
        a.wire.mend();
        cluster.time.pass(LEASE.multipliedBy(2));
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNotNull();
        inLoader.release();
        load.value();
        a.awaitRest();
        assertThat(cluster.remote(KEY)).isEqualTo("slow");
    }

    /** Interleaving 8: a store that was restarted empty counts as a loss. */
    @Test
    void aLoadWhoseLeaseIsLostStoresNothing() {
        var load = slowLoadOn(a, "late");
        cluster.server.loseLease(TestCluster.NAME, KEY);
        cluster.time.pass(LEASE.dividedBy(2));
        assertThat(a.cache.busyKeys()).containsExactly(KEY); // it still runs
        assertThat(a.cache.get(KEY, key -> "current")).isEqualTo("current"); // but is no longer current
        inLoader.release();
        assertThat(load.value()).isEqualTo("late");
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("current");
        assertThat(cluster.remote(KEY)).isEqualTo("current");
    }

    /** Which of the two L2 saw first can't be told, so the load is not current; but its lease stands, and must end. */
    @Test
    void aWriteOfTheMomentOfTheGrantLeavesNoLeaseBehind() {
        a.wire.holdMessages();
        b.cache.invalidate(KEY);
        var load = slowLoadOn(a, "value");
        a.wire.releaseMessages();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        assertThat(b.cache.get(KEY, key -> "other")).isEqualTo("other");
        b.awaitRest();
        inLoader.release();
        assertThat(load.value()).isEqualTo("value");
        a.awaitRest();
        assertThat(cluster.remote(KEY)).isEqualTo("other");
    }

    @Test
    void aLeaseLostUnnoticedIsNoticedByThePublish() {
        var load = slowLoadOn(a, "late");
        cluster.server.loseLease(TestCluster.NAME, KEY);
        inLoader.release();
        assertThat(load.value()).isEqualTo("late");
        a.awaitRest();
        assertThat(a.local(KEY)).isNull();
        assertThat(cluster.remote(KEY)).isNull();
    }

    /** KNOWN-BUGS 4, acceptance 7: a node stands still past its lease while another invalidates and loads anew. */
    @Test
    void aNodeThatStoodStillStoresNothing() {
        var load = slowLoadOn(a, "late");
        var waiter = cluster.threads.start(() -> a.cache.get(KEY));
        waiter.awaitWaiting();
        a.machine.stop(true);
        a.wire.holdMessages();
        cluster.time.pass(LEASE.plusMillis(1));
        b.cache.invalidate(KEY);
        assertThat(b.cache.get(KEY, key -> "newer")).isEqualTo("newer");
        b.awaitRest();
        // It goes on: its value first, then the messages, then its timers.
        inLoader.release();
        assertThat(load.value()).isEqualTo("late");
        assertThat(waiter.value()).isEqualTo("late");
        a.awaitRest();
        assertThat(a.local(KEY)).isNull();
        a.wire.releaseMessages();
        a.machine.stop(false);
        cluster.time.pass(Duration.ofMillis(1));
        assertThat(a.local(KEY)).isNull();
        assertThat(cluster.remote(KEY)).isEqualTo("newer");
        assertThat(a.cache.get(KEY)).isEqualTo("newer");
    }

    /** KNOWN-BUGS 4 without the invalidation: the lease alone keeps the late value out. */
    @Test
    void aNodeThatStoodStillDoesNotOverwriteALaterLoad() {
        var load = slowLoadOn(a, "late");
        a.machine.stop(true);
        cluster.time.pass(LEASE.plusMillis(1));
        assertThat(b.cache.get(KEY, key -> "newer")).isEqualTo("newer");
        b.awaitRest();
        inLoader.release();
        assertThat(load.value()).isEqualTo("late");
        a.awaitRest();
        assertThat(a.local(KEY)).isNull();
        assertThat(cluster.remote(KEY)).isEqualTo("newer");
    }

    /** KNOWN-BUGS 27, acceptance 7 */
    @Test
    void whenTheHolderDiesAnotherLoadsWithinTheLeaseTtl() {
        slowLoadOn(a, "never");
        var waiter = cluster.threads.start(() -> b.cache.get(KEY));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiter.awaitWaiting();
        a.machine.stop(true); // for good
        a.wire.cut();
        cluster.time.pass(LEASE.minusMillis(1));
        assertThat(waiter.isDone()).isFalse();
        cluster.time.pass(Duration.ofMillis(3));
        assertThat(waiter.value()).isEqualTo("value");
        assertThat(cluster.loads).hasValue(1);
    }

    /** P2: as above when only the push was lost; it costs one claim. */
    @Test
    void aLostPushCostsOneClaimAfterTheLeaseTtl() {
        var load = slowLoadOn(a, "value of A");
        var waiter = cluster.threads.start(() -> b.cache.get(KEY));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiter.awaitWaiting();
        cluster.server.dropMessages(true);
        inLoader.release();
        load.value();
        a.awaitRest();
        cluster.server.dropMessages(false);
        assertThat(waiter.isDone()).isFalse();
        cluster.time.pass(LEASE.plusMillis(2));
        assertThat(waiter.value()).isEqualTo("value of A");
        assertThat(cluster.server.count("claim")).isEqualTo(3);
        assertThat(cluster.loads).hasValue(0);
    }

    /** Interleaving 4: the holder publishes between the answer Held and its arrival. */
    @Test
    void aPushThatComesBeforeTheReplyIsNotMissed() {
        var load = slowLoadOn(a, "value of A");
        Wire.Held claim = b.wire.holdReply("claim");
        var waiter = cluster.threads.start(() -> b.cache.get(KEY));
        claim.awaitReached();
        inLoader.release();
        load.value();
        a.awaitRest();
        claim.release();
        assertThat(waiter.value()).isEqualTo("value of A");
        assertThat(cluster.loads).hasValue(0);
    }

    /** The same for an outcome without a value. */
    @Test
    void aReleaseThatComesBeforeTheReplyIsNotMissed() {
        var load = slowLoadOn(a, null);
        Wire.Held claim = b.wire.holdReply("claim");
        var waiter = cluster.threads.start(() -> b.cache.get(KEY));
        claim.awaitReached();
        inLoader.release();
        load.value();
        a.awaitRest();
        claim.release();
        assertThat(waiter.value()).isNull();
        assertThat(cluster.loads).hasValue(0);
    }

    /** Nor if another lease has come and gone by then, whose message is the last one. */
    @Test
    void norIsItIfAnotherLeaseHasEndedSince() {
        var load = slowLoadOn(a, null);
        Wire.Held claim = b.wire.holdReply("claim");
        var waiter = cluster.threads.start(() -> b.cache.get(KEY));
        claim.awaitReached();
        inLoader.release();
        load.value();
        a.awaitRest();
        var c = cluster.node();
        assertThat(c.cache.get(KEY, key -> null)).isNull();
        c.awaitRest();
        claim.release();
        assertThat(waiter.value()).isEqualTo(cluster.source);
        assertThat(cluster.loads).hasValue(1);
    }

    /** KNOWN-BUGS 26: a load that ends late gives back its own lease, not the one that came after it. */
    @Test
    void aLateLoadDoesNotReleaseAnothersLease() {
        RuntimeException failure = new IllegalStateException("late");
        var late = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arriveInterruptibly();
            throw failure;
        }));
        inLoader.awaitReached();
        a.machine.stop(true);
        cluster.time.pass(LEASE.plusMillis(1));
        Hold inOther = new Hold();
        var other = cluster.threads.start(() -> b.cache.get(KEY, key -> {
            inOther.arriveInterruptibly();
            return "newer";
        }));
        inOther.awaitReached();
        var lease = cluster.server.leaseOf(TestCluster.NAME, KEY);
        inLoader.release();
        assertThat(late.failure()).isSameAs(failure);
        a.awaitRest();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isEqualTo(lease);
        inOther.release();
        assertThat(other.value()).isEqualTo("newer");
        b.awaitRest();
        assertThat(cluster.remote(KEY)).isEqualTo("newer");
    }

    /** KNOWN-BUGS 3: each load has a right of its own, so a superseded one can't pass for the one that came after it. */
    @Test
    void aSupersededLoadDoesNotPassForTheCurrentOne() {
        var superseded = slowLoadOn(a, "superseded");
        cluster.time.pass(Duration.ofMillis(1));
        a.cache.invalidate(KEY);
        Hold inSecond = new Hold();
        var current = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inSecond.arriveInterruptibly();
            return "current";
        }));
        inSecond.awaitReached();
        var lease = cluster.server.leaseOf(TestCluster.NAME, KEY);
        inLoader.release();
        assertThat(superseded.value()).isEqualTo("superseded");
        assertThat(a.local(KEY)).isNull();
        assertThat(cluster.envelope(KEY)).isNull();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isEqualTo(lease);
        var later = cluster.threads.start(() -> a.cache.get(KEY));
        later.awaitWaiting();
        inSecond.release();
        assertThat(current.value()).isEqualTo("current");
        assertThat(later.value()).isEqualTo("current");
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("current");
        assertThat(cluster.remote(KEY)).isEqualTo("current");
        assertThat(cluster.loads).hasValue(0);
    }

    /** KNOWN-BUGS 28 */
    @Test
    void aLoaderThatThrowsBeforeItReturnsAFutureLeavesNoLease() {
        Threads.failure(a.cache.getAsync(KEY, key -> {
            throw new IllegalStateException("at once");
        }));
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        Threads.failure(a.cache.getAsync(
                KEY, key -> CompletableFuture.failedFuture(new IllegalStateException("in the future"))));
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
    }

    /** Interleaving 14: an expiry during a load revokes it, keeps the TTL in the store and leaves other L1s stale. */
    @Test
    void anExpiryRevokesTheLoadAndKeepsTheStoresTtl() {
        b.cache.put(KEY, "old");
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("old");
        long expiresAt = cluster.server.expiresAtMillis(TestCluster.NAME, KEY);
        cluster.time.pass(Duration.ofSeconds(1));
        b.cache.expire(KEY);
        assertThat(cluster.server.expiresAtMillis(TestCluster.NAME, KEY)).isEqualTo(expiresAt);
        assertThat(a.local(KEY)).isNull();
        var load = slowLoadOn(a, "loaded before the second expiry");
        cluster.time.pass(Duration.ofMillis(1));
        b.cache.expire(KEY);
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        inLoader.release();
        load.value();
        a.awaitRest();
        assertThat(a.local(KEY)).isNull();
        assertThat(cluster.remote(KEY)).isNull();
        assertThat(b.cache.get(KEY, key -> "new")).isEqualTo("new");
        assertThat(a.cache.get(KEY, key -> "never")).isEqualTo("new");
    }
}
