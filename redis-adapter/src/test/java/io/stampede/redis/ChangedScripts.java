package io.stampede.redis;

import static io.stampede.redis.RedisAdmin.bytes;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends other scripts than ours in their place, to see who notices. What isn't changed goes its usual way. */
final class ChangedScripts implements RedisCommands {

    private final RedisCommands redis;
    private final RedisScriptingAsyncCommands<byte[], byte[]> direct;
    private final Function<Script, String> sources;

    /**
     * In the place of a connection's commands.
     *
     * @param direct sends on the same connection
     * @param sources what is sent for each script
     */
    ChangedScripts(
            RedisCommands redis, RedisScriptingAsyncCommands<byte[], byte[]> direct, Function<Script, String> sources) {
        this.redis = redis;
        this.direct = direct;
        this.sources = sources;
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
        String source = sources.apply(script);
        return source.equals(script.source())
                ? redis.run(script, keys, args)
                : direct.eval(bytes(source), ScriptOutputType.MULTI, keys, args);
    }
}
