package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P6, P7, KNOWN-BUGS 7, 11, interleavings 3 and 5: what nodes make of each other's messages, and of their absence. */
class BusTest {

    private static final String KEY = "key";

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    /** Interleaving 5 */
    @Test
    void theLateEchoOfAnOwnPutDoesNotEvictALaterValue() {
        a.wire.holdMessages();
        a.cache.put(KEY, "first");
        a.cache.put(KEY, "second");
        a.cache.invalidate("other");
        a.wire.releaseMessages();
        assertThat(a.local(KEY)).isEqualTo("second");
    }

    @Test
    void theLateEchoOfAnOwnInvalidationDoesNotEndALaterLoad() {
        a.wire.holdMessages();
        a.cache.invalidate(KEY);
        cluster.time.pass(Duration.ofMillis(1));
        a.cache.get(KEY);
        a.awaitRest();
        a.wire.releaseMessages();
        assertThat(a.local(KEY)).isEqualTo("value");
    }

    /** A message from before a load's claim says nothing against the load. */
    @Test
    void aMessageFromBeforeTheClaimDoesNotEndTheLoad() {
        Hold inLoader = new Hold();
        a.wire.holdMessages();
        b.cache.invalidate(KEY);
        cluster.time.pass(Duration.ofMillis(1));
        var load = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        a.wire.releaseMessages();
        inLoader.release();
        assertThat(load.value()).isEqualTo("value");
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("value");
        assertThat(cluster.remote(KEY)).isEqualTo("value");
    }

