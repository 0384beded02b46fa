package io.stampede.redis;

import static io.stampede.redis.Samples.MINUTE_MILLIS;
import static io.stampede.redis.Samples.done;
import static io.stampede.redis.Samples.entry;
import static io.stampede.redis.Samples.eventually;
import static io.stampede.redis.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.redis.testing.FaultProxy;
import io.stampede.spi.Claim;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Publication;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A zone that was away and still holds what it held: nobody reads there what has been written since, whoever comes first.
 * Without L1, so that every answer is a zone's.
 */
@Tag("topology")
class ZonesComeBackTest {

    private final TwoZones zones = new TwoZones();

    @AfterEach
    void close() throws Exception {
        zones.close();
    }

    private static Stored put(RemoteTier tier, String key) {
        Stored entry = entry();
        assertThat(done(tier.put(key, entry, Long.MAX_VALUE)).applied()).isTrue();
        return entry;
    }

    /** Which zone a node reads from. */
    private static String zoneOf(RemoteTier tier) {
        return done(tier.generation(0, token(), MINUTE_MILLIS)).server().substring(0, 1);
    }

    private static boolean reads(RemoteTier tier, String zone) {
        return tier.generation(0, token(), MINUTE_MILLIS)
                .handle((answer, failure) -> failure == null && answer.server().startsWith(zone + "/"))
                .toCompletableFuture()
                .join();
    }

    /** Times are another zone's clock's. */
    private static boolean isVersion(Stored entry, byte @Nullable [] found) {
        return found != null
                && Arrays.equals(found, 0, RemoteTier.STAMP_BYTES, entry.bytes(), 0, RemoteTier.STAMP_BYTES);
    }

