package io.stampede.redis;

import static io.stampede.redis.Samples.MINUTE_MILLIS;

import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteConnection;
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
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Operations of nodes with different schemas, in whatever order and time, on the double and on Redis at once: what no
 * cache would do, too.
 */
final class AnySequence {

    private static final int STEPS = 1_500;
    private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;
    private static final long[] SCHEMAS = {0, 1, -2, 3, Long.MIN_VALUE, Long.MAX_VALUE, 256};
    private static final int FRESH_UNTIL = 17;
    private static final int DEAD_AT = 25;
    private static final int SCHEMA = 66;
    private static final int PAYLOAD_LENGTH = 78;
    private static final int HEADER_BYTES = 82;

    private final Random random;

    /** Whether so little time passes that the entries of many schemas come together. */
    private final boolean calm;

    private final String cache;
    private final InMemoryRemote memory;
    private final Twin twin;
    private final List<Stored> written = new ArrayList<>();
    private long micros = 1_790_000_000_000_000L;

    /**
     * A new one.
     *
     * @param seed decides everything
     * @param breakage wraps the double, to break something on purpose
     * @param scripts what runs in Redis for each script, likewise
     */
    AnySequence(
            long seed,
            TwinRedis redis,
            Function<InMemoryRemote, RemoteConnection> breakage,
            Function<Script, String> scripts) {
        this.random = new Random(seed);
        this.calm = seed % 2 == 0;
        this.cache = redis.cache();
        this.memory = new InMemoryRemote(() -> micros, seed % 4 < 2 ? 1 : 3);
        this.twin = new Twin(memory, cache, breakage.apply(memory), redis, scripts);
        newEntry(0);
    }

    static AnySequence of(long seed, TwinRedis redis) {
        return new AnySequence(seed, redis, memory -> memory, Script::source);
    }

    /** Fails as soon as the two differ. */
    void run() {
        for (int step = 0; step < STEPS; step++) {
            passTime();
            if (random.nextInt(calm ? 400 : 40) == 0) {
                forget();
            }
            long schema = SCHEMAS[random.nextInt(SCHEMAS.length)];
            operate(twin.tier(new RemoteNamespace(cache, token(), schema)), schema);
        }
    }

    /** Often none, mostly a little; sometimes until just before or after something ends. */
    private void passTime() {
        micros += switch (calm ? 3 : random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(2_000_000);
            case 2 -> Math.max(0, nextEnd() - micros - 1 + random.nextInt(3));
            default -> random.nextInt(1_000);
        };
    }

    private long nextEnd() {
        Holding held = memory.holding(cache, memory.partOf("k"), "k");
        return Stream.of(
                        held.entry() == null ? null : Long.valueOf(held.entry().endsAtMicros()),
                        held.lease() == null ? null : Long.valueOf(held.lease().endsAtMicros()))
                .filter(Objects::nonNull)
                .filter(end -> end > micros)
                .min(Long::compare)
                .orElse(micros);
    }

    private void forget() {
        switch (random.nextInt(4)) {
            case 0 -> memory.wipe();
            case 1 -> memory.loseLease(cache, "k");
            case 2 -> memory.loseTag(cache, "t");
            default -> memory.loseMemory(cache, memory.partOf("k"));
        }
    }

    private void operate(RemoteTier tier, long schema) {
        Token lease = new Token(1, random.nextInt(2));
        switch (random.nextInt(19)) {
            case 0, 1, 2 -> tier.get("k");
            case 3 -> tier.getAll(List.of("none", "k"));
            case 4, 5, 6 -> claim(tier, lease);
            case 7, 8, 9 -> {
                tier.claim("k", new byte[0], lease, 1 + random.nextInt(1_000), true);
                tier.publish("k", lease, newEntry(schema));
            }
            case 10 -> {
                tier.release("k", lease, LoadOutcome.ABANDONED);
                tier.publish("k", lease, anyWritten());
            }
            case 11, 12 -> tier.put("k", random.nextBoolean() ? newEntry(schema) : garbage(), notAfter());
            case 13 -> tier.expire("k");
            case 14 -> tier.invalidate("k");
            case 15 -> {
                tier.release("k", lease, LoadOutcome.absent(Token.NONE));
                tier.renew("k", new Token(1, random.nextInt(2)), 1 + random.nextInt(1_000));
            }
            case 16 -> tier.generation(random.nextInt(tier.parts()), token(), HOUR_MILLIS);
            case 17 -> tier.clear(token(), HOUR_MILLIS);
            default -> {
                if (random.nextBoolean()) {
                    tier.invalidateTag("t", token(), 1 + random.nextInt(1_000));
                }
                tier.tag("t", token(), 1 + random.nextInt(1_000));
            }
        }
    }

    private void claim(RemoteTier tier, Token lease) {
        byte[] bytes = anyWritten().bytes();
        byte[] seen = Arrays.copyOf(bytes, random.nextBoolean() ? Math.min(bytes.length, RemoteTier.STAMP_BYTES) : 0);
        tier.claim("k", seen, lease, 1 + random.nextInt(1_000), random.nextInt(4) == 0);
    }

    private long notAfter() {
        return random.nextBoolean() ? Long.MAX_VALUE : micros - 2 + random.nextInt(5);
    }

    /** Of any size and lifetime; some are dead from the beginning, some live for ever. */
    private Stored newEntry(long schema) {
        Token version = token();
        int payload = random.nextInt(200);
        byte[] bytes = ByteBuffer.allocate(HEADER_BYTES + payload)
                .put((byte) 2)
                .put(version.toBytes())
                .putLong(FRESH_UNTIL, time())
                .putLong(DEAD_AT, time())
                .putLong(SCHEMA, schema)
                .putInt(PAYLOAD_LENGTH, payload)
                .array();
        return remembered(new Stored(version, bytes, expiry()));
    }

    private long time() {
        return switch (random.nextInt(8)) {
            case 0 -> 1;
            case 1 -> Long.MAX_VALUE;
            case 2 -> micros;
            default -> micros + random.nextInt(3_000_000);
        };
    }

    /** What was written before, damaged: mostly two envelopes, one of them cut short or with a length that is wrong. */
    private Stored garbage() {
        byte[] one = anyWritten().bytes();
        byte[] two = anyWritten().bytes();
        ByteBuffer both = ByteBuffer.allocate(one.length + two.length).put(one).put(two);
        if (random.nextBoolean() && both.capacity() > HEADER_BYTES) {
            both.putInt(PAYLOAD_LENGTH, random.nextInt());
        }
        byte[] bytes =
                Arrays.copyOf(both.array(), both.capacity() - random.nextInt(2) * random.nextInt(both.capacity()));
        return remembered(new Stored(token(), bytes, expiry()));
    }

    private Stored remembered(Stored entry) {
        if (written.size() == 8) {
            written.remove(0);
        }
        written.add(entry);
        return entry;
    }

    private Stored anyWritten() {
        return written.get(random.nextInt(written.size()));
    }

    private long expiry() {
        return micros / 1_000 - 1 + (calm ? (1 + random.nextInt(9)) * MINUTE_MILLIS : random.nextInt(3_000));
    }

    private Token token() {
        return new Token(random.nextLong() | 1, random.nextLong());
    }
}
