package io.stampede.redis;

import static io.stampede.redis.Samples.done;
import static io.stampede.redis.Samples.namespace;
import static io.stampede.redis.Samples.works;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.RemoteTier;
import io.stampede.testing.InMemoryRemote;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisZonesTest {

    private static final String NOBODY = "redis://127.0.0.1:1";

    @Test
    void aNameThatIsNoneIsRefused() {
        for (String name : List.of("", " ", "a b", "zöne", "x".repeat(65))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RedisZones.builder().zone(name, NOBODY))
                    .withMessageStartingWith("zone: '" + name + "'");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisZones.builder().zone("a", NOBODY).zone("a", NOBODY))
                .withMessage("zone: 'a' is named twice");
    }

    @Test
    void oneZoneIsNotEnough() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        RedisZones.builder().zone("a", NOBODY).ownZone("a").build())
                .withMessage("zone: [a] given; at least two are needed");
    }

    @Test
    void theOwnZoneIsOneOfThem() {
        RedisZones.Builder builder = RedisZones.builder().zone("a", NOBODY).zone("b", NOBODY);
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessage("ownZone: 'null' is none of [a, b]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.ownZone("c").build())
                .withMessage("ownZone: 'c' is none of [a, b]");
    }

    @Test
    void patienceHasBounds() {
        for (Duration patience : List.of(Duration.ZERO, Duration.ofMillis(9), Duration.ofMinutes(2))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RedisZones.builder().patience(patience));
        }
    }

    @Test
    void aZoneOfSeveralPartsIsRefused() {
        List<Zone> zones = List.of(
                InMemoryZones.zone("a", new InMemoryRemote(() -> 1)),
                InMemoryZones.zone("b", new InMemoryRemote(() -> 1, 32)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RedisZones(zones, "a", TwoZones.TIMES, List.of()))
                .withMessageStartingWith("zone 'b' is divided into 32 parts");
    }

    @Test
    void itClosesWhatItHasOpenedAndNothingElse() {
        try (RedisServer server = RedisServer.start();
                RedisTier given = RedisTier.connect(server.uri());
                RedisAdmin admin = new RedisAdmin(server.uri())) {
            long before = admin.otherClients();
            RedisZones zones = RedisZones.builder()
                    .zone("a", given)
                    .zone("b", server.uri())
                    .ownZone("a")
                    .build();
            RemoteTier tier = zones.tier(namespace());
            assertThat(done(tier.get("k"))).isNull();
            zones.close();
            zones.close();
            Samples.eventually().until(() -> admin.otherClients() == before);
            assertThat(works(given.tier(namespace()))).isTrue();
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("stampede-zones"));
        }
    }

    @Test
    void zonesThatAreAwayFailAtOnceAndAreJoinedWhenTheyAreThere() {
        try (RedisServer a = RedisServer.start();
                RedisServer b = RedisServer.start()) {
            a.kill();
            b.kill();
            try (RedisZones zones = RedisZones.builder()
                            .zone("a", a.uri())
                            .zone("b", b.uri())
                            .ownZone("b")
                            .build();
                    RemoteTier tier = zones.tier(namespace())) {
                assertThat(works(tier)).isFalse();
                a.restart();
                Samples.eventually().until(() -> works(tier));
                b.restart();
                Samples.eventually()
                        .until(() -> done(tier.generation(0, Samples.token(), Samples.MINUTE_MILLIS))
                                .server()
                                .startsWith("b/"));
            }
        }
    }
}
