package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Health;
import io.stampede.redis.testing.RedisCluster;
import io.stampede.redis.testing.RedisServer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens to a Redis Cluster, those who use the cache see neither an error nor an old value, and all of it is used
 * again afterwards: P6, P10, KNOWN-BUGS 44 and 47.
 */
class ClusterUnderLoadTest {

    /** What a server may answer while slots move and a primary is replaced. */
    private static final Set<String> TRANSIENT = Set.of("TRYAGAIN", "CLUSTERDOWN", "LOADING", "READONLY", "MASTERDOWN");

    @Test
    void callersNoticeNothingOfMovingSlotsAndALostPrimary() throws Exception {
        run(1, 4, 1_000);
    }

    @Test
    @Tag("long")
    void callersNoticeNothingOfMovingSlotsAndLostPrimaries() throws Exception {
        run(4, 16, 3_000);
    }

    private static void run(int rounds, int moves, long calmMillis) throws Exception {
        try (RedisCluster redis = RedisCluster.start();
                ClusterLoad load = new ClusterLoad(redis.uris())) {
            eventually()
                    .until(() -> load.nodes.stream()
                            .allMatch(node -> node.deepHealth().status() == Health.Status.UP));
            for (int round = 0; round < rounds; round++) {
                load.phase("before");
                Threads.spend(calmMillis);
                load.phase("slots move");
                moveSlots(redis, load.cache, moves);
                load.phase("primary " + (round % 2 == 0 ? "killed" : "hangs"));
                replaceAPrimary(redis, round, load, calmMillis);
                load.phase("after");
                Threads.spend(calmMillis);
            }
            assertThat(load.stop()).isEmpty();
            System.out.println(load);
            assertThat(load.refusals().keySet())
                    .allMatch(code -> TRANSIENT.contains(code) || code.startsWith(WatchedConnection.NO_ANSWER));
            eventually()
                    .until(() -> load.nodes.stream()
                            .allMatch(node -> node.deepHealth().status() == Health.Status.UP));
            assertThat(EachPart.keys()).allMatch(load::isShared);
        }
    }

    /** Not at once back again: a server that has not heard yet of the first move would never agree on the second. */
    private static void moveSlots(RedisCluster redis, String cache, int moves) {
        RedisKeys places = RedisKeys.inCluster(cache);
        for (int part = 0; part < moves; part++) {
            int slot = redis.slotOf(new String(places.state(part), StandardCharsets.US_ASCII));
            RedisServer from = redis.primaryOf(slot);
            RedisServer to =
                    primaries(redis).filter(node -> node != from).findAny().orElseThrow();
            redis.moveSlot(slot, to);
        }
    }

    /** By slots at the borders of the parts, which are never moved. */
    private static Stream<RedisServer> primaries(RedisCluster redis) {
        return Stream.of(0, 16_384 / 2, 16_383).map(redis::primaryOf);
    }

    private static void replaceAPrimary(RedisCluster redis, int round, ClusterLoad load, long calmMillis)
            throws InterruptedException {
        RedisServer old = primaries(redis).toList().get(round % 3);
        RedisServer replica = redis.replicasOf(old).get(0);
        if (round % 2 == 0) {
            old.kill();
        } else {
            old.pause();
        }
        redis.awaitPromoted(replica);
        Threads.spend(calmMillis);
        load.phase("old one returns");
        if (round % 2 == 0) {
            old.restart();
        } else {
            old.resume();
        }
        redis.awaitOk();
    }
}
