package io.stampede.testing;

import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the contract tests share: two nodes of one cache on connections of their own, and samples. */
public abstract class RemoteContract {

    static final long MINUTE_MILLIS = 60_000;
    static final long SHORT_MILLIS = 150;
    static final Duration SHORT = Duration.ofMillis(SHORT_MILLIS);
    static final byte[] UNSEEN = {};

    static final int HEADER_BYTES = 82;
    static final int FRESH_UNTIL = 17;
    static final int DEAD_AT = 25;
    static final int SCHEMA = 66;
    static final int TAG_LENGTH = 74;
    static final int PAYLOAD_LENGTH = 78;

    /** In microseconds since the epoch: some two thousand years from now. */
    static final long FAR_AWAY = 0x0102030405060708L;

    /** A block of tags that is not of the length of anything else. */
    private static final int TAG_BYTES = 5;

    /** Keys that have broken somebody's key scheme before. */
    static final List<String> AWKWARD_KEYS = List.of(
            "",
            " ",
            "a",
            "a:b",
            "a:b:c",
            "}",
            "{",
            "{}",
            "}{",
            "{a}",
            "a}",
            "}a",
            "}:v",
            "}:l",
            "a}:v",
            "a}:l",
            ":v",
            ":l",
            "g",
            "bus",
            "k",
            "ka",
            "\u0000",
            "\n",
            "\r\n",
            "a b",
            "ä",
            "日本",
            "😀",
            "\uFFFD",
            "?",
            "*",
            "x".repeat(1_024),
            "x".repeat(1_023) + "y",
            "{".repeat(64));

    private static final SecureRandom RANDOM = new SecureRandom();

    RemoteHarness harness;
    String cache;
    RemoteNamespace node1;
    RemoteNamespace node2;
    RemoteConnection connection1;
    RemoteConnection connection2;
    RemoteTier tier1;
    RemoteTier tier2;

    /**
     * The store under test.
     *
     * @return a new harness on a store that may hold other caches' data
     */
    protected abstract RemoteHarness harness();

    @BeforeEach
    void connectTwoNodes() {
        harness = harness();
        cache = "contract-" + token();
        node1 = new RemoteNamespace(cache, token());
        node2 = new RemoteNamespace(cache, token());
        connection1 = harness.connect();
        connection2 = harness.connect();
        tier1 = connection1.tier(node1);
        tier2 = connection2.tier(node2);
    }

    @AfterEach
    void closeHarness() {
        harness.close();
    }

    static Token token() {
        return new Token(RANDOM.nextLong() | 1, RANDOM.nextLong());
    }

    /** Waits for a stage, with a bound so that a stage that never completes fails its test. */
    static <T extends @Nullable Object> T done(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new AssertionError("The operation did not succeed", e);
        }
    }

    /** The store's clock. */
    long serverMicros() {
        RemoteTier clock = connection1.tier(new RemoteNamespace(cache + "-clock", token()));
        return done(clock.generation(0, token(), MINUTE_MILLIS)).serverMicros();
    }

    /** An envelope that expires in a minute. */
    Stored entry(Token version) {
        return entry(version, MINUTE_MILLIS);
    }

    Stored entry(Token version, long ttlMillis) {
        return stored(envelope(version, 8), ttlMillis);
    }

    Stored bytes(byte... bytes) {
        return stored(bytes, MINUTE_MILLIS);
    }

    Stored stored(byte[] bytes, long ttlMillis) {
        return new Stored(token(), bytes, serverMicros() / 1_000 + ttlMillis);
    }

    /** An envelope of no schema. */
    static byte[] envelope(Token version, int payload) {
        return envelope(version, 0, payload);
    }

    /** An envelope with all that a store may know of one; it stays fresh for longer than any test takes. */
    static byte[] envelope(Token version, long schema, int payload) {
        byte[] bytes = new byte[HEADER_BYTES + TAG_BYTES + payload];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 7 + 3);
        }
        ByteBuffer.wrap(bytes)
                .put((byte) 2)
                .put(version.toBytes())
                .putLong(FRESH_UNTIL, FAR_AWAY)
                .putLong(DEAD_AT, FAR_AWAY)
                .putLong(SCHEMA, schema)
                .putInt(TAG_LENGTH, TAG_BYTES)
                .putInt(PAYLOAD_LENGTH, payload);
        return bytes;
    }

    static byte[] withLong(byte[] bytes, int at, long value) {
        return ByteBuffer.wrap(bytes.clone()).putLong(at, value).array();
    }

    static byte[] stamp(Stored entry) {
        return ByteBuffer.allocate(RemoteTier.STAMP_BYTES)
                .put(entry.bytes(), 0, RemoteTier.STAMP_BYTES)
                .array();
    }

    void put(RemoteTier tier, String key, Stored entry) {
        done(tier.put(key, entry, Long.MAX_VALUE));
    }
}
