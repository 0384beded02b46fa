package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.Stored;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P8, P9, KNOWN-BUGS 36, 42, 57: how long a value is fresh, whatever the clocks of nodes and server say. */
class FreshnessTest {

    private static final String KEY = "key";
    private static final Duration TTL = TestCluster.TTL;

    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node(Duration clockOffset) {
        return cluster.node(clockOffset, UnaryOperator.identity());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 100_000_000, -100_000_000})
    void aValueIsFreshForItsTtlFromTheReturnOfItsLoad(long offsetSeconds) {
        var a = node(Duration.ofSeconds(offsetSeconds));
        a.cache.get(KEY, key -> {
            cluster.time.pass(Duration.ofSeconds(4));
            return "value";
        });
        a.awaitRest();
        cluster.time.pass(TTL.minusSeconds(1));
        assertThat(a.local(KEY)).isEqualTo("value");
        cluster.time.pass(Duration.ofSeconds(1));
        assertThat(a.local(KEY)).isNull();
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(a.cache.get(KEY, key -> "new")).isEqualTo("new");
    }

    @Test
    void withoutARemoteTierItIsFreshToTheNanosecond() {
        try (var cache = StampedeCache.<String, String>builder("alone")
                .ttl(TTL)
                .jitter(0)
                .environment(cluster.time.node(Duration.ofDays(-3)))
                .build()) {
            cache.get(KEY, key -> "value");
            cluster.time.pass(TTL.minusNanos(1));
            assertThat(cache.getIfPresent(KEY)).isEqualTo("value");
            cluster.time.pass(Duration.ofNanos(1));
            assertThat(cache.getIfPresent(KEY)).isNull();
            cache.put(KEY, "put");
            cluster.time.pass(TTL.minusNanos(1));
            assertThat(cache.getIfPresent(KEY)).isEqualTo("put");
            cluster.time.pass(Duration.ofNanos(1));
            assertThat(cache.getIfPresent(KEY)).isNull();
        }
    }

    /** KNOWN-BUGS 36, 57: on its way to another node's L1 a value does not get younger. */
    @ParameterizedTest
    @ValueSource(longs = {0, 3_600, -3_600, 1_000_000})
    void anotherNodesCopyGetsTheRestOfTheTtl(long offsetSeconds) {
        var a = node(Duration.ZERO);
        var b = node(Duration.ofSeconds(offsetSeconds));
        a.cache.put(KEY, "value");
        cluster.time.pass(TTL.minusSeconds(5));
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("value");
        cluster.time.pass(Duration.ofSeconds(4));
        assertThat(b.local(KEY)).isEqualTo("value");
        cluster.time.pass(Duration.ofSeconds(1));
        assertThat(b.local(KEY)).isNull();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
    }

    /** P9: the time that a value spends on its way into the store counts. */
    @Test
    void aSlowPutDoesNotMakeTheValueYounger() {
        var a = node(Duration.ZERO);
        var b = node(Duration.ZERO);
        Wire.Held put = a.wire.holdRequest("put");
        var call = cluster.threads.start(() -> a.cache.put(KEY, "value"));
        put.awaitReached();
        cluster.time.pass(Duration.ofMillis(400));
        put.release();
        assertThat(call.value()).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("value");
        cluster.time.pass(TTL.minusMillis(400));
        assertThat(a.local(KEY)).isNull();
        assertThat(b.local(KEY)).isNull();
        assertThat(cluster.remote(KEY)).isNull();
    }

    /** P9, in doubt early: a reply that was long on its way leaves the server's clock uncertain by that much. */
    @Test
    void anUncertainClockEndsFreshnessEarlyAndNeverLate() {
        Wire wire = new Wire(cluster.server);
        Wire.Held contact = wire.holdReply("generation");
        var late = cluster.node(wire);
        cluster.time.pass(Duration.ofMillis(300));
        contact.release();
        var punctual = node(Duration.ZERO);
        punctual.cache.put(KEY, "value");
        assertThat(late.cache.getIfPresent(KEY)).isEqualTo("value");
        cluster.time.pass(TTL.minusMillis(301));
        cluster.time.pass(Duration.ofMillis(301));
        assertThat(late.local(KEY)).isNull();
    }

    @Test
    void aServersClockThatIsSetIsLearnedAnew() {
        var a = node(Duration.ZERO);
        var b = node(Duration.ofHours(5));
        for (Duration by : new Duration[] {Duration.ofHours(-2), Duration.ofHours(7)}) {
            cluster.time.setServerClock(by);
            cluster.time.pass(Duration.ofSeconds(11)); // a heartbeat tells them
            a.cache.put(KEY, "value");
            assertThat(b.cache.getIfPresent(KEY)).isEqualTo("value");
            cluster.time.pass(TTL.minusSeconds(1));
            assertThat(b.cache.getIfPresent(KEY)).isEqualTo("value");
            cluster.time.pass(Duration.ofSeconds(1));
            assertThat(b.cache.getIfPresent(KEY)).isNull();
            assertThat(a.cache.getIfPresent(KEY)).isNull();
        }
    }

    /** KNOWN-BUGS 42: value and expiry travel together, and say the same. */
    @Test
    void anEntryCarriesItsOwnExpiry() {
        var a = node(Duration.ofHours(1));
        a.cache.put(KEY, "put");
        a.cache.invalidate(KEY);
        a.cache.get(KEY, key -> "loaded");
        a.awaitRest();
        assertThat(a.wire.stored()).hasSize(2);
        for (Stored stored : a.wire.stored()) {
            Envelope envelope = Envelope.decode(stored.bytes());
            assertThat(envelope).isNotNull();
            assertThat(envelope.version()).isEqualTo(stored.version());
            assertThat(envelope.header().deadAt() / 1_000).isEqualTo(stored.expiresAtMillis());
            assertThat(envelope.header().freshUntil())
                    .isLessThanOrEqualTo(envelope.header().deadAt());
        }
        assertThat(cluster.server.expiresAtMillis(TestCluster.NAME, KEY))
                .isEqualTo(a.wire.stored().get(1).expiresAtMillis());
        assertThat(a.wire.stored().get(0).version())
                .isNotEqualTo(a.wire.stored().get(1).version());
    }

    /** P16 */
    @Test
    void everyEntryExpiresInTheStore() {
        var a = node(Duration.ZERO);
        a.cache.put(KEY, "value");
        assertThat(cluster.server.expiresAtMillis(TestCluster.NAME, KEY))
                .isBetween(
                        cluster.time.serverMillis() + TTL.toMillis() - 1, cluster.time.serverMillis() + TTL.toMillis());
        cluster.time.pass(TTL);
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull();
    }

    /** P16: by this the generations' keys are kept in L2. */
    @Test
    void theLongestLifeIsTheLongerTtlAndTheLongerWindow() {
        assertThat(new Freshness(10, 3, 0, 1, Long.MAX_VALUE, 5, 2).longestLife())
                .isEqualTo(15);
        assertThat(new Freshness(10, 30, 0, 1, Long.MAX_VALUE, 5, 7).longestLife())
                .isEqualTo(37);
    }
}
