package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P12: ten thousand invalidations while L2 is away, and none of them is undone when it is back. */
class OutboxReplayTest {

    private static final int KEYS = 10_000;

    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node(int room) {
        return cluster.node(options -> options.maxQueuedInvalidations(room).maximumSize(2 * KEYS));
    }

    /** Both nodes have all keys; then one of them, cut off, invalidates them. */
    private void invalidateWhileAway(TestCluster.Node a, TestCluster.Node b) {
        for (int i = 0; i < KEYS; i++) {
            b.cache.put("key" + i, "old");
            a.cache.getIfPresent("key" + i);
        }
        a.wire.cut();
        for (int i = 0; i < KEYS; i++) {
            assertThat(a.cache.invalidate("key" + i)).isEqualTo(WriteResult.QUEUED);
        }
        a.wire.mend();
        assertNoneIsUndone(List.of(a)); // nor read from L2 before the replay
        assertThat(b.local("key0")).as("not told yet").isEqualTo("old");
    }

    private static void assertNoneIsUndone(List<TestCluster.Node> nodes) {
        for (int i = 0; i < KEYS; i++) {
            for (TestCluster.Node node : nodes) {
                assertThat(node.cache.getIfPresent("key" + i)).isNull();
            }
        }
    }

    @Test
    void whereThereIsRoomEachIsReplayed() {
        var a = node(KEYS);
        var b = node(KEYS);
        b.cache.put("bystander", "value");
        invalidateWhileAway(a, b);
        cluster.time.pass(Duration.ofSeconds(3));
        assertThat(a.cache.isTroubled()).isFalse();
        assertThat(cluster.server.count("invalidate")).isEqualTo(KEYS);
        assertThat(cluster.server.count("clear")).isZero();
        assertThat(b.local("key0")).isNull();
        assertNoneIsUndone(List.of(a, b, cluster.node()));
        assertThat(b.local("bystander")).isEqualTo("value");
        assertThat(a.cache.getIfPresent("bystander")).isEqualTo("value");
    }

    @Test
    void whereThereIsNoneTheyBecomeOneClear() {
        var a = node(1_000);
        var b = node(1_000);
        invalidateWhileAway(a, b);
        cluster.time.pass(Duration.ofSeconds(3));
        assertThat(a.cache.isTroubled()).isFalse();
        assertThat(cluster.server.count("clear")).isOne();
        assertThat(cluster.server.count("invalidate")).isZero();
        assertThat(b.local("key0")).isNull();
        assertNoneIsUndone(List.of(a, b, cluster.node()));
        assertThat(a.cache.put("key0", "new")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(b.cache.getIfPresent("key0")).isEqualTo("new");
    }

    /** L2 goes away again in the middle of it: what it has not heard is not forgotten. */
    @Test
    void aReplayThatIsInterruptedGoesOnLater() {
        var a = node(KEYS);
        var b = node(KEYS);
        invalidateWhileAway(a, b);
        a.wire.holdReply("invalidate"); // never let go: so the rest has to wait for the next beat
        cluster.time.pass(Duration.ofMillis(150));
        assertThat(cluster.server.count("invalidate")).isBetween(1L, (long) KEYS - 1);
        assertThat(a.cache.isTroubled()).isTrue();
        assertNoneIsUndone(List.of(a));
        cluster.time.pass(Duration.ofSeconds(5));
        assertThat(a.cache.isTroubled()).isFalse();
        assertThat(cluster.server.count("invalidate")).isGreaterThanOrEqualTo(KEYS);
        assertNoneIsUndone(List.of(a, b, cluster.node()));
    }

    /** What is known of the store's time must not grow so old between two heartbeats that it refuses a put as too late. */
    @ParameterizedTest
    @ValueSource(longs = {5, 60, 3_600})
    void aLongQuietKeepsNoPutFromTheStore(long suspectAfterSeconds) {
        var a = cluster.node(options -> options.suspectAfter(Duration.ofSeconds(suspectAfterSeconds)));
        for (int i = 1; i < 10; i++) {
            cluster.time.pass(Duration.ofSeconds(suspectAfterSeconds * i / 10));
            assertThat(a.cache.put("key" + i, "value")).isEqualTo(WriteResult.EVERYWHERE);
        }
    }
}
