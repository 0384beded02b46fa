package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Interleaving 10: copies of L2 that are behind are read only where it can't be noticed. */
class NearbyTest {

    private static final String KEY = "key";
    private static final Duration LAG = Duration.ofSeconds(2);

    private final TestCluster cluster = new TestCluster();
    private TestCluster.Node a;
    private TestCluster.Node b;

    /** Copies that have the old value, on nodes that trust what they hear. */
    @BeforeEach
    void copiesThatAreBehind() {
        cluster.server.copyEntries(LAG.toNanos());
        a = cluster.node();
        b = cluster.node();
        a.cache.put(KEY, "old");
        cluster.server.copyEntries(LAG.toNanos());
        cluster.time.pass(LAG.plusMillis(1));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private long readNearby() {
        return cluster.server.count("getNearby");
    }

    @Test
    void whatNobodyHasWrittenOfLateIsReadThere() {
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("old");
        assertThat(readNearby()).isEqualTo(1);
        assertThat(cluster.server.count("get")).isZero();
    }

    @Test
    void notAKeyThatThisNodeHasWritten() {
        b.cache.invalidate(KEY);
        assertThat(b.cache.getIfPresent(KEY)).isNull();
        b.cache.expire(KEY);
        assertThat(b.cache.getIfPresent(KEY)).isNull();
        b.cache.put(KEY, "new");
        assertThat(b.cache.get(KEY, key -> "never")).isEqualTo("new");
        assertThat(readNearby()).isZero();
    }

    @Test
    void notAKeyOfWhoseChangeThisNodeHasHeard() {
        a.cache.invalidate(KEY);
        assertThat(b.cache.getIfPresent(KEY)).isNull();
        a.cache.put(KEY, "new");
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("new");
        assertThat(readNearby()).isZero();
    }

    @Test
    void notWhatAnotherNodeHasLoaded() {
        a.cache.invalidate(KEY);
        cluster.server.copyEntries(LAG.toNanos());
        cluster.time.pass(LAG.plusMillis(1));
        a.cache.get(KEY, key -> "loaded");
        a.awaitRest();
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("loaded");
    }

    @Test
    void itIsReadThereAgainOnceTheCopiesMustHaveFollowed() {
        a.cache.put(KEY, "new");
        cluster.server.copyEntries(LAG.toNanos());
        cluster.time.pass(LAG.plusMillis(1));
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("new");
        assertThat(readNearby()).isEqualTo(1);
    }

    /** P7: a message that was lost is of nobody knows which key. */
    @Test
    void notAfterMessagesWereMissed() {
        cluster.server.dropMessages(true);
        a.cache.put(KEY, "new");
        cluster.server.dropMessages(false);
        a.cache.invalidate("another");
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("new");
        assertThat(readNearby()).isZero();
    }

    @Test
    void notWithoutALivingBus() {
        cluster.server.disconnectBus();
        cluster.time.pass(TestCluster.SUSPECT_AFTER.plusSeconds(1));
        a.cache.put(KEY, "new");
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("new");
        assertThat(readNearby()).isZero();
    }

    /** What is suspect is confirmed where the truth is. */
    @Test
    void notWhatIsToBeConfirmed() {
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("old");
        cluster.server.dropMessages(true);
        a.cache.put(KEY, "new");
        cluster.server.dropMessages(false);
        cluster.server.disconnectBus();
        cluster.server.reconnectBus();
        cluster.time.pass(LAG.plusMillis(1));
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("new");
    }

    /** A clear and a tag's invalidation need no list of keys: the copies' entries carry what is over. */
    @Test
    void whatIsClearedIsRefusedInTheCopiesToo() {
        a.cache.clear();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
        b.cache.put("tagged", "old", CallOptions.none().tags("tag"));
        cluster.server.copyEntries(LAG.toNanos());
        cluster.time.pass(LAG.plusMillis(1));
        a.cache.invalidateByTag("tag");
        assertThat(a.cache.getIfPresent("tagged")).isNull();
        assertThat(b.cache.getIfPresent("tagged")).isNull();
    }
}
