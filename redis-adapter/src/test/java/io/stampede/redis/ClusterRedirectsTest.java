package io.stampede.redis;

import static io.stampede.redis.Samples.MINUTE_MILLIS;
import static io.stampede.redis.Samples.done;
import static io.stampede.redis.Samples.entry;
import static io.stampede.redis.Samples.eventually;
import static io.stampede.redis.Samples.failure;
import static io.stampede.redis.Samples.namespace;
import static io.stampede.redis.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.RedisClusterClient;
import io.stampede.redis.testing.RedisCluster;
import io.stampede.redis.testing.RedisServer;
import io.stampede.redis.testing.SlotMove;
import io.stampede.spi.Claim;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteRefusedException;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a Redis Cluster answers while slots move and primaries change, one by one: it is followed or repeated where that
 * helps, and else told. KNOWN-BUG 44, interleaving 17. Each test leaves six servers that agree, for the next.
 */
@Tag("topology")
class ClusterRedirectsTest {

    private static final RedisCluster REDIS = RedisCluster.start();
    private static final int ATTEMPTS = 5;
    private static final long NEVER = Long.MAX_VALUE / 1_000;

    private final RemoteNamespace namespace = namespace();
    private final String key = "k";
    private final int slot = REDIS.slotOf(place(key));
    private final RedisServer from = REDIS.primaryOf(slot);
    private final RedisServer to = REDIS.primaryOf(0) != from ? REDIS.primaryOf(0) : REDIS.primaryOf(16_384 / 2);
    private RedisTier connection = RedisTier.connectCluster(REDIS.uris().toArray(String[]::new));
    private RemoteTier tier = connection.tier(namespace);

    @BeforeEach
    void begin() {
        eventually().until(() -> EachPart.work(tier));
        forgetErrors();
    }

    private static void forgetErrors() {
        REDIS.nodes().forEach(node -> node.command("CONFIG", "RESETSTAT"));
    }

    @AfterEach
    void isWell() {
        connection.close();
        REDIS.awaitOk();
    }

    @AfterAll
    static void stop() {
        REDIS.close();
    }

    /** Where the data of a key is. */
    private String place(String of) {
        return new String(RedisKeys.inCluster(namespace.cache()).value(of), StandardCharsets.US_ASCII);
    }

    /** How often all servers together have answered with this error. */
    private static int told(String error) {
        return REDIS.nodes().stream()
                .flatMap(node ->
                        String.valueOf(node.command("INFO", "errorstats")).lines())
                .filter(line -> line.startsWith("errorstat_" + error + ":"))
                .mapToInt(line -> Integer.parseInt(line.replaceAll(".*count=(\\d+).*", "$1")))
                .sum();
    }

    @Test
    void whatHasMovedAheadOfItsSlotIsFoundByAsking() {
        Stored stored = entry();
        done(tier.put(key, stored, NEVER));
        SlotMove move = REDIS.beginMove(slot, to);
        move.moveKeys(Integer.MAX_VALUE);
        assertThat(done(tier.get(key))).isEqualTo(stored.bytes());
        assertThat(done(tier.renew(key, token(), MINUTE_MILLIS))).isFalse();
        assertThat(told("ASK")).isEqualTo(2);
        move.finish();
    }

    @Test
    void whatIsHalfHereAndHalfThereIsTriedAgainAFewTimes() {
        done(tier.put(key, entry(), NEVER));
        SlotMove move = REDIS.beginMove(slot, to);
        assertThat(failure(tier.invalidate(key)))
                .isInstanceOf(RemoteRefusedException.class)
                .hasMessageContaining("TRYAGAIN");
        assertThat(told("TRYAGAIN")).isEqualTo(ATTEMPTS);
        assertThat(done(tier.get(key))).isNotNull();
        move.finish();
        assertThat(done(tier.invalidate(key)).applied()).isTrue();
        assertThat(done(tier.get(key))).isNull();
    }

