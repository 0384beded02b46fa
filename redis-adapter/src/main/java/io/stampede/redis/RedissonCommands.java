package io.stampede.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RBucket;
import org.redisson.api.RBuckets;
import org.redisson.api.options.OptionalOptions;
import org.redisson.api.options.OptionalParams;
import org.redisson.api.options.PlainOptions;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.ReadMode;

/**
 * The three commands of the protocol, with Redisson and on its connections. Two of its habits are switched off for them:
 *
 * <ul>
 *   <li>Redisson sends a command again when no answer came in time, be it carried out or not. A clear that runs a second
 *       time, after another node's, would bring entries back that the other had cleared. Hence no retries; a redirect in
 *       a Cluster is followed all the same.
 *   <li>Redisson reads from replicas where there are some. Who has heard of a write would read what was before it. Hence
 *       reads go to the primary.
 * </ul>
 *
 * <p>Thread-safe. Throws if the client can't be used without waiting.
 */
final class RedissonCommands implements RedisCommands {

    private static final byte[] NO_ENVELOPE = {};

    private final RedissonContact contact;
    private final RedissonScripts scripts;
    private final AtomicLong sessions = new AtomicLong();

    RedissonCommands(RedissonContact contact) {
        this.contact = contact;
        this.scripts = new RedissonScripts(contact);
    }

    /** Redisson doesn't tell when it connects to another server; but something fails before it does, or the bus is lost. */
    @Override
    public long session(byte[] prefix) {
        return sessions.get();
    }

    /** What is sent from now on may reach another server. */
    void mayHaveMoved() {
        sessions.incrementAndGet();
    }

    private <T extends @Nullable Object> CompletionStage<T> watched(CompletionStage<T> sent) {
        return sent.whenComplete((reply, failure) -> {
            if (failure != null) {
                mayHaveMoved();
            }
        });
    }

    @Override
    public CompletionStage<byte @Nullable []> get(byte[] key) {
        RBucket<byte[]> bucket = contact.client()
                .getBucket(PlainOptions.name(text(key))
                        .codec(ByteArrayCodec.INSTANCE)
                        .retryAttempts(0)
                        .readMode(ReadMode.MASTER));
        return watched(bucket.getAsync()
                .exceptionallyCompose(e -> isOfAnotherType(e)
                        ? CompletableFuture.completedFuture(NO_ENVELOPE)
                        : CompletableFuture.failedFuture(RedissonErrors.failed("GET", e))));
    }

    private static boolean isOfAnotherType(Throwable failure) {
        String error = RedissonErrors.errorReply(failure);
        return error != null && error.startsWith("WRONGTYPE");
    }

    @Override
    public CompletionStage<List<byte @Nullable []>> getAll(byte[][] keys) {
        List<String> names = Stream.of(keys).map(RedissonCommands::text).toList();
        OptionalOptions options =
                OptionalOptions.defaults().codec(ByteArrayCodec.INSTANCE).retryAttempts(0);
        RBuckets buckets = contact.client()
                .getBuckets(((OptionalParams) options).readMode(ReadMode.MASTER)); // only the class has it
        return watched(buckets.<byte[]>getAsync(names.toArray(String[]::new)).handle((found, failure) -> {
            if (failure != null) {
                throw RedissonErrors.failed("MGET", failure);
            }
            return inOrder(names, found);
        }));
    }

    private static List<byte @Nullable []> inOrder(List<String> names, Map<String, byte[]> found) {
        List<byte @Nullable []> values = new ArrayList<>(names.size());
        names.forEach(name -> values.add(found.get(name)));
        return values;
    }

    @Override
    public CompletionStage<List<Object>> run(Script script, byte[][] keys, byte[]... args) {
        // Who claims waits for the answer, and the lock was asked for first, on another thread: there is no order to
        // keep.
        return watched(
                script == Script.CLAIM ? scripts.runAtOnce(script, keys, args) : scripts.runInTurn(script, keys, args));
    }

    /** Keys are strict UTF-8, so this loses nothing. */
    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }
}
