package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.StampedeCache;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** P2, P5, KNOWN-BUGS 4 and 27, with real processes. */
class DeadAndStoppedNodesTest {

    private static final Duration LEASE = Duration.ofMillis(700);

    @Test
    void whenTheHolderIsKilledAnotherNodeLoads() throws Exception {
        try (RedisServer server = RedisServer.start();
                NodeProcess victim = new NodeProcess(server.uri(), LEASE);
                RedisTier tier = RedisTier.connect(server.uri());
                StampedeCache<String, String> survivor = NodeProcess.cache(tier, LEASE)) {
            victim.order("load key never");
            assertThat(victim.answer()).isEqualTo("loading");
            victim.kill();
            long killed = System.nanoTime();

            AtomicInteger loads = new AtomicInteger();
            assertThat(survivor.get("key", key -> "load " + loads.incrementAndGet()))
                    .isEqualTo("load 1");
            System.out.printf(
                    "The holder was killed; another node had loaded after %d ms, with a lease TTL of %d ms%n",
                    (System.nanoTime() - killed) / 1_000_000, LEASE.toMillis());
        }
    }

    /** Redisson's watchdog keeps a dead process's lock for 30 s. */
    @Test
    void whenTheHolderOfARedissonLockIsKilledAnotherNodeLoads() throws Exception {
        try (RedisServer server = RedisServer.start();
                RedisAdmin admin = new RedisAdmin(server.uri());
                NodeProcess victim = NodeProcess.withRedisson(server.uri(), LEASE);
                RedissonClients redisson = RedissonClients.of(server.uri());
                StampedeCache<String, String> survivor = NodeProcess.cache(redisson.connect(), LEASE)) {
            victim.order("load key never");
            assertThat(victim.answer()).isEqualTo("loading");
            victim.kill();
            long killed = System.nanoTime();

            AtomicInteger loads = new AtomicInteger();
            assertThat(survivor.get("key", key -> "load " + loads.incrementAndGet()))
                    .isEqualTo("load 1");
            System.out.printf(
                    "The holder of a Redisson lock was killed; another node had loaded after %d ms, with a lease TTL of %d"
                            + " ms and the lock held for %d ms more%n",
                    (System.nanoTime() - killed) / 1_000_000,
                    LEASE.toMillis(),
                    admin.redis().pttl(RedisKeys.onOneServer("nodes").lock("key")));
            assertThat(admin.redis().exists(RedisKeys.onOneServer("nodes").lock("key")))
                    .as("the dead process's lock")
                    .isEqualTo(1);
        }
    }

    @Test
    void whatANodeLoadedBeforeItWasStoppedIsInNeitherTierWhenItGoesOn() throws Exception {
        try (RedisServer server = RedisServer.start();
                RedisAdmin admin = new RedisAdmin(server.uri());
                NodeProcess stopped = new NodeProcess(server.uri(), LEASE);
                RedisTier tier = RedisTier.connect(server.uri());
                StampedeCache<String, String> other = NodeProcess.cache(tier, LEASE)) {
            stopped.order("load key old");
            assertThat(stopped.answer()).isEqualTo("loading");
            stopped.signal("STOP");
            byte[] lease = RedisKeys.onOneServer("nodes").lease("key");
            await().until(() -> admin.redis().exists(lease) == 0);

            other.invalidate("key");
            assertThat(other.get("key", key -> "new")).isEqualTo("new");
            stopped.signal("CONT");
            stopped.order("go");

            assertThat(stopped.answer()).as("what its own caller gets").isEqualTo("got old");
            stopped.order("peek key");
            assertThat(stopped.answer()).as("what it serves from now on").isEqualTo("peeked new");
            assertThat(other.getIfPresent("key")).isEqualTo("new");
            try (StampedeCache<String, String> fresh = NodeProcess.cache(tier, LEASE)) {
                assertThat(fresh.getIfPresent("key")).as("what is in L2").isEqualTo("new");
            }
        }
    }
}
