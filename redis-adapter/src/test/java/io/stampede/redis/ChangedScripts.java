package io.stampede.redis;

import static io.stampede.redis.RedisAdmin.bytes;

import io.lettuce.core.ScriptOutputType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Sends other scripts than ours in their place, to see who notices. What isn't changed goes its usual way. */
final class ChangedScripts implements RedisCommands {

    private final RedisCommands redis;
    private final RedisAdmin admin;
    private final UnaryOperator<String> change;

    ChangedScripts(RedisCommands redis, RedisAdmin admin, UnaryOperator<String> change) {
        this.redis = redis;
        this.admin = admin;
        this.change = change;
    }

    @Override
    public long session(byte[] prefix) {
        return redis.session(prefix);
    }

    @Override
    public CompletionStage<byte @Nullable []> get(byte[] key) {
        return redis.get(key);
    }

    @Override
    public CompletionStage<List<byte @Nullable []>> getAll(byte[][] keys) {
        return redis.getAll(keys);
    }

    @Override
    public CompletionStage<List<Object>> run(Script script, byte[][] keys, byte[]... args) {
        String changed = change.apply(script.source());
        return changed.equals(script.source())
                ? redis.run(script, keys, args)
                : CompletableFuture.completedFuture(
                        admin.redis().eval(bytes(changed), ScriptOutputType.MULTI, keys, args));
    }
}