    @Test
    void soAreTwoKeysThatAreReadTogether() {
        String neighbour = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "n" + i)
                .filter(each -> tier.part(each) == tier.part(key))
                .findFirst()
                .orElseThrow();
        done(tier.put(key, entry(), NEVER));
        SlotMove move = REDIS.beginMove(slot, to);
        assertThat(failure(tier.getAll(List.of(key, neighbour)))).hasMessageContaining("TRYAGAIN");
        assertThat(told("TRYAGAIN")).isEqualTo(ATTEMPTS);
        move.finish();
        assertThat(done(tier.getAll(List.of(key, neighbour)))).hasSize(2).last().isNull();
    }

    /** Of the write that is under way when the slot has moved: told at first to try again, it succeeds in the end. */
    @Test
    void whatIsTriedAgainSucceedsWhenTheSlotHasMoved() {
        Iterator<String> keys = EachPart.keys().stream()
                .filter(each -> REDIS.primaryOf(place(each)) == from)
                .iterator();
        // Between two writes, none is under way; but not time after time.
        eventually().until(() -> succeedsWhenItsSlotHasMoved(keys.next()));
    }

    private boolean succeedsWhenItsSlotHasMoved(String moving) {
        forgetErrors();
        done(tier.put(moving, entry(), NEVER));
        SlotMove move = REDIS.beginMove(REDIS.slotOf(place(moving)), to);
        AtomicBoolean moved = new AtomicBoolean();
        CompletableFuture<Integer> failed = CompletableFuture.supplyAsync(() -> failuresUntil(moved, moving));
        eventually().until(() -> told("TRYAGAIN") > 0);
        move.finish();
        moved.set(true);
        return told("TRYAGAIN") > ATTEMPTS * failed.join();
    }

    private int failuresUntil(AtomicBoolean end, String written) {
        int failures = 0;
        while (!end.get()) {
            failures += tier.expire(written)
                    .handle((answer, failure) -> failure == null ? 0 : 1)
                    .toCompletableFuture()
                    .join();
        }
        return failures;
    }

    @Test
    void whoKnowsTheOldOwnerIsSentToTheNewOne() {
        connection.close();
        // By default, such a client never looks who is there by itself.
        try (RedisClusterClient client = RedisClusterClient.create(REDIS.uris().get(0))) {
            connection = RedisTier.of(client);
            tier = connection.tier(namespace);
            eventually().until(() -> EachPart.work(tier));
            REDIS.moveSlot(slot, to);
            assertThat(EachPart.work(tier)).isTrue();
            assertThat(done(tier.claim(key, new byte[0], token(), MINUTE_MILLIS, false)))
                    .isInstanceOf(Claim.Granted.class);
            assertThat(told("MOVED")).isPositive();
            connection.close();
        }
    }

    @Test
    void aPromotedReplicaThatKnowsNoScriptIsTold() {
        RedisServer replica = REDIS.replicasOf(from).get(0);
        assertThat(EachPart.work(tier)).isTrue();
        replica.command("SCRIPT", "FLUSH");
        REDIS.failOver(replica);
        assertThat(done(tier.invalidate(key)).applied()).isTrue();
        assertThat(told("NOSCRIPT")).isPositive();
    }

    @Test
    void whileSlotsAreServedByNobodyThatIsTold() {
        RedisServer replica = REDIS.replicasOf(from).get(0);
        List<String> elsewhere = EachPart.keys().stream()
                .filter(other -> REDIS.primaryOf(place(other)) == to)
                .toList();
        replica.kill();
        from.kill();
        try {
            eventually()
                    .untilAsserted(() -> assertThat(failure(tier.invalidate(elsewhere.get(0))))
                            .isInstanceOf(RemoteRefusedException.class)
                            .hasMessageContaining("CLUSTERDOWN"));
            assertThat(EachPart.work(tier)).isFalse();
        } finally {
            from.restart();
            replica.restart();
        }
        long begun = System.nanoTime();
        eventually().until(() -> EachPart.work(tier));
        System.out.printf("all parts %d ms after the restart%n", (System.nanoTime() - begun) / 1_000_000);
    }
}
