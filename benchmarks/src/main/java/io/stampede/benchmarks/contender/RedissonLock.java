package io.stampede.benchmarks.contender;

import java.time.Duration;
import org.redisson.api.RBucket;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;

/** The same recipe with Redisson's lock, which wakes those who wait: look, lock, look again, load, write, unlock. */
final class RedissonLock implements Contender {

    private final Local local;
    private final RedissonClient client;
    private final Duration ttl;
    private final Source source;

    RedissonLock(Setup setup, Source source) {
        this.local = Local.of(setup);
        this.client = RedissonNode.connect(setup.redisUri());
        this.ttl = setup.ttl();
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
        RBucket<String> bucket = bucket(key);
        String value = bucket.get();
        if (value == null) {
            RLock lock = client.getLock("lock:" + key);
            lock.lock();
            try {
                value = bucket.get();
                if (value == null) {
                    value = source.load(key);
                    bucket.set(value, ttl);
                }
            } finally {
                lock.unlock();
            }
        }
        return value;
    }

    private RBucket<String> bucket(String key) {
        return client.getBucket("text:" + key);
    }

    @Override
    public void put(String key, String value) {
        bucket(key).set(value, ttl);
        local.put(key, value);
    }

    @Override
    public void invalidate(String key) {
        bucket(key).delete();
        local.remove(key);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
