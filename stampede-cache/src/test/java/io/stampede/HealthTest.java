package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Health.Part;
import io.stampede.Health.Status;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a cache says of itself: a remote tier that is away is no reason to take a node out of service. */
class HealthTest {

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Map<String, Status> statuses(Health health) {
        Map<String, Status> statuses = new TreeMap<>();
        health.parts().forEach(part -> {
            assertThat(part.reason()).isNotBlank();
            statuses.put(part.name(), part.status());
        });
        return statuses;
    }

    private static String reason(Health health, String name) {
        return health.parts().stream()
                .filter(part -> part.name().equals(name))
                .map(Part::reason)
                .findFirst()
                .orElseThrow();
    }

    private Health deep() {
        return a.cache.deepHealth();
    }

    @Test
    void allIsWell() {
        assertThat(a.cache.health())
                .isEqualTo(new Health(Status.UP, a.cache.health().parts()));
        assertThat(statuses(a.cache.health())).isEqualTo(Map.of("cache", Status.UP));
        assertThat(deep().status()).isEqualTo(Status.UP);
        assertThat(statuses(deep()))
                .containsOnlyKeys("cache", "remote", "breaker", "bus", "local", "outbox")
                .doesNotContainValue(Status.DEGRADED);
    }

    @Test
    void withoutARemoteTierThereIsNothingThatCouldBeAway() {
        try (var alone = StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .build()) {
            assertThat(statuses(alone.deepHealth())).isEqualTo(Map.of("cache", Status.UP));
        }
    }

    @Test
    void aRemoteTierThatIsAwayDegradesAndNoMore() {
        cluster.server.failAll(true);
        assertThat(a.cache.health().status()).isEqualTo(Status.UP);
        assertThat(deep().status()).isEqualTo(Status.DEGRADED);
        assertThat(statuses(deep())).containsEntry("remote", Status.DEGRADED).containsEntry("bus", Status.UP);
        assertThat(reason(deep(), "remote")).contains("failAll(true)");
        cluster.server.failAll(false);
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(deep().status()).isEqualTo(Status.UP);
    }

    @Test
    void callsThatFailOpenTheBreaker() {
        cluster.server.failAll(true);
        for (int i = 0; i < 10; i++) {
            a.cache.getIfPresent("key" + i);
        }
        assertThat(a.cache.flights().remote.gate.isOpenToCallers()).isFalse();
        assertThat(statuses(deep())).containsEntry("breaker", Status.DEGRADED);
        cluster.server.failAll(false);
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(statuses(deep())).containsEntry("breaker", Status.UP);
    }

    @Test
    void aBusThatIsDownIsToldAndSoIsWhatItMakesSuspect() {
        cluster.server.disconnectBus();
        assertThat(statuses(deep())).containsEntry("bus", Status.DEGRADED).containsEntry("local", Status.UP);
        cluster.time.pass(TestCluster.SUSPECT_AFTER);
        assertThat(statuses(deep())).containsEntry("local", Status.DEGRADED);
        assertThat(reason(deep(), "local")).contains("30000 ms ago", "suspect");
        cluster.server.reconnectBus();
        assertThat(deep().status()).isEqualTo(Status.UP);
    }

    @Test
    void whatWaitsToBeToldIsCounted() {
        a.wire.cut();
        a.cache.invalidate("one");
        a.cache.invalidateByTag("two");
        assertThat(statuses(deep())).containsEntry("outbox", Status.DEGRADED);
        assertThat(reason(deep(), "outbox")).contains("2 keys and tags");
        a.cache.clear();
        assertThat(reason(deep(), "outbox")).contains("clear");
        a.wire.mend();
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(statuses(deep())).containsEntry("outbox", Status.UP);
    }

    @Test
    void aRemoteTierThatIsSwitchedOffIsToldSo() {
        a.cache.setRemoteBypassed(true);
        assertThat(statuses(deep())).containsEntry("remote", Status.DEGRADED);
        assertThat(reason(deep(), "remote")).contains("setRemoteBypassed");
    }

    @Test
    void aSourceThatIsLeftAloneDegrades() {
        var c = cluster.node(options -> options.sourceBreaker());
        assertThat(statuses(c.cache.deepHealth())).containsEntry("source", Status.UP);
        for (int i = 0; i < 10; i++) {
            String key = "key" + i;
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> c.cache.get(key, same -> {
                        throw new IllegalStateException("down");
                    })))
                    .isNotNull();
        }
        assertThat(statuses(c.cache.deepHealth())).containsEntry("source", Status.DEGRADED);
        assertThat(c.cache.health().status()).isEqualTo(Status.UP);
    }

    @Test
    void aClosedCacheIsDown() {
        a.cache.close();
        assertThat(a.cache.health().status()).isEqualTo(Status.DOWN);
        assertThat(deep().status()).isEqualTo(Status.DOWN);
        assertThat(statuses(deep())).isEqualTo(Map.of("cache", Status.DOWN));
    }

    /** P10 for those who ask how it is. */
    @Test
    void aLookBlocksForNoLongerThanTheTimeout() {
        a.wire.holdReply("generation"); // never let go
        var look = cluster.threads.start(this::deep);
        look.awaitWaiting();
        cluster.time.pass(TestCluster.TIMEOUT.minusMillis(1));
        assertThat(look.isDone()).isFalse();
        cluster.time.pass(Duration.ofMillis(1));
        Health health = look.value();
        assertThat(statuses(health)).containsEntry("remote", Status.DEGRADED);
        assertThat(reason(health, "remote")).contains("did not answer");
    }
}
