package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.Token;
import io.stampede.testing.InMemoryRemote;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * P12, KNOWN-BUGS 52, interleavings 9 and 11: another server takes over which has not heard of what its predecessor had
 * acknowledged.
 */
class FailoverTest {

    private static final String KEY = "key";
    private static final long MINUTE_MILLIS = 60_000;

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    /** The bytes that L2 has of the key now are there again when another server has taken over. */
    private void failOverWith(byte[] bytes) {
        cluster.server.putRaw(TestCluster.NAME, KEY, bytes, cluster.time.serverMillis() + MINUTE_MILLIS);
        cluster.server.becomeAnotherServer();
    }

    private byte[] bytes() {
        return cluster.server.rawEntry(TestCluster.NAME, KEY);
    }

    private void nextHeartbeats() {
        cluster.time.pass(TestCluster.SUSPECT_AFTER.dividedBy(3).plusSeconds(1));
    }

    @Test
    void anInvalidationThatTheNewServerHasNotHeardOfIsToldToIt() {
        b.cache.put(KEY, "old");
        byte[] old = bytes();
        assertThat(a.cache.invalidate(KEY)).isEqualTo(WriteResult.EVERYWHERE);
        failOverWith(old);
        assertThat(cluster.remote(KEY)).as("what the new server holds").isEqualTo("old");
        nextHeartbeats();
        assertThat(cluster.remote(KEY)).isNull();
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
    }

    /** P6: who has written it knows better than the new server, also before that is noticed. */
    @Test
    void whoHasInvalidatedItIsNotServedItByTheNewServer() {
        b.cache.put(KEY, "old");
        byte[] old = bytes();
        a.cache.invalidate(KEY);
        failOverWith(old);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(a.cache.get(KEY, key -> "new")).isEqualTo("new");
        nextHeartbeats();
        assertThat(cluster.remote(KEY)).isNotEqualTo("old");
    }

    @Test
    void aServerThatTakesOverWhileItIsAskedIsNotBelieved() {
        b.cache.put(KEY, "old");
        byte[] old = bytes();
        a.cache.invalidate(KEY);
        cluster.server.intercept(new InMemoryRemote.Interceptor() {
            @Override
            public void before(RemoteNamespace asker, String operation, String key) {
                if (operation.equals("get")) {
                    cluster.server.intercept(new InMemoryRemote.Interceptor() {});
                    failOverWith(old);
                }
            }
        });
        assertThat(a.cache.get(KEY, key -> "new")).isEqualTo("new");
    }

    @Test
    void norWhatHasATagThatItHasInvalidated() {
        b.cache.put(KEY, "old", CallOptions.none().tags("tag"));
        byte[] old = bytes();
        a.cache.invalidateByTag("tag");
        Token generation = Envelope.decode(old).tags().get("tag");
        cluster.server.restoreTag(TestCluster.NAME, "tag", generation, MINUTE_MILLIS);
        failOverWith(old);
        assertThat(a.cache.get(KEY, key -> "new")).isEqualTo("new");
    }

    @Test
    void norWhatItHasCleared() {
        b.cache.put(KEY, "old");
        byte[] old = bytes();
        Token generation = cluster.server.generationOf(TestCluster.NAME);
        a.cache.clear();
        cluster.server.restoreGeneration(TestCluster.NAME, generation, MINUTE_MILLIS);
        failOverWith(old);
        assertThat(a.cache.get(KEY, key -> "new")).isEqualTo("new");
    }

    /** A key that it has not written may be read from the new server at once. */
    @Test
    void whatNobodyHasWrittenOfLateIsReadAsBefore() {
        b.cache.put(KEY, "value");
        a.cache.invalidate("other");
        cluster.server.becomeAnotherServer();
        assertThat(a.cache.get(KEY, key -> "never")).isEqualTo("value");
    }

    @Test
    void aPutIsToldAsAnInvalidation() {
        a.cache.put(KEY, "old");
        byte[] old = bytes();
        a.cache.put(KEY, "new");
        failOverWith(old);
        nextHeartbeats();
        assertThat(cluster.remote(KEY)).isNull();
        assertThat(b.cache.get(KEY, key -> "newer")).isEqualTo("newer");
        assertThat(a.cache.get(KEY, key -> "never")).isEqualTo("newer");
    }