    private static String other(String zone) {
        return zone.equals("a") ? "b" : "a";
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void writesOfAnOutageAreThereBeforeTheZoneIsReadAgain(String lost) {
        RemoteTier writer = zones.tier(zones.in(other(lost)));
        RemoteTier there = zones.tier(zones.in(lost));
        Token tagBefore = done(writer.tag("tag", token(), MINUTE_MILLIS)).token();
        Token before = done(there.generation(0, token(), MINUTE_MILLIS)).token();
        List<String> keys = List.of("invalidated", "expired", "put", "refused");
        keys.forEach(key -> put(writer, key));
        assertThat(zoneOf(there)).isEqualTo(lost);

        zones.server(lost).pause();
        done(writer.invalidate("invalidated"));
        done(writer.expire("expired"));
        Stored newer = put(writer, "put");
        Token tag = token();
        done(writer.invalidateTag("tag", tag, MINUTE_MILLIS));
        Token cleared = token();
        done(writer.clear(cleared, MINUTE_MILLIS));
        assertThat(done(there.get("invalidated"))).isNull();
        assertThat(isVersion(newer, done(there.get("put")))).isTrue();
        zones.server(lost).resume();

        RemoteTier late = zones.tier(zones.in(lost));
        for (RemoteTier tier : List.of(late, there, writer)) {
            eventually().until(() -> {
                assertThat(done(tier.get("invalidated"))).isNull();
                byte[] put = done(tier.get("put"));
                assertThat(put == null || isVersion(newer, put)).isTrue();
                assertThat(done(tier.tag("tag", token(), MINUTE_MILLIS)).token())
                        .isEqualTo(tag)
                        .isNotEqualTo(tagBefore);
                return tier == writer || reads(tier, lost);
            });
            assertThat(done(tier.generation(0, token(), MINUTE_MILLIS)).token())
                    .isEqualTo(cleared)
                    .isNotEqualTo(before);
            assertThat(done(tier.get("invalidated"))).isNull();
        }
        assertThat(done(late.get("expired"))).as("there it is removed, too").isNull();
    }

    /** Who can still reach the zone from which the writer is cut off hears of it with the next heartbeat. */
    @Test
    void aNodeThatReachesTheZoneStopsReadingThereWhenItHasAsked() {
        try (FaultProxy network = FaultProxy.to(zones.b)) {
            RemoteTier writer = zones.tier(zones.inFirst(network));
            RemoteTier there = zones.tier(zones.in("b"));
            put(writer, "k");
            assertThat(zoneOf(there)).isEqualTo("b");

            network.refuse();
            done(writer.invalidate("k"));
            assertThat(zoneOf(there)).isEqualTo("a");
            assertThat(done(there.get("k"))).isNull();
            RemoteTier late = zones.tier(zones.in("b"));
            assertThat(done(late.get("k")))
                    .as("who comes now sees the mark, too")
                    .isNull();
            assertThat(zoneOf(late)).isEqualTo("a");

            network.pass();
            eventually().until(() -> reads(there, "b"));
            assertThat(done(there.get("k"))).isNull();
        }
    }

    /** Also without a heartbeat: a read looks at the marks when they have not been looked at for long. */
    @Test
    void aNodeThatReachesTheZoneStopsReadingThereByItself() {
        try (FaultProxy network = FaultProxy.to(zones.b)) {
            RemoteTier writer = zones.tier(zones.inFirst(network));
            RemoteTier there = zones.tier(zones.in("b"));
            put(writer, "k");
            assertThat(done(there.get("k"))).isNotNull();
            network.refuse();
            done(writer.invalidate("k"));
            eventually().until(() -> done(there.get("k")) == null);
        }
    }

    /** What a node owed when it died nobody knows: the cache is cleared before the zone is trusted. */
    @Test
    void whatADeadNodeOwedIsCleared() {
        RedisZones dying = zones.in("a");
        RemoteTier writer = zones.tier(dying);
        RemoteTier there = zones.tier(zones.in("b"));
        put(writer, "k");
        Token before = done(there.generation(0, token(), MINUTE_MILLIS)).token();
        zones.b.pause();
        done(writer.invalidate("k"));
        zones.end(dying);
        assertThat(done(there.get("k"))).isNull();
        zones.b.resume();
        eventually().until(() -> {
            boolean isBack = reads(there, "b");
            boolean isCleared =
                    !done(there.generation(0, token(), MINUTE_MILLIS)).token().equals(before);
            assertThat(isCleared || done(there.get("k")) == null)
                    .as("an entry of before is refused by its generation, or not there")
                    .isTrue();
            return isBack && isCleared;
        });
    }

    /** The zone that has everything goes while the other comes back: that one has missed writes, and who made them is dead. */
    @Test
    void aZoneThatComesBackAloneIsClearedBeforeItIsTrusted() {
        RemoteTier writer = zones.tier(zones.in("a"));
        RemoteTier there = zones.tier(zones.in("b"));
        put(writer, "k");
        Token before = done(there.generation(0, token(), MINUTE_MILLIS)).token();
        zones.b.pause();
        assertThat(zoneOf(there)).isEqualTo("a");
        done(writer.invalidate("k"));
        writer.close();
        zones.a.kill();
        zones.b.resume();
        eventually().until(() -> reads(there, "b"));
        assertThat(done(there.generation(0, token(), MINUTE_MILLIS)).token()).isNotEqualTo(before);
    }

    /** The only zone that is up fails for a moment: nothing can have been written without it. */
    @Test
    void theZoneThatWasTheLastIsTrustedAsItIs() {
        RemoteTier tier = zones.tier(zones.in("b"));
        Token before = done(tier.generation(0, token(), MINUTE_MILLIS)).token();
        zones.a.kill();
        eventually().until(() -> reads(tier, "b"));
        put(tier, "k");
        zones.b.pause();
        eventually()
                .until(() -> tier.get("k")
                        .handle((found, failure) -> failure != null)
                        .toCompletableFuture()
                        .join());
        zones.b.resume();
        eventually().until(() -> reads(tier, "b"));
        assertThat(done(tier.generation(0, token(), MINUTE_MILLIS)).token()).isEqualTo(before);
        assertThat(done(tier.get("k"))).isNotNull();
    }

    @Test
    void aLoadThatBeganBeforeTheZoneCameBackStoresNothingThere() {
        RemoteTier loader = zones.tier(zones.in("a"));
        RemoteTier there = zones.tier(zones.in("b"));
        Token lease = token();
        zones.b.pause();
        assertThat(done(loader.invalidate("k")).applied()).isTrue();
        assertThat(done(loader.claim("k", new byte[0], lease, MINUTE_MILLIS, false)))
                .isInstanceOf(Claim.Granted.class);
        zones.b.resume();
        eventually().until(() -> reads(there, "b"));
        assertThat(done(loader.publish("k", lease, entry()))).isEqualTo(Publication.PUBLISHED);
        assertThat(done(loader.get("k"))).isNotNull();
        assertThat(done(there.get("k"))).isNull();
    }

    /** Each zone refuses by what it knows itself: a write that has come to one of them only, as yet. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void aWriteThatHasComeToOneZoneEndsTheLoadThere(String written) {
        RemoteTier loader = zones.tier(zones.in("a"));
        Token lease = token();
        done(loader.claim("k", new byte[0], lease, MINUTE_MILLIS, false));
        try (RedisTier one = RedisTier.connect(zones.server(written).uri())) {
            done(zones.tier(one).invalidate("k"));
            done(loader.publish("k", lease, entry()));
            assertThat(done(zones.tier(one).get("k"))).isNull();
        }
        try (RedisTier other = RedisTier.connect(zones.server(other(written)).uri())) {
            assertThat(done(zones.tier(other).get("k"))).isNotNull();
        }
    }

    /** What is said is heard in the zone that is read from. */
    @Test
    void theBusGoesOnInTheOtherZone() {
        RemoteTier writer = zones.tier(zones.in("a"));
        RedisZones node = zones.in("b");
        RemoteNamespace namespace = new RemoteNamespace(zones.cache, token());
        RemoteTier tier = node.tier(namespace);
        BusLog heard = new BusLog();
        node.bus(namespace).subscribe(heard);
        eventually().until(() -> heard.events().equals(List.of("up")));
        zones.b.pause();
        done(tier.get("k"));
        eventually().until(() -> heard.events().equals(List.of("up", "down", "up")));
        done(writer.invalidate("k"));
        eventually().until(() -> heard.messages().size() == 1);
        assertThat(heard.messages().get(0).key()).isEqualTo("k");
        zones.b.resume();
        eventually().until(() -> heard.events().equals(List.of("up", "down", "up", "down", "up")));
        done(writer.invalidate("k2"));
        eventually()
                .until(() ->
                        heard.messages().get(heard.messages().size() - 1).key().equals("k2"));
    }

    @Test
    void moreThanCanBeRememberedIsACleared() {
        RemoteTier writer = zones.tier(zones.in("a"));
        RemoteTier there = zones.tier(zones.in("b"));
        Token before = done(writer.generation(0, token(), MINUTE_MILLIS)).token();
        zones.b.pause();
        for (int i = 0; i <= 10_000; i += 1_000) {
            int from = i;
            List<? extends CompletionStage<?>> writes = IntStream.range(from, from + 1_000)
                    .mapToObj(key -> writer.invalidate("k" + key))
                    .toList();
            writes.forEach(Samples::done);
        }
        zones.b.resume();
        eventually().until(() -> reads(there, "b"));
        assertThat(done(there.generation(0, token(), MINUTE_MILLIS)).token()).isNotEqualTo(before);
        assertThat(done(writer.generation(0, token(), MINUTE_MILLIS)).token()).isNotEqualTo(before);
    }
}
