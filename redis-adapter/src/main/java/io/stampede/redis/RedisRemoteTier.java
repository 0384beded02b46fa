package io.stampede.redis;

import static io.stampede.redis.RedisKeys.ascii;

import io.stampede.spi.BusMessage;
import io.stampede.spi.BusMessage.Kind;
import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One cache's L2: what each operation means in keys and scripts. The scripts hold the protocol. */
final class RedisRemoteTier implements RemoteTier {

    private static final Publication[] PUBLICATIONS = {
        Publication.PUBLISHED, Publication.ALREADY_MINE, Publication.REFUSED
    };
    private static final byte[] YES = ascii("1");
    private static final byte[] NO = ascii("0");

    private final RedisCommands redis;
    private final Function<byte[], CompletionStage<byte @Nullable []>> reads;
    private final @Nullable Nearby nearby;
    private final RedisKeys keys;
    private final byte[] channel;
    private final Token node;
    private final long schema;

    RedisRemoteTier(RedisCommands redis, RedisKeys keys, RemoteNamespace namespace) {
        this(redis, null, keys, namespace);
    }

    /**
     * With copies to read from.
     *
     * @param nearby where they are; null for none
     */
    RedisRemoteTier(RedisCommands redis, @Nullable Nearby nearby, RedisKeys keys, RemoteNamespace namespace) {
        this.redis = redis;
        // The parts of a Cluster are on several servers, where keys that are read together go one by one.
        this.reads = keys.parts() == 1 ? new SharedReads(redis)::get : redis::get;
        this.nearby = nearby;
        this.keys = keys;
        this.channel = ascii(keys.channel());
        this.node = namespace.node();
        this.schema = namespace.schema();
    }

    @Override
    public int parts() {
        return keys.parts();
    }

    @Override
    public int part(String name) {
        return keys.part(name);
    }

    @Override
    public long session(int part) {
        return redis.session(keys.prefix(part));
    }

    @Override
    public CompletionStage<byte @Nullable []> get(String key) {
        return guarded(() -> reads.apply(keys.value(key)).thenApply(this::own));
    }

    @Override
    public long nearbyLagNanos() {
        return nearby == null ? 0 : nearby.lagNanos();
    }

    /** A copy that can't be reached is no trouble as long as the primary can. */
    @Override
    public CompletionStage<byte @Nullable []> getNearby(String key) {
        return nearby == null
                ? get(key)
                : guarded(() -> nearby.redis().get(keys.value(key)).thenApply(this::own))
                        .exceptionallyCompose(failure -> get(key));
    }

