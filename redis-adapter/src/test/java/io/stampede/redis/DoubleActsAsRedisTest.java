package io.stampede.redis;

import static io.stampede.redis.Samples.MINUTE_MILLIS;

import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import io.stampede.testing.Holding;
import io.stampede.testing.InMemoryRemote;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any sequence of operations, of nodes with different schemas, in whatever time, does the same to the double as to Redis:
 * the cache's tests stand on that.
 */
class DoubleActsAsRedisTest {

    private static final String CACHE = "double";
    private static final RedisServer SERVER = RedisServer.start();
    private static final TwinRedis REDIS = TwinRedis.standalone(SERVER.uri(), CACHE);
    private static final int STEPS = 1_500;
    private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;
    private static final long[] SCHEMAS = {0, 1, -2, 3, Long.MIN_VALUE, Long.MAX_VALUE, 256};
    private static final int FRESH_UNTIL = 17;
    private static final int DEAD_AT = 25;
    private static final int SCHEMA = 66;
    private static final int PAYLOAD_LENGTH = 78;
    private static final int HEADER_BYTES = 82;

    private final List<Stored> written = new ArrayList<>();
    private long micros;

    @AfterAll
    static void stop() {
        REDIS.close();
        SERVER.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void afterAnySequence(long seed) {
        Random random = new Random(seed);
        micros = 1_790_000_000_000_000L;
        written.clear();
        newEntry(random, 0);
        InMemoryRemote memory = new InMemoryRemote(() -> micros, random.nextBoolean() ? 1 : 3);
        Twin twin = new Twin(memory, CACHE, memory, REDIS, Script::source);
        for (int step = 0; step < STEPS; step++) {
            passTime(random, memory);
            if (random.nextInt(40) == 0) {
                forget(random, memory);
            }
            long schema = SCHEMAS[random.nextInt(SCHEMAS.length)];
            operate(random, twin.tier(new RemoteNamespace(CACHE, token(random), schema)), schema);
        }
    }

    @Test
    @Tag("long")
    void afterManySequences() {
        for (long seed = 5; seed <= 100; seed++) {
            try {
                afterAnySequence(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("Seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    /** Often none, mostly a little; sometimes until just before or after something ends. */
    private void passTime(Random random, InMemoryRemote memory) {
        micros += switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(2_000_000);
            case 2 -> Math.max(0, nextEnd(memory) - micros - 1 + random.nextInt(3));
            default -> random.nextInt(1_000);
        };
    }

    private long nextEnd(InMemoryRemote memory) {
        Holding held = memory.holding(CACHE, memory.partOf("k"), "k");
        return Stream.of(
                        held.entry() == null ? null : Long.valueOf(held.entry().endsAtMicros()),
                        held.lease() == null ? null : Long.valueOf(held.lease().endsAtMicros()))
                .filter(Objects::nonNull)
                .filter(end -> end > micros)
                .min(Long::compare)
                .orElse(micros);
    }

    private static void forget(Random random, InMemoryRemote memory) {
        switch (random.nextInt(4)) {
            case 0 -> memory.wipe();
            case 1 -> memory.loseLease(CACHE, "k");
            case 2 -> memory.loseTag(CACHE, "t");
            default -> memory.loseMemory(CACHE, memory.partOf("k"));
        }
    }

    private void operate(Random random, RemoteTier tier, long schema) {
        Token lease = new Token(1, random.nextInt(2));
        switch (random.nextInt(19)) {
            case 0, 1, 2 -> tier.get("k");
            case 3 -> tier.getAll(List.of("none", "k"));
            case 4, 5, 6 -> claim(random, tier, lease);
            case 7, 8, 9 -> {
                tier.claim("k", new byte[0], lease, 1 + random.nextInt(1_000), true);
                tier.publish("k", lease, newEntry(random, schema));
            }
            case 10 -> {
                tier.release("k", lease, LoadOutcome.ABANDONED);
                tier.publish("k", lease, anyWritten(random));
            }
            case 11, 12 ->
                tier.put("k", random.nextBoolean() ? newEntry(random, schema) : garbage(random), notAfter(random));
            case 13 -> tier.expire("k");
            case 14 -> tier.invalidate("k");
            case 15 -> {
                tier.release("k", lease, LoadOutcome.absent(Token.NONE));
                tier.renew("k", new Token(1, random.nextInt(2)), 1 + random.nextInt(1_000));
            }
            case 16 -> tier.generation(random.nextInt(tier.parts()), token(random), HOUR_MILLIS);
            case 17 -> tier.clear(token(random), HOUR_MILLIS);
            default -> {
                if (random.nextBoolean()) {
                    tier.invalidateTag("t", token(random), 1 + random.nextInt(1_000));
                }
                tier.tag("t", token(random), 1 + random.nextInt(1_000));
            }
        }
    }

    private void claim(Random random, RemoteTier tier, Token lease) {
        byte[] bytes = anyWritten(random).bytes();
        byte[] seen = Arrays.copyOf(bytes, random.nextBoolean() ? Math.min(bytes.length, RemoteTier.STAMP_BYTES) : 0);
        tier.claim("k", seen, lease, 1 + random.nextInt(1_000), random.nextInt(4) == 0);
    }

    private long notAfter(Random random) {
        return random.nextBoolean() ? Long.MAX_VALUE : micros - 2 + random.nextInt(5);
    }

    /** Of any size and lifetime; some are dead from the beginning, some live for ever. */
    private Stored newEntry(Random random, long schema) {
        Token version = token(random);
        int payload = random.nextInt(200);
        byte[] bytes = ByteBuffer.allocate(HEADER_BYTES + payload)
                .put((byte) 2)
                .put(version.toBytes())
                .putLong(FRESH_UNTIL, time(random))
                .putLong(DEAD_AT, time(random))
                .putLong(SCHEMA, schema)
                .putInt(PAYLOAD_LENGTH, payload)
                .array();
        return remembered(new Stored(version, bytes, expiry(random)));
    }

    private long time(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> 1;
            case 1 -> Long.MAX_VALUE;
            case 2 -> micros;
            default -> micros + random.nextInt(3_000_000);
        };
    }

    /** What was written before, damaged: mostly two envelopes, one of them cut short or with a length that is wrong. */
    private Stored garbage(Random random) {
        byte[] one = anyWritten(random).bytes();
        byte[] two = anyWritten(random).bytes();
        ByteBuffer both = ByteBuffer.allocate(one.length + two.length).put(one).put(two);
        if (random.nextBoolean() && both.capacity() > HEADER_BYTES) {
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

    private long expiry(Random random) {
        return micros / 1_000 - 1 + random.nextInt(3_000);
    }

    private static Token token(Random random) {
        return new Token(random.nextLong() | 1, random.nextLong());
    }
}
