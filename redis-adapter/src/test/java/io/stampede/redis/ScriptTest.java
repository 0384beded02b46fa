package io.stampede.redis;

import static io.stampede.redis.RedisAdmin.bytes;
import static io.stampede.redis.Samples.MINUTE_MILLIS;
import static io.stampede.redis.Samples.done;
import static io.stampede.redis.Samples.entry;
import static io.stampede.redis.Samples.failure;
import static io.stampede.redis.Samples.namespace;
import static io.stampede.redis.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Publication;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.RemoteTier.TagGeneration;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the operations do inside a real Redis, as another client sees it. */
@Tag("lettuce")
class ScriptTest {

    private static final RedisServer REDIS = RedisServer.start();
    private static final RedisAdmin ADMIN = new RedisAdmin(REDIS.uri());
    private static final RedisTier CONNECTION = RedisTier.connect(REDIS.uri());
    private static final byte[] UNSEEN = {};

    private final RemoteNamespace namespace = namespace();
    private final RedisKeys keys = RedisKeys.onOneServer(namespace.cache());
    private final RemoteTier tier = CONNECTION.tier(namespace);
    private final Token lease = token();

    @AfterAll
    static void stop() {
        CONNECTION.close();
        ADMIN.close();
        REDIS.close();
    }

    @BeforeEach
    void empty() {
        ADMIN.redis().flushall();
    }

    private Claim claim() {
        return done(tier.claim("k", UNSEEN, lease, MINUTE_MILLIS, false));
    }

    /** The commands that Redis runs for an operation. */
    private static Map<String, Integer> costOf(Supplier<CompletionStage<?>> operation) {
        ADMIN.resetStatistics();
        done(operation.get());
        Map<String, Integer> calls = new TreeMap<>(ADMIN.calls());
        calls.keySet().removeIf(name -> name.startsWith("config") || name.equals("info"));
        return calls;
    }

    /** Each of these commands one time, and no other. */
    private static Map<String, Integer> once(String... commands) {
        return Arrays.stream(commands).collect(Collectors.toMap(Function.identity(), command -> 1));
    }

    @Test
    void everyOperationIsOneCommandOfTheClient() {
        done(tier.generation(0, token(), MINUTE_MILLIS));
        done(tier.invalidate("another")); // so that no message is the first
        assertThat(costOf(() -> tier.get("k"))).isEqualTo(once("get"));
        assertThat(costOf(() -> tier.getAll(List.of("k", "k2", "k3")))).isEqualTo(once("mget"));
        assertThat(costOf(() -> tier.getAll(List.of()))).isEmpty();
        assertThat(costOf(() -> tier.claim("k", UNSEEN, lease, MINUTE_MILLIS, false)))
                .isEqualTo(once("evalsha", "time", "getrange", "get", "set"));
        assertThat(costOf(() -> tier.renew("k", lease, MINUTE_MILLIS))).isEqualTo(once("evalsha", "get", "pexpire"));
        assertThat(costOf(() -> tier.publish("k", lease, entry())))
                .isEqualTo(once("evalsha", "getrange", "get", "time", "set", "del", "hincrby", "publish"));
        claim();
        assertThat(costOf(() -> tier.put("k", entry(), Long.MAX_VALUE)))
                .isEqualTo(once("evalsha", "time", "get", "set", "hincrby", "publish"));
        assertThat(costOf(() -> tier.expire("k")))
                .isEqualTo(once("evalsha", "time", "getrange", "strlen", "setrange", "get", "hincrby", "publish"));
        assertThat(costOf(() -> tier.invalidate("k")))
                .isEqualTo(once("evalsha", "time", "get", "del", "hincrby", "publish"));
        claim();
        assertThat(costOf(() -> tier.release("k", lease, LoadOutcome.absent(Token.NONE))))
                .isEqualTo(once("evalsha", "get", "time", "del", "hincrby", "publish"));
        assertThat(costOf(() -> tier.generation(0, token(), MINUTE_MILLIS)))
                .isEqualTo(once("evalsha", "time", "type", "hmget", "hset", "pexpire"));
        assertThat(costOf(() -> tier.clear(token(), MINUTE_MILLIS)))
                .isEqualTo(once("evalsha", "time", "type", "hset", "hincrby", "publish", "pexpire"));
        assertThat(costOf(() -> tier.tag("t", token(), MINUTE_MILLIS)))
                .isEqualTo(once("evalsha", "time", "get", "set"));
        assertThat(costOf(() -> tier.invalidateTag("t", token(), MINUTE_MILLIS)))
                .isEqualTo(once("evalsha", "time", "set", "hincrby", "publish"));
    }