    /** The token tells when the server's clock can't: it was set back between the claim and the write. */
    @Test
    void aWriteEndsALoadThoughTheServersClockWasSetBack() {
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "old";
        }));
        inLoader.awaitReached();
        cluster.time.setServerClock(Duration.ofHours(-1));
        b.cache.invalidate(KEY);
        Hold publish = a.machine.holdBeforeStep(MissFlight.class, "land");
        assertThat(a.cache.get(KEY, key -> "new")).isEqualTo("new");
        publish.awaitReached();
        inLoader.release();
        assertThat(load.value()).isEqualTo("old");
        publish.release();
        a.awaitRest();
        assertThat(a.local(KEY)).isNotEqualTo("old");
        assertThat(cluster.remote(KEY)).isNotEqualTo("old");
    }

    /** Nor can the token tell, after the publish: but whoever has heard its own publish knows that this comes later. */
    @Test
    void aWriteAfterThePublishEndsTheFlightThoughTheServersClockWasSetBack() {
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "old";
        }));
        inLoader.awaitReached();
        cluster.time.setServerClock(Duration.ofHours(-1));
        Wire.Held published = a.wire.holdReply("publish");
        inLoader.release();
        published.awaitReached();
        b.cache.put(KEY, "new");
        CompletableFuture<String> read = a.cache.getAsync(KEY, key -> CompletableFuture.completedFuture("loaded"));
        published.release();
        assertThat(load.value()).isEqualTo("old");
        assertThat(Threads.value(read)).isEqualTo("new");
    }

    /** Interleaving 3 for a look without a loader. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void alookUnderWayDoesNotFillL1WithWhatWasChangedMeanwhile(boolean sameNode) {
        b.cache.put(KEY, "old");
        Wire.Held get = a.wire.holdReply("get");
        var look = cluster.threads.start(() -> a.cache.getIfPresent(KEY));
        get.awaitReached();
        (sameNode ? a : b).cache.invalidate(KEY);
        get.release();
        assertThat(look.value()).isIn("old", null);
        a.awaitRest();
        assertThat(a.local(KEY)).isNull();
        assertThat(a.cache.getIfPresent(KEY)).isNull();
    }

    /** KNOWN-BUGS 11: late messages may cost a second look, never an old value. */
    @Test
    void lateMessagesLeaveNobodyStale() {
        b.wire.holdMessages();
        a.cache.put(KEY, "one");
        a.cache.put(KEY, "two");
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("two");
        a.cache.put(KEY, "three");
        b.wire.releaseMessages();
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("three");
    }

    /** The message of the version that L1 holds already evicts nothing. */
    /** So it is after the server's clock was set, too: what this node believes its time to be is behind. */
    @Test
    void whoHearsOfAnExpiryTakesNothingThatEndedThenForFresh() {
        TestCluster.Node one = cluster.node();
        TestCluster.Node other = cluster.node();
        one.cache.put("k", "value");
        assertThat(other.cache.getIfPresent("k")).isEqualTo("value");
        cluster.server.setClockAhead(0, 60_000_000);
        one.cache.expire("k");
        assertThat(other.cache.getIfPresent("k")).isNull();
    }

    /** What is fresh is not loaded for that: who claims it is given it, and the time. */
    @Test
    void whoHearsOfAnExpiryAfterTheClockWasSetStillTakesWhatIsFresh() {
        TestCluster.Node one = cluster.node();
        TestCluster.Node other = cluster.node();
        one.cache.put("k", "value");
        one.cache.put("fresh", "value");
        assertThat(other.cache.getIfPresent("k")).isEqualTo("value");
        cluster.server.setClockAhead(0, 60_000_000);
        one.cache.expire("k");
        assertThat(other.cache.get("fresh", key -> "loaded")).isEqualTo("value");
    }

    @Test
    void aMessageOfWhatL1HoldsCostsNothing() {
        b.wire.holdMessages();
        a.cache.put(KEY, "value");
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("value");
        b.wire.releaseMessages();
        assertThat(b.local(KEY)).isEqualTo("value");
    }

    /** P7, KNOWN-BUGS 7 */
    @Test
    void afterTheBusWasLostEverythingIsConfirmedBeforeItIsServed() {
        a.cache.put("changed", "old");
        a.cache.put("same", "same");
        assertThat(b.cache.getIfPresent("changed")).isEqualTo("old");
        assertThat(b.cache.getIfPresent("same")).isEqualTo("same");
        cluster.server.disconnectBus();
        a.cache.put("changed", "new");
        cluster.server.reconnectBus();
        long gets = cluster.server.count("get");
        assertThat(b.cache.getIfPresent("changed")).isEqualTo("new");
        assertThat(b.cache.get("same", key -> "never")).isEqualTo("same");
        assertThat(cluster.server.count("get")).isEqualTo(gets + 2);
        assertThat(b.cache.get("same", key -> "never")).isEqualTo("same");
        assertThat(cluster.server.count("get")).isEqualTo(gets + 2);
    }

    @Test
    void afterAnUnknownMessageEverythingIsConfirmedToo() {
        a.cache.put(KEY, "old");
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("old");
        cluster.server.dropMessages(true);
        a.cache.put(KEY, "new");
        cluster.server.dropMessages(false);
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("old"); // nobody could know
        cluster.server.sendRaw(TestCluster.NAME, new byte[] {1, 2, 3});
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("new");
    }

    /** KNOWN-BUGS 9: two nodes that write keys differently notice it. */
    @Test
    void aMessageWithAKeyThatCantBeReadMakesEverythingSuspect() {
        var numbers = StampedeCache.<String, String>builder(TestCluster.NAME)
                .ttl(TestCluster.TTL)
                .environment(a.machine)
                .keyCodec(KeyCodec.of(key -> key, text -> Integer.toString(Integer.parseInt(text))))
                .remote(new Wire(cluster.server), Codec.strings())
                .build();
        try (numbers) {
            a.cache.put("1", "one");
            assertThat(numbers.getIfPresent("1")).isEqualTo("one");
            long gets = cluster.server.count("get");
            b.cache.invalidate("no number");
            assertThat(numbers.getIfPresent("1")).isEqualTo("one");
            assertThat(cluster.server.count("get")).isEqualTo(gets + 1);
        }
    }

    /** Those who wait for another node ask again when its push may have been lost. */
    @Test
    void afterTheBusWasLostThoseWhoWaitAskAgain() {
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arriveInterruptibly();
            return "value of A";
        }));
        inLoader.awaitReached();
        var waiter = cluster.threads.start(() -> b.cache.get(KEY));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiter.awaitWaiting();
        cluster.server.disconnectBus();
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(3));
        waiter.awaitWaiting();
        inLoader.release();
        load.value();
        a.awaitRest();
        cluster.server.reconnectBus();
        assertThat(waiter.value()).isEqualTo("value of A");
        assertThat(cluster.loads).hasValue(0);
    }

    /** P5 for a load that saw the bus go and come back: nobody who asks after that is given what it may have missed. */
    @Test
    void aLoadFromBeforeTheGapIsNotBeyondDoubt() {
        b.cache.put(KEY, "old");
        Wire.Held get = a.wire.holdReply("get");
        var read = cluster.threads.start(() -> a.cache.get(KEY));
        get.awaitReached();
        cluster.server.disconnectBus();
        b.cache.put(KEY, "new");
        cluster.server.reconnectBus();
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("new");
        get.release();
        assertThat(read.value()).isIn("old", "new");
        a.awaitRest();
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("new");
    }

    /** What it may have missed can make the difference between nothing and something. */
    @Test
    void norIsOneThatFindsNothing() {
        Hold inLoader = new Hold();
        var before = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return null;
        }));
        inLoader.awaitReached();
        cluster.server.disconnectBus();
        b.cache.put(KEY, "new");
        cluster.server.reconnectBus();
        var after = cluster.threads.start(() -> a.cache.get(KEY, key -> "never"));
        after.awaitWaiting();
        inLoader.release();
        assertThat(before.value()).isNull();
        assertThat(after.value()).isEqualTo("new");
    }

    /** KNOWN-BUGS 51 */
    @Test
    void aClosedCacheListensNoMore() {
        assertThat(cluster.server.subscriptions()).isEqualTo(2);
        b.cache.close();
        assertThat(cluster.server.subscriptions()).isEqualTo(1);
        b.cache.close();
        a.cache.close();
        assertThat(cluster.server.subscriptions()).isZero();
    }
}
