package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Codec;
import io.stampede.Result;
import io.stampede.StampedeCache;
import io.stampede.testing.InMemoryRemote;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P8, P9: the zones' clocks are hours apart, and an entry lives as long in each of them. */
class ZoneClocksTest {

    private static final Duration TTL = Duration.ofMinutes(10);
    private static final String NAME = "clocks";

    private final InMemoryRemote storeA = new InMemoryRemote(ZoneClocksTest::micros);
    private final InMemoryRemote storeB = new InMemoryRemote(ZoneClocksTest::micros);
    private final List<Zone> zonesOfA = List.of(InMemoryZones.zone("a", storeA), InMemoryZones.zone("b", storeB));
    private final List<Zone> zonesOfB = List.of(InMemoryZones.zone("a", storeA), InMemoryZones.zone("b", storeB));

    private static long micros() {
        return TimeUnit.HOURS.toMicros(1_000_000) + System.nanoTime() / 1_000;
    }

    private static StampedeCache<String, String> cache(RedisZones zones) {
        StampedeCache<String, String> cache = StampedeCache.<String, String>builder(NAME)
                .ttl(TTL)
                .remoteTimeout(Duration.ofSeconds(10))
                .remote(zones, Codec.strings())
                .build();
        cache.getIfPresent("waits for the first heartbeat");
        return cache;
    }

    private static RedisZones in(String zone, List<Zone> zones) {
        return new RedisZones(zones, zone, TwoZones.TIMES, List.of());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 24, -24, 3, -3})
    void anEntryIsFreshInEachZoneForItsTtlAndNoLonger(long hoursAhead) {
        long ahead = TimeUnit.HOURS.toMicros(hoursAhead);
        storeB.setClockAhead(0, ahead);
        try (RedisZones inA = in("a", zonesOfA);
                RedisZones inB = in("b", zonesOfB);
                StampedeCache<String, String> cacheA = cache(inA);
                StampedeCache<String, String> cacheB = cache(inB)) {
            cacheA.put("put", "value");
            cacheA.get("loaded", key -> "value");
            eventually().until(() -> storeB.rawEntry(NAME, "loaded") != null);
            for (String key : List.of("put", "loaded")) {
                Result<String> found = cacheB.getResult(key, ignored -> "another");
                assertThat(found.source()).as(key).isIn(Result.Source.L2, Result.Source.L1);
                assertThat(found.value()).isEqualTo("value");
                assertThat(found.age()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
                long end = TimeUnit.MILLISECONDS.toMicros(storeB.expiresAtMillis(NAME, key));
                assertThat(end - (micros() + ahead))
                        .as("what is left of it in the other zone, by that zone's clock")
                        .isBetween(
                                TimeUnit.NANOSECONDS.toMicros(
                                        TTL.minusMinutes(2).toNanos()),
                                TimeUnit.NANOSECONDS.toMicros(TTL.toNanos()));
            }
        }
    }

    /** The own zone goes: from then on another zone's clock is the one that is heard. */
    @ParameterizedTest
    @ValueSource(longs = {24, -24})
    void anEntryIsAsOldAsItIsWhenAnotherZoneIsRead(long hoursAhead) {
        storeB.setClockAhead(0, TimeUnit.HOURS.toMicros(hoursAhead));
        try (RedisZones inA = in("a", zonesOfA);
                RedisZones inB = in("b", zonesOfB);
                StampedeCache<String, String> cacheA = cache(inA);
                StampedeCache<String, String> cacheB = cache(inB)) {
            cacheB.put("k", "value");
            storeA.failAll(true);
            Result<String> found = cacheA.getResult("k", ignored -> "another");
            assertThat(found.source()).isEqualTo(Result.Source.L2);
            assertThat(found.age()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
            cacheA.put("k2", "value 2");
            assertThat(cacheB.getResult("k2", ignored -> "another").value()).isEqualTo("value 2");
        }
    }
}
