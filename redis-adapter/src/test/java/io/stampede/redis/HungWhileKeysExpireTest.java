package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.redis.ExpiringCluster.Load;
import io.stampede.redis.ExpiringCluster.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * P1, P2, P7, P10: Redis hangs while about a hundred keys expire each second. Each node then loads a key once when its
 * value expires, and none that is inside its ttl; afterwards the cluster loads a key once per expiry, as before. How long
 * reads wait is printed and not asserted.
 */
class HungWhileKeysExpireTest {

    @Test
    void aNodeLoadsAKeyOncePerExpiry() throws Exception {
        play(Duration.ofMillis(1_500), Duration.ofSeconds(1));
    }

    @Test
    @Tag("long")
    void aNodeLoadsAKeyOncePerExpiryForFiveSeconds() throws Exception {
        play(Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    private static void play(Duration hung, Duration normal) throws Exception {
        try (ExpiringCluster cluster = new ExpiringCluster()) {
            cluster.awaitAllExpiredOnce();
            Phase before = cluster.nextPhase();
            Threads.spend(normal.toMillis());
            Phase during = cluster.nextPhase();
            cluster.server.pause();
            long paused = System.nanoTime();
            Threads.spend(hung.toMillis());
            long resumed = System.nanoTime(); // loads that began before are the pause's
            cluster.server.resume();
            Phase recovering = cluster.nextPhase();
            eventually().until(cluster::isNormal);
            long recovered = System.nanoTime();
            cluster.awaitAllExpiredOnce(); // what the nodes have loaded for themselves
            Phase after = cluster.nextPhase();
            Threads.spend(normal.toMillis());
            after.end();
            cluster.stopReading();

            List<Load> early = cluster.loadsOfKeysInsideTheirTtl(paused, resumed);
            List<Load> againBefore = cluster.loadsTooSoonAfterAnother(before);
            List<Load> againAfter = cluster.loadsTooSoonAfterAnother(after);
            System.out.printf(
                    Locale.ROOT,
                    "%d keys with a ttl of %d ms on %d nodes:%n  before       %s%n  Redis hangs  %s, %d inside their ttl%n"
                            + "  recovering   %s, normal after %d ms%n  after        %s%n",
                    ExpiringCluster.KEYS,
                    ExpiringCluster.TTL.toMillis(),
                    ExpiringCluster.NODES,
                    before,
                    during,
                    early.size(),
                    recovering,
                    (recovered - resumed) / 1_000_000,
                    after);
            assertThat(early)
                    .as("loads of keys inside their ttl, while Redis hung")
                    .isEmpty();
            // The promise is for a Redis that answers in time, which on a busy machine even a healthy one doesn't
            // always.
            if (before.late() == 0) {
                assertThat(againBefore)
                        .as("second loads for one expiry, before")
                        .isEmpty();
            }
            if (after.late() == 0) {
                assertThat(againAfter).as("second loads for one expiry, after").isEmpty();
            }
            assertThat(cluster.failures()).isEmpty();
        }
    }
}
