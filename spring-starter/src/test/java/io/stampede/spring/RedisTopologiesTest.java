package io.stampede.spring;

import static io.stampede.spring.RedisContexts.assertShared;
import static io.stampede.spring.RedisContexts.plain;
import static io.stampede.spring.RedisContexts.withSpringDataRedis;

import io.stampede.redis.testing.RedisCluster;
import io.stampede.redis.testing.RedisSentinels;
import io.stampede.redis.testing.RedisServer;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** More than one server, named in each of the ways. */
@Tag("long")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RedisTopologiesTest {

    @Test
    void sentinels() {
        try (RedisSentinels redis = RedisSentinels.start("--requirepass", "secret", "--masterauth", "secret")) {
            String nodes = redis.sentinelPorts().stream()
                    .map(port -> "127.0.0.1:" + port)
                    .collect(Collectors.joining(","));
            ApplicationContextRunner spring = plain().withPropertyValues(
                            "spring.data.redis.sentinel.master=" + redis.masterName(),
                            "spring.data.redis.sentinel.nodes=" + nodes,
                            "spring.data.redis.password=secret",
                            "spring.data.redis.database=2");
            spring.run(context -> assertShared(context));
            spring.withPropertyValues("spring.data.redis.connect-timeout=1s").run(context -> assertShared(context));
            withSpringDataRedis()
                    .withPropertyValues(
                            "spring.data.redis.sentinel.master=" + redis.masterName(),
                            "spring.data.redis.sentinel.nodes=" + nodes,
                            "spring.data.redis.password=secret")
                    .run(context -> assertShared(context));
            plain().withPropertyValues("stampede.redis.uri="
                            + redis.uri().replace("redis-sentinel://", "redis-sentinel://secret@"))
                    .run(context -> assertShared(context));
        }
    }

    @Test
    void cluster() {
        try (RedisCluster redis = RedisCluster.start("--requirepass", "secret", "--masterauth", "secret")) {
            String nodes = redis.nodes().stream()
                    .limit(2)
                    .map(node -> node.host() + ":" + node.port())
                    .collect(Collectors.joining(","));
            String[] spring = {"spring.data.redis.cluster.nodes=" + nodes, "spring.data.redis.password=secret"};
            plain().withPropertyValues(spring).run(context -> assertShared(context));
            plain().withPropertyValues(spring)
                    .withPropertyValues("spring.data.redis.connect-timeout=1s")
                    .run(context -> assertShared(context));
            withSpringDataRedis().withPropertyValues(spring).run(context -> assertShared(context));
            String uris = redis.nodes().stream()
                    .limit(2)
                    .map(RedisServer::uri)
                    .map(uri -> uri.replace("//", "//:secret@"))
                    .collect(Collectors.joining(", "));
            plain().withPropertyValues("stampede.redis.cluster=true", "stampede.redis.uri=" + uris)
                    .run(context -> assertShared(context));
        }
    }
}