    @Test
    void aClearIsToldAgain() {
        b.cache.put(KEY, "old");
        byte[] old = bytes();
        Token generation = cluster.server.generationOf(TestCluster.NAME);
        a.cache.clear();
        cluster.server.restoreGeneration(TestCluster.NAME, generation, MINUTE_MILLIS);
        failOverWith(old);
        assertThat(cluster.remote(KEY)).as("what the new server holds").isEqualTo("old");
        nextHeartbeats();
        assertThat(cluster.server.generationOf(TestCluster.NAME)).isNotEqualTo(generation);
        assertThat(cluster.remote(KEY)).isNull();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
    }

    @Test
    void moreThanAreRememberedAreAClear() {
        var c = cluster.node(options -> options.maxQueuedInvalidations(2));
        b.cache.put(KEY, "old");
        byte[] old = bytes();
        c.cache.invalidate(KEY);
        c.cache.invalidate("other");
        c.cache.invalidate("another");
        long clears = cluster.server.count("clear");
        failOverWith(old);
        nextHeartbeats();
        assertThat(cluster.server.count("clear")).isGreaterThan(clears);
        assertThat(cluster.remote(KEY)).isNull();
    }

    /** Interleaving 9: the new server has the lease, and not its revocation, so that it accepts the late publish. */
    @Test
    void aLatePublishThatTheNewServerAcceptsDoesNotStay() {
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> b.cache.get(KEY, key -> {
            inLoader.arrive();
            return "old";
        }));
        inLoader.awaitReached();
        Token lease = cluster.server.leaseOf(TestCluster.NAME, KEY);
        b.wire.holdMessages();
        a.cache.invalidate(KEY);
        cluster.server.restoreLease(TestCluster.NAME, KEY, lease, MINUTE_MILLIS);
        cluster.server.becomeAnotherServer();
        inLoader.release();
        assertThat(load.value()).isEqualTo("old"); // it began before the invalidation
        b.awaitRest();
        assertThat(cluster.remote(KEY)).as("what the new server has accepted").isEqualTo("old");
        b.wire.discardMessages();
        nextHeartbeats();
        assertThat(cluster.remote(KEY)).isNull();
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
    }

    /** Who waits for another node's load asks again when the change is noticed: by then the key must not be read. */
    @Test
    void whoWaitsIsNotServedWhatTheNewServerHasNotHeardOf() {
        var holder = cluster.node(options -> options.leaseTtl(Duration.ofMinutes(1))); // not awaited to its end
        holder.cache.put(KEY, "old");
        byte[] old = bytes();
        a.cache.invalidate(KEY);
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> holder.cache.get(KEY, key -> {
            inLoader.arrive();
            return "of the holder";
        }));
        inLoader.awaitReached();
        var waiting = cluster.threads.start(() -> a.cache.get(KEY, key -> "of A"));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiting.awaitWaiting();
        failOverWith(old);
        nextHeartbeats();
        assertThat(waiting.value()).isEqualTo("of A");
        inLoader.release();
        load.value();
    }

    @Test
    void whatIsOlderThanTheWindowIsNotToldAgain() {
        a.cache.invalidate(KEY);
        cluster.time.pass(Duration.ofSeconds(11));
        long invalidations = cluster.server.count("invalidate");
        cluster.server.becomeAnotherServer();
        nextHeartbeats();
        assertThat(cluster.server.count("invalidate")).isEqualTo(invalidations);
    }

    @Test
    void withoutAWindowNothingIsToldAgain() {
        var c = cluster.node(options -> options.failoverWindow(Duration.ZERO));
        c.cache.invalidate(KEY);
        c.cache.clear();
        long writes = cluster.server.count("invalidate") + cluster.server.count("clear");
        cluster.server.becomeAnotherServer();
        nextHeartbeats();
        assertThat(cluster.server.count("invalidate") + cluster.server.count("clear"))
                .isEqualTo(writes);
    }

    @Test
    void aServerThatStaysIsToldNothingTwice() {
        a.cache.invalidate(KEY);
        long invalidations = cluster.server.count("invalidate");
        cluster.server.disconnectBus();
        cluster.server.reconnectBus();
        nextHeartbeats();
        assertThat(cluster.server.count("invalidate")).isEqualTo(invalidations);
    }

    /** As it usually goes: the bus breaks with the old server. */
    @Test
    void itIsToldAlsoIfTheBusBreaksMeanwhile() {
        b.cache.put(KEY, "old");
        byte[] old = bytes();
        a.cache.invalidate(KEY);
        cluster.server.disconnectBus();
        failOverWith(old);
        cluster.server.reconnectBus();
        nextHeartbeats();
        assertThat(cluster.remote(KEY)).isNull();
    }
}