    @Test
    void aStaleEntryIsRebuiltWithoutReadingItsPayload() {
        Stored stale = entry();
        done(tier.put("k", stale, Long.MAX_VALUE));
        assertThat(costOf(() -> tier.claim("k", stamp(stale), lease, MINUTE_MILLIS, false)))
                .isEqualTo(once("evalsha", "time", "getrange", "strlen", "get", "set"));
        assertThat(costOf(() -> tier.publish("k", lease, entry())))
                .isEqualTo(once("evalsha", "getrange", "strlen", "get", "time", "set", "del", "hincrby", "publish"));
    }

    @Test
    void entriesOfDifferentSchemasAreOneString() {
        RemoteTier other = CONNECTION.tier(new RemoteNamespace(namespace.cache(), token(), 2));
        done(tier.generation(0, token(), MINUTE_MILLIS));
        Stored ofNone = entry();
        Stored ofTwo = entry(2);
        claim();
        done(tier.publish("k", lease, ofNone));
        done(other.claim("k", UNSEEN, lease, MINUTE_MILLIS, false));
        done(other.publish("k", lease, ofTwo));
        assertThat(ADMIN.redis().get(keys.value("k"))).startsWith(ofTwo.bytes()).endsWith(ofNone.bytes());
        assertAllKeysExpire(2);
        assertThat(costOf(() -> tier.get("k"))).isEqualTo(once("get"));
        done(tier.expire("k"));
        assertAllKeysExpire(2);
    }

    @Test
    void aUserNeedsNoMoreRightsThanTheMessageSays() {
        ADMIN.setUser("limited", "on", ">secret");
        String uri = "redis://limited:secret@" + REDIS.host() + ":" + REDIS.port();
        try (RedisTier connection = RedisTier.connect(uri)) {
            RemoteTier there = connection.tier(namespace);
            String message = failure(there.getAll(List.of("k"))).getMessage();
            assertThat(message).contains("NOPERM");
            ADMIN.setUser(
                    "limited",
                    message.replaceFirst(".*\\(the user needs (.*)\\)", "$1").split(" "));
            BusLog bus = new BusLog();
            connection.bus(namespace).subscribe(bus);
            bus.awaitEvents("up");
            everyOperationOf(there);
        } finally {
            ADMIN.redis().aclDeluser("limited");
        }
    }

    @Test
    void aThousandHitsAreAThousandGets() {
        done(tier.put("k", entry(), Long.MAX_VALUE));
        ADMIN.resetStatistics();
        for (int i = 0; i < 1_000; i++) {
            done(tier.get("k"));
        }
        assertThat(ADMIN.calls()).containsEntry("get", 1_000).doesNotContainKey("evalsha");
    }

    @Test
    void scriptsThatRedisForgotAreSentAgain() { // KNOWN-BUG 44
        ADMIN.redis().scriptFlush();
        everyOperationOf(tier);
        assertThat(costOf(() -> tier.claim("k", UNSEEN, lease, MINUTE_MILLIS, false)))
                .doesNotContainKey("eval");
    }

    private void everyOperationOf(RemoteTier each) {
        Stored entry = entry();
        assertThat(done(each.claim("k", UNSEEN, lease, MINUTE_MILLIS, false))).isInstanceOf(Claim.Granted.class);
        assertThat(done(each.claim("k", UNSEEN, token(), MINUTE_MILLIS, false))).isInstanceOf(Claim.Held.class);
        assertThat(done(each.renew("k", lease, MINUTE_MILLIS))).isTrue();
        assertThat(done(each.publish("k", lease, entry))).isEqualTo(Publication.PUBLISHED);
        assertThat(done(each.claim("k", UNSEEN, lease, MINUTE_MILLIS, false))).isInstanceOf(Claim.Found.class);
        assertThat(done(each.get("k"))).isEqualTo(entry.bytes());
        assertThat(done(each.getAll(List.of("k")))).containsExactly(entry.bytes());
        done(each.put("k", entry(), Long.MAX_VALUE));
        done(each.expire("k"));
        done(each.invalidate("k"));
        done(each.release("k", lease, LoadOutcome.absent(Token.NONE)));
        done(each.generation(0, token(), MINUTE_MILLIS));
        done(each.clear(token(), MINUTE_MILLIS));
        done(each.generation(0, token(), MINUTE_MILLIS));
        done(each.tag("t", token(), MINUTE_MILLIS));
        done(each.invalidateTag("t", token(), MINUTE_MILLIS));
        done(each.tag("t", token(), MINUTE_MILLIS));
    }

