package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.CacheClosedException;
import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P18, KNOWN-BUGS 51: closing under load ends every wait with a clear exception, and leaves nothing behind. */
@Tag("lettuce")
class CloseUnderLoadTest {

    private static final int WAITERS = 40;

    @Test
    void everyWaitEndsAndNoThreadNoConnectionAndNoLeaseIsLeft() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(WAITERS + 1);
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        try (RedisServer server = RedisServer.start();
                RedisAdmin admin = new RedisAdmin(server.uri())) {
            Set<String> threadsBefore = threads();
            RedisTier tier = RedisTier.connect(server.uri());
            StampedeCache<String, String> cache = StampedeCache.<String, String>builder("closing")
                    .ttl(Duration.ofMinutes(10))
                    // On a busy machine a first claim may be slow; what is loaded without it nobody has to wait for.
                    .remoteTimeout(Duration.ofSeconds(30))
                    .remote(tier, Codec.strings())
                    .build();

            Future<String> loader = callers.submit(() -> cache.get("key", key -> {
                loading.countDown();
                finish.await();
                return "loaded";
            }));
            loading.await();
            assertThat(admin.redis().exists(RedisKeys.onOneServer("closing").lease("key")))
                    .as("leases while it loads")
                    .isOne();
            List<Future<String>> waiters = new ArrayList<>();
            List<CompletableFuture<String>> futures = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) {
                waiters.add(callers.submit(() -> cache.get("key", key -> "not this one")));
                futures.add(cache.getAsync("key", key -> CompletableFuture.completedFuture("nor this one")));
            }
            awaitWaiting(WAITERS);

            cache.close();
            tier.close();

            for (Future<String> waiter : waiters) {
                assertThat(waiter)
                        .failsWithin(10, TimeUnit.SECONDS)
                        .withThrowableThat()
                        .withRootCauseInstanceOf(CacheClosedException.class);
            }
            for (CompletableFuture<String> future : futures) {
                assertThat(future)
                        .failsWithin(10, TimeUnit.SECONDS)
                        .withThrowableThat()
                        .withRootCauseInstanceOf(CacheClosedException.class);
            }
            finish.countDown();
            assertThat(loader.get(10, TimeUnit.SECONDS))
                    .as("who was loading keeps the value")
                    .isEqualTo("loaded");
            assertThat(admin.otherClients()).as("connections left").isZero();
            assertThat(admin.redis().exists(RedisKeys.onOneServer("closing").lease("key")))
                    .as("leases left")
                    .isZero();
            await().untilAsserted(() -> {
                Set<String> left = threads();
                left.removeAll(threadsBefore);
                left.removeIf(
                        name -> !name.contains("stampede") && !name.contains("lettuce") && !name.contains("netty"));
                assertThat(left).as("threads left").isEmpty();
            });
        } finally {
            finish.countDown();
            callers.shutdownNow();
        }
    }

    /** Until that many threads wait inside of a get. */
    private static void awaitWaiting(int count) {
        await().until(() -> Thread.getAllStackTraces().values().stream()
                        .filter(stack -> List.of(stack).toString().contains("CallerThread.serveUntilDone"))
                        .count()
                >= count);
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).collect(Collectors.toSet());
    }
}
