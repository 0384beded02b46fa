package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** P3: each write draws its lifetime once, from the last part of the ttl, and all nodes use that draw. */
class JitterTest {

    private static final String KEY = "key";
    private static final Duration TTL = TestCluster.TTL;
    private static final double ALMOST_ONE = 1 - 1e-9;

    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource({"0, 600", "0.5, 480", "0.999999999, 360"})
    void aWriteLivesAsLongAsItHasDrawn(double draw, long seconds) {
        var a = cluster.node(options -> options.jitter(0.4));
        var b = cluster.node(options -> options.jitter(0.4));
        a.machine.setChance(draw);
        b.machine.setChance(1 - draw - 1e-9); // nobody is to ask it
        a.cache.put("put", "value");
        a.cache.get("loaded", key -> "value");
        a.awaitRest();
        for (String key : new String[] {"put", "loaded"}) {
            assertThat(b.cache.getIfPresent(key)).isEqualTo("value");
        }
        cluster.time.pass(Duration.ofSeconds(seconds).minusMillis(1));
        for (String key : new String[] {"put", "loaded"}) {
            assertThat(a.local(key)).as(key).isEqualTo("value");
            assertThat(b.local(key)).as(key).isEqualTo("value");
            assertThat(cluster.remote(key)).as(key).isEqualTo("value");
        }
        cluster.time.pass(Duration.ofMillis(2));
        for (String key : new String[] {"put", "loaded"}) {
            assertThat(a.local(key)).as(key).isNull();
            assertThat(b.local(key)).as(key).isNull();
            assertThat(cluster.remote(key)).as(key).isNull();
        }
    }

    /** P9: the draw takes off, it never adds. */
    @Test
    void noDrawOutlivesTheTtlAndAllOfTheRangeIsUsedAlike() {
        Freshness freshness = new Freshness(0, 0, 0.4, 0, Long.MAX_VALUE, 0, 0);
        Random random = new Random(7);
        long[] lifetimes = LongStream.range(0, 20_000)
                .map(i -> freshness.drawLifetime(1_000_000, random))
                .toArray();
        assertThat(LongStream.of(lifetimes)).allSatisfy(each -> assertThat(each).isBetween(600_000L, 1_000_000L));
        for (long from = 600_000; from < 1_000_000; from += 100_000) {
            long start = from;
            assertThat(LongStream.of(lifetimes)
                            .filter(each -> each >= start && each < start + 100_000)
                            .count())
                    .isBetween(4_600L, 5_400L);
        }
    }

    @Test
    void theDefaultIsATenth() {
        var node = cluster.time.node(Duration.ZERO);
        node.setChance(ALMOST_ONE);
        try (var cache = StampedeCache.<String, String>builder("alone")
                .ttl(TTL)
                .environment(node)
                .build()) {
            cache.put(KEY, "value");
            cluster.time.pass(Duration.ofSeconds(540).minusMillis(1));
            assertThat(cache.getIfPresent(KEY)).isEqualTo("value");
            cluster.time.pass(Duration.ofMillis(2));
            assertThat(cache.getIfPresent(KEY)).isNull();
        }
    }

    @Test
    void aTtlOfItsOwnIsJitteredToo() {
        var a = cluster.node(options -> options.jitter(0.5));
        a.machine.setChance(ALMOST_ONE);
        a.cache.put(KEY, "value", CallOptions.none().ttl(Duration.ofSeconds(100)));
        cluster.time.pass(Duration.ofSeconds(49));
        assertThat(a.local(KEY)).isEqualTo("value");
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(a.local(KEY)).isNull();
    }
}