    @Test
    void aNewConnectionBringsTheScriptsAlong() {
        ADMIN.redis().scriptFlush();
        try (RedisTier connection = RedisTier.connect(REDIS.uri())) {
            RemoteTier there = connection.tier(namespace);
            assertThat(costOf(() -> there.put("k", entry(), Long.MAX_VALUE)))
                    .containsEntry("evalsha", 1)
                    .doesNotContainKey("eval");
        }
    }

    @Test
    void everyKeyExpires() { // P16, KNOWN-BUG 27
        done(tier.generation(0, token(), MINUTE_MILLIS));
        done(tier.generation(0, token(), MINUTE_MILLIS));
        claim();
        assertAllKeysExpire(2);
        claim();
        done(tier.renew("k", lease, MINUTE_MILLIS));
        assertAllKeysExpire(2);
        done(tier.publish("k", lease, entry()));
        assertAllKeysExpire(2);
        done(tier.put("k", entry(), Long.MAX_VALUE));
        done(tier.put("k2", entry(), Long.MAX_VALUE));
        assertAllKeysExpire(3);
        done(tier.expire("k"));
        assertAllKeysExpire(3);
        done(tier.claim("k", UNSEEN, lease, MINUTE_MILLIS, true));
        done(tier.claim("k2", UNSEEN, lease, MINUTE_MILLIS, true));
        done(tier.claim("k2", UNSEEN, token(), MINUTE_MILLIS, true));
        assertAllKeysExpire(5);
        done(tier.release("k", lease, LoadOutcome.absent(Token.NONE)));
        done(tier.invalidate("k2"));
        done(tier.clear(token(), MINUTE_MILLIS));
        assertAllKeysExpire(2);
        done(tier.tag("used", token(), MINUTE_MILLIS));
        done(tier.tag("used", token(), MINUTE_MILLIS));
        done(tier.invalidateTag("invalidated", token(), MINUTE_MILLIS));
        assertAllKeysExpire(4);
    }

    private static void assertAllKeysExpire(int count) {
        assertThat(ADMIN.ttls())
                .hasSize(count)
                .allSatisfy((key, ttl) -> assertThat(ttl).as(key).isBetween(1L, MINUTE_MILLIS));
    }

    private void putWrongTypes() {
        ADMIN.redis().del(keys.value("k"), keys.lease("k"), keys.state(0), keys.tag("t"));
        ADMIN.redis().lpush(keys.value("k"), bytes("a list"));
        ADMIN.redis().lpush(keys.lease("k"), bytes("a list"));
        ADMIN.redis().lpush(keys.state(0), bytes("a list"));
        ADMIN.redis().lpush(keys.tag("t"), bytes("a list"));
    }

    @Test
    void keysOfTheWrongTypeAreOverwritten() {
        putWrongTypes();
        assertThat(done(tier.get("k"))).isEmpty();
        assertThat(done(tier.getAll(List.of("k")))).containsExactly((byte[]) null);
        assertThat(claim()).isInstanceOf(Claim.Granted.class);
        Stored entry = entry();
        assertThat(done(tier.publish("k", lease, entry))).isEqualTo(Publication.PUBLISHED);
        assertThat(done(tier.get("k"))).isEqualTo(entry.bytes());

        putWrongTypes();
        assertThat(done(tier.renew("k", lease, MINUTE_MILLIS))).isFalse();
        assertThat(done(tier.publish("k", lease, entry))).isEqualTo(Publication.REFUSED);
        done(tier.release("k", lease, LoadOutcome.absent(Token.NONE)));
        assertThat(done(tier.put("k", entry, Long.MAX_VALUE)).revoked()).isEqualTo(Token.NONE);
        assertThat(done(tier.get("k"))).isEqualTo(entry.bytes());
        assertThat(claimOverSeen(entry)).isInstanceOf(Claim.Granted.class);

        putWrongTypes();
        assertThat(done(tier.expire("k")).revoked()).isEqualTo(Token.NONE);
        assertThat(done(tier.get("k"))).isNull();

        putWrongTypes();
        assertThat(done(tier.invalidate("k")).revoked()).isEqualTo(Token.NONE);
        assertThat(done(tier.get("k"))).isNull();
        assertThat(claim()).isInstanceOf(Claim.Granted.class);

        putWrongTypes();
        Token generation = token();
        assertThat(done(tier.generation(0, generation, MINUTE_MILLIS)).token()).isEqualTo(generation);
        putWrongTypes();
        done(tier.clear(generation, MINUTE_MILLIS));
        assertThat(done(tier.generation(0, token(), MINUTE_MILLIS)).token()).isEqualTo(generation);

        assertThat(done(tier.tag("t", generation, MINUTE_MILLIS)).token()).isEqualTo(generation);
        putWrongTypes();
        done(tier.invalidateTag("t", generation, MINUTE_MILLIS));
        assertThat(done(tier.tag("t", token(), MINUTE_MILLIS)).token()).isEqualTo(generation);
    }

