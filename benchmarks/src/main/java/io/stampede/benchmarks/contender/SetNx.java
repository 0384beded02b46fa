package io.stampede.benchmarks.contender;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The recipe of a hundred articles: who sets the lock loads, the others look again until the value is there. As it is
 * usually written the winner does not look again before it loads, which saves a command, and now and then costs a second
 * load: of one who looked just before the value came and locked just after.
 */
final class SetNx implements Contender {

    private static final Duration LEASE = Duration.ofSeconds(10);

    private final Local local;
    private final TextsInRedis redis;
    private final Source source;

    SetNx(Setup setup, Source source) {
        this.local = Local.of(setup);
        this.redis = new TextsInRedis(setup.redisUri(), setup.ttl());
        this.source = source;
    }

    @Override
    public String get(String key) {
        String value = local.get(key);
        if (value == null) {
            value = fromRedisOrSource(key);
            local.put(key, value);
        }
        return value;
    }

    private String fromRedisOrSource(String key) {
        String value = redis.get(key);
        while (value == null) {
            value = loadIfFirst(key);
            if (value == null) {
                pause();
                value = redis.get(key);
            }
        }
        return value;
    }

    private @Nullable String loadIfFirst(String key) {
        String token = UUID.randomUUID().toString();
        if (!redis.tryLock(key, token, LEASE)) {
            return null;
        }
        try {
            String value = source.load(key);
            redis.put(key, value);
            return value;
        } finally {
            redis.unlock(key, token);
        }
    }

    /** Between 5 and 15 ms: less would burden Redis, more the callers. */
    private static void pause() {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(5_000_000, 15_000_000));
    }

    @Override
    public void put(String key, String value) {
        redis.put(key, value);
        local.put(key, value);
    }

    @Override
    public void invalidate(String key) {
        redis.remove(key);
        local.remove(key);
    }

    @Override
    public void close() {
        redis.close();
    }
}
