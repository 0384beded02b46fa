package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** P10, P12: an outage of a real Redis under a cache. */
class OutageTest {

    @Test
    void aCacheStartsWhileRedisIsAwayAndJoinsItWhenItComes() {
        try (RedisServer server = RedisServer.start()) {
            server.kill();
            try (RedisTier early = RedisTier.connect(server.uri());
                    StampedeCache<String, String> cache = cache(early)) {
                assertThat(cache.get("key", key -> "alone")).isEqualTo("alone");
                assertThat(cache.put("other", "queued")).isEqualTo(WriteResult.QUEUED);
                assertThat(cache.getIfPresent("other")).isEqualTo("queued");
                assertThat(cache.invalidate("other")).isEqualTo(WriteResult.QUEUED);
                assertThat(cache.getIfPresent("other")).isNull();

                server.restart();
                try (RedisTier tier = RedisTier.connect(server.uri());
                        StampedeCache<String, String> second = cache(tier)) {
                    await().untilAsserted(() -> {
                        assertThat(cache.put("probe", "there")).isEqualTo(WriteResult.EVERYWHERE);
                        assertThat(second.getIfPresent("probe")).isEqualTo("there");
                    });
                    assertThat(cache.get("fresh", key -> "of the first node")).isEqualTo("of the first node");
                    assertThat(second.get("fresh", key -> "of the second node")).isEqualTo("of the first node");
                }
            }
        }
    }

    @Test
    void aKilledRedisReachesNoCallerAsAnExceptionAndIsUsedAgainWhenItIsBack() {
        AtomicInteger loads = new AtomicInteger();
        try (RedisServer server = RedisServer.start();
                RedisTier oneTier = RedisTier.connect(server.uri());
                RedisTier otherTier = RedisTier.connect(server.uri());
                StampedeCache<String, String> one = cache(oneTier);
                StampedeCache<String, String> other = cache(otherTier)) {
            assertThat(one.get("key", key -> "load " + loads.incrementAndGet())).isEqualTo("load 1");
            assertThat(other.get("key", key -> "load " + loads.incrementAndGet()))
                    .isEqualTo("load 1");
            server.kill();

            assertThat(one.get("key", key -> "load " + loads.incrementAndGet()))
                    .as("from L1")
                    .isEqualTo("load 1");
            assertThat(one.get("new", key -> "loaded alone")).isEqualTo("loaded alone");
            assertThat(one.invalidate("key")).isEqualTo(WriteResult.QUEUED);
            assertThat(one.get("key", key -> "load " + loads.incrementAndGet())).isEqualTo("load 2");

            server.restart();
            // A value put before a node has learned the new generation is refused, which is a miss and no more.
            await().untilAsserted(() -> {
                one.put("probe", "there");
                assertThat(other.getIfPresent("probe")).isEqualTo("there");
            });
            // Redis came back empty. When what was queued has been told, both nodes have one value again.
            await().untilAsserted(() -> assertThat(other.get("key", key -> "load " + loads.incrementAndGet()))
                    .isEqualTo(one.get("key", key -> "load " + loads.incrementAndGet())));
        }
    }

    @Test
    void anInvalidationMadeWhileRedisHangsIsToldWhenItGoesOn() {
        try (RedisServer server = RedisServer.start();
                RedisTier oneTier = RedisTier.connect(server.uri());
                RedisTier otherTier = RedisTier.connect(server.uri());
                StampedeCache<String, String> one = cache(oneTier);
                StampedeCache<String, String> other = cache(otherTier)) {
            one.put("key", "old");
            assertThat(other.getIfPresent("key")).isEqualTo("old");
            server.pause();
            assertThat(one.invalidate("key")).isEqualTo(WriteResult.QUEUED);
            assertThat(one.getIfPresent("key"))
                    .as("on the node that invalidated")
                    .isNull();
            server.resume();
            await().untilAsserted(() -> assertThat(other.getIfPresent("key")).isNull());
            await().untilAsserted(() -> assertThat(one.getIfPresent("key")).isNull());
        }
    }

    private static StampedeCache<String, String> cache(RedisTier tier) {
        return StampedeCache.<String, String>builder("outage")
                .ttl(Duration.ofMinutes(10))
                .remoteTimeout(Duration.ofMillis(250))
                .remote(tier, Codec.strings())
                .build();
    }
}
