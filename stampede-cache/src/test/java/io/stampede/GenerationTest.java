package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.BusMessage;
import io.stampede.spi.Token;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P5, P16, KNOWN-BUGS 45: a clear is one command, after which the entries from before it are refused everywhere. */
class GenerationTest {

    private static final String KEY = "key";
    private static final Duration BEAT = Duration.ofSeconds(11);
    private static final Duration LATE = TestCluster.TIMEOUT.plusMillis(1);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aClearCostsOneCommandHoweverManyEntriesThereAre() {
        for (int i = 0; i < 200; i++) {
            a.cache.put("key" + i, "value");
        }
        long before = cluster.server.count("invalidate") + cluster.server.count("generation");
        assertThat(a.cache.clear()).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(cluster.server.count("clear")).isOne();
        assertThat(cluster.server.count("invalidate") + cluster.server.count("generation"))
                .isEqualTo(before);
        assertThat(cluster.server.rawEntry(TestCluster.NAME, "key7")).isNotNull(); // left to its ttl
        for (int i = 0; i < 200; i++) {
            assertThat(a.cache.getIfPresent("key" + i)).isNull();
            assertThat(b.cache.getIfPresent("key" + i)).isNull();
        }
    }

    @Test
    void aNodeThatHasNotHeardOfTheClearFindsItInWhatItReads() {
        b.wire.holdMessages();
        a.cache.put(KEY, "old");
        a.cache.clear();
        a.cache.put(KEY, "new");
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("new");
        b.wire.releaseMessages();
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("new");
    }

    /** A node that has not heard of the clear finds nothing in the source: what it has seen is of before. */
    @Test
    void whoKnowsOfTheClearDoesNotTakeANullOfBefore() {
        Hold inLoader = new Hold();
        a.wire.holdMessages();
        var before = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return null;
        }));
        inLoader.awaitReached();
        b.cache.clear();
        var after = cluster.threads.start(() -> b.cache.get(KEY, key -> "new"));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        after.awaitWaiting();
        inLoader.release();
        assertThat(before.value()).isNull();
        assertThat(after.value()).isEqualTo("new");
        a.wire.releaseMessages();
    }

    @Test
    void aNodeThatHasMissedTheClearFollowsWithItsNextBeat() {
        a.cache.put(KEY, "old");
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("old");
        cluster.server.dropMessages(true);
        a.cache.clear();
        cluster.server.dropMessages(false);
        cluster.time.pass(BEAT);
        assertThat(b.cache.getIfPresent(KEY)).isNull();
    }

    @Test
    void whatANodeWritesUnderAnOldGenerationIsRefusedByTheOthers() {
        b.wire.holdMessages();
        a.cache.clear();
        b.cache.put(KEY, "under the old one");
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        b.wire.releaseMessages();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
        assertThat(b.cache.get(KEY)).isEqualTo("value");
        b.awaitRest();
        assertThat(a.cache.get(KEY, key -> "never")).isEqualTo("value");
    }

    @Test
    void aLostGenerationIsReplacedByOneNeverUsed() {
        a.cache.put(KEY, "old");
        a.cache.clear();
        var before = cluster.server.generationOf(TestCluster.NAME);
        cluster.server.loseGeneration(TestCluster.NAME);
        cluster.time.pass(BEAT);
        var after = cluster.server.generationOf(TestCluster.NAME);
        assertThat(after).isNotNull().isNotEqualTo(before);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
        assertThat(a.cache.put(KEY, "new")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("new");
    }

    @Test
    void twoClearsThatOverlapLeaveAllInTheSameGeneration() {
        Wire.Held first = a.wire.holdReply("clear");
        var clear = cluster.threads.start(() -> a.cache.clear());
        first.awaitReached();
        assertThat(b.cache.clear()).isEqualTo(WriteResult.EVERYWHERE);
        b.cache.put(KEY, "new");
        first.release();
        assertThat(clear.value()).isEqualTo(WriteResult.EVERYWHERE);
        long asked = cluster.server.count("generation");
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("new");
        assertThat(cluster.server.count("generation")).isEqualTo(asked);
    }

    /** The echo of the first of two clears comes when the second has returned, and before its echo. */
    @Test
    void aLateEchoDoesNotBringAnOlderGenerationBack() {
        a.wire.holdMessages();
        a.cache.clear();
        var first = cluster.server.generationOf(TestCluster.NAME);
        long micros = cluster.time.serverMicros();
        b.cache.put(KEY, "before the second clear");
        b.wire.holdMessages();
        cluster.time.pass(Duration.ofMillis(1));
        a.cache.clear();
        b.cache.put(KEY, "under the first generation");
        a.cache
                .flights()
                .generations()
                .heard(new BusMessage(
                        BusMessage.Kind.CLEARED, Token.NONE, micros, Token.NONE, 1, first, "", null, TestCluster.NAME));
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        a.wire.releaseMessages();
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        b.wire.releaseMessages();
    }

    /** A clear whose reply was lost must not bring its generation back after a later clear. */
    @Test
    void aClearThatIsReplayedDoesNotUndoALaterOne() {
        Wire.Held reply = a.wire.holdReply("clear");
        var clear = cluster.threads.start(() -> a.cache.clear());
        reply.awaitReached();
        clear.awaitWaiting();
        b.cache.put(KEY, "after the first clear");
        b.cache.clear();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
        cluster.time.pass(LATE); // A gives up, and will clear again
        assertThat(clear.value()).isEqualTo(WriteResult.QUEUED);
        cluster.time.pass(BEAT);
        assertThat(b.cache.getIfPresent(KEY)).isNull();
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(cluster.remote(KEY)).isNull();
        assertThat(b.cache.put(KEY, "new")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("new");
    }

    /** A key that was invalidated while the queued clear was already on its way is told as well. */
    @Test
    void anInvalidationBehindAQueuedClearIsNotLost() {
        a.wire.cut();
        a.cache.clear();
        a.wire.mend();
        Wire.Held replay = a.wire.holdReply("clear");
        cluster.time.pass(Duration.ofMillis(150));
        replay.awaitReached();
        b.cache.put(KEY, "old");
        a.wire.cut();
        assertThat(a.cache.invalidate(KEY)).isEqualTo(WriteResult.QUEUED);
        a.wire.mend();
        replay.release();
        cluster.time.pass(BEAT);
        assertThat(cluster.remote(KEY)).isNull();
        assertThat(b.local(KEY)).isNull();
    }

    @Test
    void theGenerationOutlivesEveryEntry() {
        var longLived = cluster.node(options -> options.ttl(Duration.ofDays(2)));
        longLived.cache.put(KEY, "value");
        a.cache.close();
        b.cache.close();
        longLived.machine.stop(true);
        var before = cluster.server.generationOf(TestCluster.NAME);
        cluster.time.pass(Duration.ofDays(2).minusSeconds(1));
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNotNull();
        assertThat(cluster.server.generationOf(TestCluster.NAME)).isEqualTo(before);
        cluster.time.pass(Duration.ofDays(10));
        assertThat(cluster.server.generationOf(TestCluster.NAME)).isNull(); // P16: it expires all the same
    }

    @Test
    void cachesOfOtherNamesAreNotTouched() {
        var other = StampedeCache.<String, String>builder("others")
                .ttl(TestCluster.TTL)
                .environment(a.machine)
                .remote(new Wire(cluster.server), Codec.strings())
                .build();
        try (other) {
            other.put(KEY, "kept");
            a.cache.put(KEY, "cleared");
            a.cache.clear();
            a.cache.invalidate(KEY);
            assertThat(other.getIfPresent(KEY)).isEqualTo("kept");
        }
    }
}
