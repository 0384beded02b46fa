package io.stampede.benchmarks.contender;

import io.lettuce.core.KeyValue;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The second tier of those who write it themselves: bare Lettuce, one shared connection as its documentation advises. */
final class TextsInRedis implements AutoCloseable {

    private static final String PREFIX = "text:";
    private static final String LOCK = "lock:";
    /** So that nobody releases a lock that has passed to somebody else. */
    private static final String RELEASE =
            "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end";

    private final SetArgs ttl;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> redis;
    private final String release;

    TextsInRedis(String redisUri, Duration ttl) {
        this.ttl = SetArgs.Builder.px(ttl);
        this.client = RedisClient.create(redisUri);
        this.connection = client.connect();
        this.redis = connection.sync();
        this.release = redis.scriptLoad(RELEASE);
    }

    @Nullable
    String get(String key) {
        return redis.get(PREFIX + key);
    }

    /** What is there of these, by one command. */
    Map<String, String> getAll(Collection<String> keys) {
        Map<String, String> found = new HashMap<>();
        for (KeyValue<String, String> each :
                redis.mget(keys.stream().map(key -> PREFIX + key).toArray(String[]::new))) {
            each.ifHasValue(value -> found.put(each.getKey().substring(PREFIX.length()), value));
        }
        return found;
    }

    void put(String key, String value) {
        redis.set(PREFIX + key, value, ttl);
    }

    /** Writes them without waiting for one answer before the next command. */
    void putAll(Map<String, String> values) {
        RedisFuture<?>[] written = values.entrySet().stream()
                .map(each -> connection.async().set(PREFIX + each.getKey(), each.getValue(), ttl))
                .toArray(RedisFuture<?>[]::new);
        LettuceFutures.awaitAll(connection.getTimeout(), written);
    }

    void remove(String key) {
        redis.del(PREFIX + key);
    }

    /** Whether the lock of the key is now this token's. */
    boolean tryLock(String key, String token, Duration lease) {
        return redis.set(LOCK + key, token, SetArgs.Builder.nx().px(lease)) != null;
    }

    void unlock(String key, String token) {
        redis.evalsha(release, ScriptOutputType.INTEGER, new String[] {LOCK + key}, token);
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
