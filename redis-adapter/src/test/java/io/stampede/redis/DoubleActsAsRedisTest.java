package io.stampede.redis;

import static io.stampede.redis.Samples.MINUTE_MILLIS;
import static io.stampede.redis.Samples.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.RemoteTier.TagGeneration;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import io.stampede.testing.InMemoryRemote;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any sequence of operations has the same answers from the double as from Redis: the cache's tests stand on that. */
class DoubleActsAsRedisTest {

    private static final RedisServer REDIS = RedisServer.start();
    private static final RedisAdmin ADMIN = new RedisAdmin(REDIS.uri());
    private static final RedisTier CONNECTION = RedisTier.connect(REDIS.uri());
    private static final int STEPS = 2_000;
    private static final long[] SCHEMAS = {0, 1, -2, 3, Long.MIN_VALUE, Long.MAX_VALUE, 256};
    private static final int FRESH_UNTIL = 17;
    private static final int DEAD_AT = 25;
    private static final int PAYLOAD_LENGTH = 78;

    private final String cache = Samples.namespace().cache();
    private final byte[] redisKey = RedisKeys.onOneServer(cache).value("k");
    private final InMemoryRemote memory = new InMemoryRemote(() -> System.currentTimeMillis() * 1_000);
    private final List<Stored> written = new ArrayList<>(List.of(Samples.entry()));

    @AfterAll
    static void stop() {
        CONNECTION.close();
        ADMIN.close();
        REDIS.close();
    }

    /** Chance has spoken when it is made, so that it does the same to the one as to the other. */
    private interface Operation extends Function<RemoteTier, @Nullable Object> {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void afterAnySequence(int seed) {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            long schema = SCHEMAS[random.nextInt(SCHEMAS.length)];
            RemoteNamespace namespace = new RemoteNamespace(cache, token(random), schema);
            Operation operation = any(random, schema);
            assertThat(comparable(operation.apply(CONNECTION.tier(namespace))))
                    .as("step %d", step)
                    .isEqualTo(comparable(operation.apply(memory.tier(namespace))));
            assertSameLifetime(step);
        }
    }

    /** The lifetimes of entries differ by minutes. */
    private void assertSameLifetime(int step) {
        long expires = memory.expiresAtMillis(cache, "k");
        long ttl = ADMIN.redis().pttl(redisKey);
        assertThat(ttl > 0).as("there is something after step %d", step).isEqualTo(expires > 0);
        if (ttl > 0) {
            assertThat(System.currentTimeMillis() + ttl)
                    .as("lifetime after step %d", step)
                    .isCloseTo(expires, within(MINUTE_MILLIS / 2));
        }
    }

    private Operation any(Random random, long schema) {
        Token lease = new Token(1, random.nextInt(2));
        return switch (random.nextInt(16)) {
            case 0, 1, 2 -> tier -> done(tier.get("k"));
            case 3 -> tier -> done(tier.getAll(List.of("none", "k"))).get(1);
            case 4, 5, 6 -> claim(random, lease);
            case 7, 8, 9 -> publish(lease, newEntry(random, schema));
            case 10 -> publishAgain(random, lease);
            case 11 -> put(random.nextBoolean() ? newEntry(random, schema) : garbage(random));
            case 12 -> tier -> done(tier.expire("k"));
            case 13 -> tier -> done(tier.invalidate("k"));
            case 14 -> releaseAndRenew(lease, new Token(1, random.nextInt(2)));
            default -> tag(random.nextBoolean(), token(random), token(random));
        };
    }

    private Operation claim(Random random, Token lease) {
        byte[] bytes = anyWritten(random).bytes();
        byte[] seen = Arrays.copyOf(bytes, random.nextBoolean() ? Math.min(bytes.length, RemoteTier.STAMP_BYTES) : 0);
        boolean force = random.nextInt(4) == 0;
        return tier -> done(tier.claim("k", seen, lease, MINUTE_MILLIS, force));
    }

    private static Operation publish(Token lease, Stored entry) {
        return tier -> {
            done(tier.claim("k", new byte[0], lease, MINUTE_MILLIS, true));
            return done(tier.publish("k", lease, entry));
        };
    }