    @Test
    void aTagThatIsNoneOfOursIsReplaced() {
        for (String garbage :
                List.of("", "garbage", "0123456789abcdef123456789012345x", "x".repeat(32), "0".repeat(33))) {
            Token candidate = token();
            ADMIN.redis().set(keys.tag("t"), bytes(garbage));
            TagGeneration tag = done(tier.tag("t", candidate, MINUTE_MILLIS));
            assertThat(tag.token()).as(garbage).isEqualTo(candidate);
            assertThat(tag.sinceMicros()).isZero();
        }
        assertAllKeysExpire(1);
    }

    private static byte[] stamp(Stored entry) {
        return Arrays.copyOf(entry.bytes(), RemoteTier.STAMP_BYTES);
    }

    private Claim claimOverSeen(Stored entry) {
        return done(tier.claim("k", stamp(entry), lease, MINUTE_MILLIS, false));
    }

    @Test
    void aLeaseThatIsNoneOfOursDoesNotLockTheKey() {
        ADMIN.redis().psetex(keys.lease("k"), MINUTE_MILLIS, bytes("too short"));
        assertThat(claim()).isInstanceOf(Claim.Granted.class);
        ADMIN.redis().set(keys.lease("k"), token().toBytes()); // no TTL
        assertThat(claim()).isInstanceOf(Claim.Granted.class);
        ADMIN.redis().psetex(keys.lease("k"), MINUTE_MILLIS, bytes("too short"));
        Receipt receipt = done(tier.put("k", entry(), Long.MAX_VALUE));
        assertThat(receipt.revoked()).isEqualTo(Token.NONE);
        assertThat(ADMIN.redis().exists(keys.lease("k"))).isZero();
    }

    @Test
    void aKeyThatHasNoBytesIsTroubleAndNotThrown() {
        assertThat(failure(tier.get("\uD83D"))).hasMessageContaining("surrogate");
        assertThat(failure(tier.getAll(List.of("k", "\uD83D")))).hasMessageContaining("surrogate");
        assertThat(failure(tier.tag("\uD83D", token(), MINUTE_MILLIS))).hasMessageContaining("surrogate");
        assertThat(failure(tier.put("\uD83D", entry(), Long.MAX_VALUE))).hasMessageContaining("surrogate");
    }

    @Test
    void aFullRedisKeepsWhatItHasAndStillExpiresAndInvalidates() {
        try (RedisServer full = RedisServer.start("--maxmemory-policy", "noeviction");
                RedisAdmin admin = new RedisAdmin(full.uri());
                RedisTier connection = RedisTier.connect(full.uri())) {
            RemoteTier there = connection.tier(namespace);
            Stored old = entry();
            done(there.put("k", old, Long.MAX_VALUE));
            done(there.claim("k", UNSEEN, lease, MINUTE_MILLIS, true));
            admin.redis().configSet("maxmemory", "1");
            assertThat(failure(there.put("k", entry(), Long.MAX_VALUE)))
                    .hasMessageContaining("PUT failed")
                    .hasMessageContaining("OOM");
            assertThat(failure(there.publish("k", lease, entry()))).hasMessageContaining("OOM");
            assertThat(done(there.get("k"))).isEqualTo(old.bytes());
            assertThat(done(there.renew("k", lease, MINUTE_MILLIS))).isTrue();
            assertThat(done(there.expire("k")).revoked()).isEqualTo(lease);
            byte[] left = done(there.get("k"));
            assertThat(left == null || ByteBuffer.wrap(left).getLong(17) < Long.MAX_VALUE)
                    .as("stale or gone")
                    .isTrue();
            assertThat(done(there.invalidate("k")).applied()).isTrue();
            assertThat(done(there.get("k"))).isNull();
        }
    }
}