    @Override
    public CompletionStage<List<byte @Nullable []>> getAll(List<String> wanted) {
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(List.of()); // Redis calls it an error
        }
        return guarded(() -> redis.getAll(wanted.stream().map(keys::value).toArray(byte[][]::new))
                .thenApply(this::own));
    }

    private byte @Nullable [] own(byte @Nullable [] value) {
        return Envelopes.ofSchema(schema, value);
    }

    private List<byte @Nullable []> own(List<byte @Nullable []> values) {
        List<byte @Nullable []> own = new ArrayList<>(values.size());
        values.forEach(value -> own.add(own(value)));
        return own;
    }

    @Override
    public CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force) {
        return guarded(() -> redis.run(
                        Script.CLAIM,
                        entry(key),
                        seen,
                        lease.toBytes(),
                        number(leaseMillis),
                        force ? YES : NO,
                        schemaBytes())
                .thenApply(RedisRemoteTier::claim));
    }

    private static Claim claim(List<Object> answer) {
        long micros = (Long) answer.get(1);
        return switch (((Long) answer.get(0)).intValue()) {
            case 0 -> new Claim.Found((byte[]) answer.get(2), micros);
            case 1 -> new Claim.Granted(micros);
            case 2 -> new Claim.Held(token(answer.get(2)), (Long) answer.get(3), micros);
            default -> throw new IllegalStateException("claim.lua answered " + answer);
        };
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Token lease, long leaseMillis) {
        return guarded(
                () -> redis.run(Script.RENEW, new byte[][] {keys.lease(key)}, lease.toBytes(), number(leaseMillis))
                        .thenApply(answer -> (Long) answer.get(0) == 1));
    }

    @Override
    public CompletionStage<Publication> publish(String key, Token lease, Stored entry) {
        byte[] message = BusMessage.encodeTail(Kind.PUBLISHED, node, entry.version(), key);
        return guarded(() -> redis.run(
                        Script.PUBLISH,
                        written(key),
                        lease.toBytes(),
                        entry.bytes(),
                        expiry(entry),
                        channel,
                        message,
                        schemaBytes())
                .thenApply(answer -> PUBLICATIONS[((Long) answer.get(0)).intValue()]));
    }

    @Override
    public CompletionStage<Void> release(String key, Token lease, LoadOutcome outcome) {
        byte[] message = BusMessage.encodeReleaseTail(outcome, node, lease, key);
        return guarded(() -> redis.run(
                        Script.RELEASE,
                        new byte[][] {keys.lease(key), keys.stateOf(key)},
                        lease.toBytes(),
                        channel,
                        message)
                .thenApply(answer -> null));
    }

    @Override
    public CompletionStage<Receipt> put(String key, Stored entry, long notAfterMicros) {
        byte[] message = BusMessage.encodeTail(Kind.PUT, node, entry.version(), key);
        return guarded(() -> redis.run(
                        Script.PUT,
                        written(key),
                        entry.bytes(),
                        expiry(entry),
                        number(notAfterMicros),
                        channel,
                        message)
                .thenApply(RedisRemoteTier::receipt));
    }

    @Override
    public CompletionStage<Receipt> invalidate(String key) {
        byte[] message = BusMessage.encodeTail(Kind.INVALIDATED, node, Token.NONE, key);
        return guarded(() ->
                redis.run(Script.INVALIDATE, written(key), channel, message).thenApply(RedisRemoteTier::receipt));
    }

    @Override
    public CompletionStage<Receipt> expire(String key) {
        byte[] message = BusMessage.encodeTail(Kind.EXPIRED, node, Token.NONE, key);
        return guarded(
                () -> redis.run(Script.EXPIRE, written(key), channel, message).thenApply(RedisRemoteTier::receipt));
    }

    private static Receipt receipt(List<Object> answer) {
        boolean applied = (Long) answer.get(0) == 1;
        return new Receipt(applied, applied ? token(answer.get(2)) : Token.NONE, (Long) answer.get(1));
    }

    @Override
    public CompletionStage<Generation> generation(int part, Token candidate, long ttlMillis) {
        return guarded(() -> redis.run(
                        Script.GENERATION, new byte[][] {keys.state(part)}, candidate.toBytes(), number(ttlMillis))
                .thenApply(answer -> new Generation(
                        token(answer.get(1)),
                        (Long) answer.get(2),
                        new String((byte[]) answer.get(3), StandardCharsets.US_ASCII),
                        (Long) answer.get(0))));
    }

    @Override
    public CompletionStage<Receipt> clear(Token generation, long ttlMillis) {
        byte[] message = BusMessage.encodeTail(Kind.CLEARED, node, generation, "");
        return guarded(() -> redis.run(
                        Script.CLEAR,
                        new byte[][] {keys.state(0)},
                        generation.toBytes(),
                        number(ttlMillis),
                        channel,
                        message)
                .thenApply(RedisRemoteTier::receipt));
    }

    @Override
    public CompletionStage<TagGeneration> tag(String tag, Token candidate, long ttlMillis) {
        return guarded(() -> redis.run(Script.TAG, new byte[][] {keys.tag(tag)}, candidate.toBytes(), number(ttlMillis))
                .thenApply(
                        answer -> new TagGeneration(token(answer.get(1)), (Long) answer.get(2), (Long) answer.get(0))));
    }

    @Override
    public CompletionStage<Receipt> invalidateTag(String tag, Token generation, long ttlMillis) {
        byte[] message = BusMessage.encodeTail(Kind.TAG_INVALIDATED, node, generation, tag);
        return guarded(() -> redis.run(
                        Script.INVALIDATE_TAG,
                        new byte[][] {keys.tag(tag), keys.stateOf(tag)},
                        generation.toBytes(),
                        number(ttlMillis),
                        channel,
                        message)
                .thenApply(RedisRemoteTier::receipt));
    }

    @Override
    public void close() {
        // the connection is shared, and nothing else is held
    }

    private byte[][] entry(String key) {
        return new byte[][] {keys.value(key), keys.lease(key)};
    }

    /** As above, and what numbers the message that tells of the write. */
    private byte[][] written(String key) {
        return new byte[][] {keys.value(key), keys.lease(key), keys.stateOf(key)};
    }

    /** At least 1: Redis takes a moment in the past, and the key is gone at once, but calls zero an error. */
    private static byte[] expiry(Stored entry) {
        return number(Math.max(1, entry.expiresAtMillis()));
    }

    private byte[] schemaBytes() {
        return ByteBuffer.allocate(Long.BYTES).putLong(schema).array();
    }

    private static byte[] number(long number) {
        return ascii(Long.toString(number));
    }

    private static Token token(Object bytes) {
        return Token.read(ByteBuffer.wrap((byte[]) bytes));
    }

    /** A key that can't be encoded is trouble, too, and trouble is never thrown. */
    private static <T extends @Nullable Object> CompletionStage<T> guarded(Supplier<CompletionStage<T>> operation) {
        try {
            return operation.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