    private Operation publishAgain(Random random, Token lease) {
        Stored entry = anyWritten(random);
        return tier -> {
            done(tier.release("k", lease, LoadOutcome.ABANDONED));
            return done(tier.publish("k", lease, entry));
        };
    }

    private static Operation put(Stored entry) {
        return tier -> done(tier.put("k", entry, Long.MAX_VALUE));
    }

    private static Operation releaseAndRenew(Token released, Token renewed) {
        return tier -> {
            done(tier.release("k", released, LoadOutcome.absent(Token.NONE)));
            return done(tier.renew("k", renewed, MINUTE_MILLIS));
        };
    }

    private static Operation tag(boolean invalidate, Token generation, Token candidate) {
        return tier -> {
            if (invalidate) {
                done(tier.invalidateTag("t", generation, MINUTE_MILLIS));
            }
            return done(tier.tag("t", candidate, MINUTE_MILLIS));
        };
    }

    /** Of any size and lifetime; some are dead from the beginning. */
    private Stored newEntry(Random random, long schema) {
        Token version = token(random);
        int payload = random.nextInt(200);
        byte[] bytes = ByteBuffer.allocate(82 + payload)
                .put((byte) 2)
                .put(version.toBytes())
                .putLong(FRESH_UNTIL, random.nextInt(4) == 0 ? 1 : Long.MAX_VALUE)
                .putLong(DEAD_AT, random.nextInt(8) == 0 ? 1 : Long.MAX_VALUE)
                .putLong(66, schema)
                .putInt(PAYLOAD_LENGTH, payload)
                .array();
        return remembered(new Stored(version, bytes, expiry(random)));
    }

    /** What was written before, damaged: mostly two envelopes, one of them cut short or with a length that is wrong. */
    private Stored garbage(Random random) {
        byte[] one = anyWritten(random).bytes();
        byte[] two = anyWritten(random).bytes();
        ByteBuffer both = ByteBuffer.allocate(one.length + two.length).put(one).put(two);
        if (random.nextBoolean() && both.capacity() > 82) {
            both.putInt(PAYLOAD_LENGTH, random.nextInt());
        }
        byte[] bytes =
                Arrays.copyOf(both.array(), both.capacity() - random.nextInt(2) * random.nextInt(both.capacity()));
        return remembered(new Stored(token(random), bytes, expiry(random)));
    }

    private Stored remembered(Stored entry) {
        if (written.size() == 8) {
            written.remove(0);
        }
        written.add(entry);
        return entry;
    }

    private Stored anyWritten(Random random) {
        return written.get(random.nextInt(written.size()));
    }

    private static long expiry(Random random) {
        return System.currentTimeMillis() + (1 + random.nextInt(9)) * MINUTE_MILLIS;
    }

    private static Token token(Random random) {
        return new Token(random.nextLong() | 1, random.nextLong());
    }

    /** Without the clocks, which are two. */
    private static Object comparable(@Nullable Object answer) {
        if (answer instanceof byte[] bytes) {
            return HexFormat.of().formatHex(withoutTime(bytes));
        } else if (answer instanceof Claim.Found found) {
            return "found " + comparable(found.bytes());
        } else if (answer instanceof Claim.Held held) {
            return "held by " + held.holder();
        } else if (answer instanceof Claim.Granted) {
            return "granted";
        } else if (answer instanceof Receipt receipt) {
            return receipt.applied() + " " + receipt.revoked();
        } else if (answer instanceof TagGeneration tag) {
            return tag.token() + (tag.sinceMicros() > 0 ? " invalidated" : "");
        } else {
            return String.valueOf(answer);
        }
    }

    private static byte[] withoutTime(byte[] bytes) {
        ByteBuffer copy = ByteBuffer.wrap(bytes.clone());
        if (bytes.length >= 82 && copy.getLong(FRESH_UNTIL) > 1 && copy.getLong(FRESH_UNTIL) < Long.MAX_VALUE) {
            copy.putLong(FRESH_UNTIL, 2);
        }
        return copy.array();
    }
}
