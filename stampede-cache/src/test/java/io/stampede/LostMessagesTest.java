package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * P7, interleaving 18, KNOWN-BUGS 7, 8, 11: messages are lost, one way or another, and no old value is called
 * fresh for longer than {@code suspectAfter}.
 */
class LostMessagesTest {

    private static final String KEY = "key";
    private static final Duration SUSPECT_AFTER = TestCluster.SUSPECT_AFTER;
    private static final Loader<String, String> NEVER = key -> {
        throw new AssertionError("The loader of " + key + " is not needed");
    };

    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node(Duration suspectAfter) {
        return cluster.node(options -> options.suspectAfter(suspectAfter).ttl(Duration.ofDays(1)));
    }

    /** A write of which no other node hears. */
    private void putUnheard(TestCluster.Node writer, String value) {
        cluster.server.dropMessages(true);
        assertThat(writer.cache.put(KEY, value)).isEqualTo(WriteResult.EVERYWHERE);
        cluster.server.dropMessages(false);
    }

    private static Source source(TestCluster.Node node, String key) {
        return node.cache.getResult(key, NEVER).source();
    }

    @Test
    void aLostMessageIsNoticedWhenTheNextOneComes() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put(KEY, "old");
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("old");
        putUnheard(a, "new");
        assertThat(b.local(KEY)).as("nobody can know").isEqualTo("old");
        a.cache.put("other", "value");
        assertThat(b.local(KEY)).isNull();
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("new");
    }

    /** P2: it does not hear how the load has ended, and knows that. */
    @Test
    void whoHasNoBusAsksForTheEndOfAnotherNodesLoad() {
        var a = cluster.node();
        var b = cluster.node();
        Hold inLoader = new Hold();
        var loading = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "loaded";
        }));
        inLoader.awaitReached();
        var waiting = cluster.threads.start(() -> b.cache.get(KEY, NEVER));
        waiting.awaitWaiting();
        b.wire.tellDown();
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(3));
        waiting.awaitWaiting();
        inLoader.release();
        assertThat(loading.value()).isEqualTo("loaded");
        Threads.until(() -> assertThat(cluster.remote(KEY)).isEqualTo("loaded"));
        cluster.time.pass(TestCluster.LEASE.dividedBy(10));
        assertThat(waiting.value()).isEqualTo("loaded");
    }

    /** Interleaving 18: there is no next message. Whenever between two heartbeats the write comes. */
    @ParameterizedTest
    @ValueSource(longs = {100, 1_000, 30_000, 3_600_000})
    void theLossOfTheLastMessageShowsInTimeThoughNoOtherComes(long suspectAfterMillis) {
        Duration suspectAfter = Duration.ofMillis(suspectAfterMillis);
        var a = node(suspectAfter);
        for (int phase = 0; phase < 12; phase++) {
            var b = node(suspectAfter);
            a.cache.put(KEY, "old");
            assertThat(b.cache.get(KEY, NEVER)).isEqualTo("old");
            cluster.time.pass(suspectAfter.multipliedBy(phase).dividedBy(12));
            putUnheard(a, "new");
            assertThat(source(b, KEY)).isEqualTo(Source.L1);
            cluster.time.pass(suspectAfter.minusNanos(1));
            cluster.time.pass(Duration.ofNanos(1));
            Result<String> read = b.cache.getResult(KEY, NEVER);
            assertThat(read.value()).as("%s after the write", suspectAfter).isEqualTo("new");
            b.cache.close();
        }
    }

    /** Nothing fails, but the answers to the heartbeat stay away as well. */
    @ParameterizedTest
    @ValueSource(longs = {100, 1_000, 30_000, 3_600_000})
    void whatIsNotProvenIsConfirmedExactlyAfterThatTime(long suspectAfterMillis) {
        Duration suspectAfter = Duration.ofMillis(suspectAfterMillis);
        var a = node(suspectAfter);
        var b = node(suspectAfter);
        a.cache.put(KEY, "old");
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("old");
        b.wire.holdMessages();
        b.machine.stop(true); // the last proof was when b was built, and time has not passed since
        a.cache.put(KEY, "new");
        cluster.time.pass(suspectAfter.minusNanos(1));
        assertThat(b.local(KEY)).as("still trusted").isEqualTo("old");
        cluster.time.pass(Duration.ofNanos(1));
        assertThat(b.local(KEY)).isNull();
        assertThat(b.cache.getResult(KEY, NEVER).value()).isEqualTo("new");
    }

    /** As by a firewall that drops all packets: neither the bus nor L2 says a word. */
    @ParameterizedTest
    @ValueSource(longs = {100, 1_000, 30_000, 3_600_000})
    void aNodeThatIsCutOffInSilenceCallsNothingFreshForLonger(long suspectAfterMillis) {
        Duration suspectAfter = Duration.ofMillis(suspectAfterMillis);
        var a = node(suspectAfter);
        var b = node(suspectAfter);
        a.cache.put(KEY, "old");
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("old");
        b.wire.cut();
        a.cache.put(KEY, "new");
        cluster.time.pass(suspectAfter.minusNanos(1));
        assertThat(source(b, KEY)).as("proven when it was built").isEqualTo(Source.L1);
        cluster.time.pass(Duration.ofNanos(1));
        assertThat(source(b, KEY)).isEqualTo(Source.SUSPECT);
        for (int i = 0; i < 10; i++) {
            cluster.time.pass(suspectAfter.dividedBy(2));
            assertThat(source(b, KEY)).isEqualTo(Source.SUSPECT);
        }
        b.wire.mend();
        cluster.time.pass(suspectAfter.plusSeconds(2));
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("new");
    }

    /** The first read after a pause comes before any timer of the node has fired. */
    @Test
    void aProcessThatWasPausedDoesNotGoOnAsBefore() {
        var a = cluster.node();
        var b = cluster.node();
        for (String key : List.of(KEY, "read", "looked at", "among others", "async")) {
            a.cache.put(key, "old");
            assertThat(b.cache.get(key, NEVER)).isEqualTo("old");
        }
        b.wire.holdMessages();
        b.machine.stop(true);
        for (String key : List.of(KEY, "read", "looked at", "among others", "async")) {
            a.cache.put(key, "new");
        }
        cluster.time.pass(SUSPECT_AFTER.plusSeconds(5));
        assertThat(b.cache.getResult(KEY, NEVER).value()).isEqualTo("new");
        assertThat(b.cache.get("read", NEVER)).isEqualTo("new");
        assertThat(b.cache.getIfPresent("looked at")).isEqualTo("new");
        assertThat(b.cache.getAll(List.of("among others"), keys -> Map.of())).containsValue("new");
        assertThat(Threads.value(b.cache.getAsync("async", key -> CompletableFuture.completedFuture("never"))))
                .isEqualTo("new");
        assertThat(cluster.loads).hasValue(0);
        b.machine.stop(false);
        b.wire.releaseMessages();
        cluster.time.pass(SUSPECT_AFTER);
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("new");
    }

    /** Also a read of the second kind: a value that was about to enter L1 when the pause began. */
    @Test
    void aReplyFromBeforeThePauseIsNotBeyondDoubtAfterIt() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put(KEY, "old");
        Wire.Held get = b.wire.holdReply("get");
        var read = cluster.threads.start(() -> b.cache.getIfPresent(KEY));
        get.awaitReached();
        b.wire.holdMessages();
        b.machine.stop(true);
        a.cache.put(KEY, "new");
        cluster.time.pass(SUSPECT_AFTER);
        get.release();
        assertThat(read.value()).isEqualTo("old");
        b.awaitRest();
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("new");
    }

    @Test
    void whileOnlyTheBusIsDownEachKeyIsConfirmedOnceInThatTime() {
        var a = cluster.node();
        var b = cluster.node();
        for (String key : List.of(KEY, "same")) {
            a.cache.put(key, "old");
            assertThat(b.cache.get(key, NEVER)).isEqualTo("old");
        }
        cluster.server.disconnectBus();
        for (int round = 0; round < 8; round++) {
            long gets = cluster.server.count("get");
            for (int i = 0; i < 6; i++) {
                b.cache.get(KEY, NEVER);
                b.cache.get("same", NEVER);
                cluster.time.pass(SUSPECT_AFTER.dividedBy(6));
            }
            assertThat(cluster.server.count("get") - gets).as("round %s", round).isEqualTo(2);
        }
        a.cache.put(KEY, "new");
        b.cache.get(KEY, NEVER);
        cluster.time.pass(SUSPECT_AFTER);
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("new");
        assertThat(b.cache.isTroubled()).as("L2 is well").isFalse();
    }

    /** KNOWN-BUGS 8: nothing can be confirmed yet, and that is not forgotten. */
    @Test
    void aBusThatIsBackBeforeTheStoreMakesNothingFresh() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put(KEY, "old");
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("old");
        b.wire.cut();
        a.cache.put(KEY, "new");
        b.wire.tellUp();
        assertThat(source(b, KEY)).isEqualTo(Source.SUSPECT);
        cluster.time.pass(Duration.ofSeconds(5));
        assertThat(source(b, KEY)).isEqualTo(Source.SUSPECT);
        b.wire.mend();
        cluster.time.pass(Duration.ofSeconds(2));
        Result<String> read = b.cache.getResult(KEY, NEVER);
        assertThat(read.value()).isEqualTo("new");
        assertThat(read.source()).isEqualTo(Source.L2);
    }

    /** What was lost between the bus and the first answer can't be counted: so nothing from before the answer counts. */
    @Test
    void whatWasReadBeforeTheNewCountBeganIsConfirmed() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put(KEY, "old");
        cluster.server.disconnectBus();
        Wire.Held count = b.wire.holdRequest("generation");
        cluster.server.reconnectBus();
        count.awaitReached();
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("old");
        putUnheard(a, "new");
        count.release();
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("new");
    }

    /** A cut-off never makes a node reload its L1, nor does the proof that there was nothing to miss. */
    @Test
    void whereNothingWasLostNothingIsConfirmedAgain() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put(KEY, "value");
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("value");
        long gets = cluster.server.count("get");
        for (int i = 0; i < 50; i++) {
            cluster.time.pass(SUSPECT_AFTER.dividedBy(5));
            a.cache.put("other" + i, "value");
            assertThat(source(b, KEY)).isEqualTo(Source.L1);
        }
        cluster.server.failAll(true);
        cluster.time.pass(SUSPECT_AFTER.dividedBy(2));
        assertThat(b.cache.isTroubled()).isTrue();
        assertThat(source(b, KEY)).isEqualTo(Source.L1);
        cluster.server.failAll(false);
        cluster.time.pass(SUSPECT_AFTER.dividedBy(2));
        assertThat(b.cache.isTroubled()).isFalse();
        assertThat(source(b, KEY)).isEqualTo(Source.L1);
        assertThat(cluster.server.count("get")).isEqualTo(gets);
    }

    /** KNOWN-BUGS 11 */
    @Test
    void messagesOutOfOrderLeaveNobodyStale() {
        var a = cluster.node();
        var b = cluster.node();
        a.cache.put(KEY, "one");
        b.cache.get(KEY, NEVER);
        b.wire.holdMessages();
        a.cache.put(KEY, "two");
        a.cache.put("other", "value");
        a.cache.put(KEY, "three");
        b.wire.releaseMessagesInReverse();
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("three");
        assertThat(cluster.loads).hasValue(0);
    }
}
