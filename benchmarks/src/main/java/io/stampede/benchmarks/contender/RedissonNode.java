package io.stampede.benchmarks.contender;

import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** Makes Redisson clients. */
final class RedissonNode {

    private RedissonNode() {}

    /** One that keeps texts as the others keep them, and else has its defaults. */
    static RedissonClient connect(String redisUri) {
        Config config = new Config();
        config.setCodec(StringCodec.INSTANCE);
        config.useSingleServer().setAddress(redisUri);
        return Redisson.create(config);
    }
}
