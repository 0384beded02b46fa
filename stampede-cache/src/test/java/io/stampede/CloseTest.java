package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stampede.spi.Environment;
import io.stampede.testing.InMemoryRemote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P18, KNOWN-BUGS 46, 51, acceptance 8: what a cache started it ends, and nobody is left waiting. */
class CloseTest {

    private static final String KEY = "key";
    private static final Duration BEAT = TestCluster.SUSPECT_AFTER.dividedBy(3);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();
    private final Hold inLoader = new Hold();

    @AfterEach
    void close() {
        cluster.close();
    }

    private Threads.Call<String> slowLoadOn(TestCluster.Node node) {
        var call = cluster.threads.start(() -> node.cache.get(KEY, key -> {
            inLoader.arrive();
            return "loaded";
        }));
        inLoader.awaitReached();
        return call;
    }

    @Test
    void everyWaitEndsWithAClearException() {
        var leader = slowLoadOn(a);
        List<Threads.Call<String>> waiters = cluster.threads.start(20, () -> a.cache.get(KEY));
        waiters.forEach(Threads.Call::awaitWaiting);
        List<CompletableFuture<String>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            futures.add(a.cache.getAsync(KEY, key -> CompletableFuture.completedFuture("never")));
        }
        var source = a.cache.getAsync("another", key -> new CompletableFuture<>());
        a.cache.close();
        assertThat(waiters)
                .allSatisfy(waiter -> assertThat(waiter.failure())
                        .isInstanceOf(CacheClosedException.class)
                        .hasMessageContaining(TestCluster.NAME));
        assertThat(futures)
                .allSatisfy(future -> assertThat(Threads.failure(future)).isInstanceOf(CacheClosedException.class));
        assertThat(Threads.failure(source)).isInstanceOf(CacheClosedException.class);
        inLoader.release();
        assertThat(leader.value()).isEqualTo("loaded"); // who loads does not wait
    }

    @Test
    void whoWaitsForAnotherNodeIsLetGoToo() {
        slowLoadOn(b);
        var waiter = cluster.threads.start(() -> a.cache.get(KEY));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiter.awaitWaiting();
        a.cache.close();
        assertThat(waiter.failure()).isInstanceOf(CacheClosedException.class);
        inLoader.release();
    }

    @Test
    void aWriteThatWaitsIsLetGoToo() {
        Wire.Held put = a.wire.holdReply("put");
        var call = cluster.threads.start(() -> a.cache.put(KEY, "value"));
        put.awaitReached();
        call.awaitWaiting();
        a.cache.close();
        assertThat(call.failure()).isInstanceOf(CacheClosedException.class);
    }

    @Test
    void aLoadThatIsClosedUnderneathStoresNothingAndFreesItsLease() {
        var leader = slowLoadOn(a);
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNotNull();
        a.cache.close();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        assertThat(b.cache.get(KEY)).isEqualTo("value"); // at once
        b.awaitRest();
        inLoader.release();
        leader.value();
        assertThat(cluster.remote(KEY)).isEqualTo("value");
    }

    @Test
    void aLeaseThatIsGrantedWhileTheCacheIsClosedIsFreedToo() {
        var real = StampedeCache.<String, String>builder(TestCluster.NAME)
                .ttl(TestCluster.TTL)
                .remote(a.wire, Codec.strings())
                .build();
        Wire.Held claim = a.wire.holdReply("claim");
        var call = cluster.threads.start(() -> real.get(KEY, key -> "never"));
        claim.awaitReached();
        call.awaitWaiting();
        real.close();
        assertThat(call.failure()).isInstanceOf(CacheClosedException.class);
        claim.release();
        Threads.until(
                () -> assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull());
    }

    @Test
    void afterwardsEveryCallSaysSo() {
        a.cache.put(KEY, "value");
        a.cache.close();
        assertThatThrownBy(() -> a.cache.get(KEY)).isInstanceOf(CacheClosedException.class);
        assertThatThrownBy(() -> a.cache.getIfPresent(KEY)).isInstanceOf(CacheClosedException.class);
        assertThatThrownBy(() -> a.cache.put(KEY, "new")).isInstanceOf(CacheClosedException.class);
        assertThatThrownBy(() -> a.cache.invalidate(KEY)).isInstanceOf(CacheClosedException.class);
        assertThatThrownBy(() -> a.cache.expire(KEY)).isInstanceOf(CacheClosedException.class);
        assertThatThrownBy(() -> a.cache.clear()).isInstanceOf(CacheClosedException.class);
        assertThat(Threads.failure(a.cache.getAsync(KEY, key -> CompletableFuture.completedFuture("never"))))
                .isInstanceOf(CacheClosedException.class);
        assertThat(Threads.failure(a.cache.refresh(KEY))).isInstanceOf(CacheClosedException.class);
        a.cache.close(); // once more harms nobody
        assertThat(cluster.remote(KEY)).isEqualTo("value");
    }

    @Test
    void noThreadIsLeft() {
        InMemoryRemote server = new InMemoryRemote(cluster.time::serverMicros);
        var cache = StampedeCache.<String, String>builder("threads-of-its-own")
                .ttl(Duration.ofMinutes(1))
                .remote(server, Codec.strings())
                .build(key -> {
                    inLoader.arriveInterruptibly();
                    return "never";
                });
        List<CompletableFuture<String>> refreshes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            refreshes.add(cache.refresh("key" + i));
        }
        inLoader.awaitReached();
        assertThat(threadsOf("threads-of-its-own")).isNotEmpty();
        cache.close();
        assertThat(refreshes)
                .allSatisfy(refresh -> assertThat(Threads.failure(refresh)).isInstanceOf(CacheClosedException.class));
        awaitNoThreadOf("threads-of-its-own");
        assertThat(server.subscriptions()).isZero();
        for (int i = 0; i < 8; i++) {
            assertThat(server.leaseOf("threads-of-its-own", "key" + i)).isNull();
        }
    }

    /** A pool has terminated a moment before the last of its threads is gone. */
    private static void awaitNoThreadOf(String cache) {
        Threads.until(() -> assertThat(threadsOf(cache)).isEmpty());
    }

    private static List<String> threadsOf(String cache) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("stampede-" + cache))
                .toList();
    }

    /** KNOWN-BUGS 46 */
    @Test
    void noTimerIsLeft() {
        b.cache.close();
        slowLoadOn(a);
        cluster.threads.start(3, () -> a.cache.get(KEY)).forEach(Threads.Call::awaitWaiting);
        a.cache.getAsync("other", key -> new CompletableFuture<>());
        a.cache.close();
        inLoader.release();
        cluster.time.pass(TestCluster.DEADLINE.multipliedBy(2));
        assertThat(cluster.time.timersSet()).isZero();
    }

    @Test
    void noTimerIsLeftThatIsSetWhileTheCacheIsClosed() {
        a.cache.close();
        b.cache.close();
        var machine = new ClosingMachine(cluster.time.node(Duration.ZERO));
        machine.cache = cluster.node(options -> options.environment(machine)).cache;
        cluster.time.pass(BEAT); // one beat, and not the one that it plans
        assertThat(machine.cache).as("closed when the next beat was planned").isNull();
        assertThat(cluster.time.timersSet()).isZero();
    }

    /** Somebody closes the cache just when it plans the next beat. */
    private static final class ClosingMachine extends DelegatingEnvironment {

        private @Nullable StampedeCache<?, ?> cache;

        ClosingMachine(Environment machine) {
            super(machine);
        }

        @Override
        public Runnable schedule(Runnable task, long delayNanos) {
            StampedeCache<?, ?> closing = cache;
            if (closing != null && delayNanos == BEAT.toNanos()) {
                cache = null;
                closing.close();
            }
            return super.schedule(task, delayNanos);
        }
    }

    /** It belongs to whoever made it. */
    @Test
    void theConnectionAndAGivenEnvironmentStayOpen() {
        a.cache.close();
        assertThat(b.cache.put(KEY, "value")).isEqualTo(WriteResult.EVERYWHERE);
        CompletableFuture<String> ran = new CompletableFuture<>();
        a.machine.executor().execute(() -> ran.complete("ran"));
        assertThat(Threads.value(ran)).isEqualTo("ran");
    }

    /** Closing while many threads read, load, write and refresh: all of them end, one way or the other. */
    @Test
    void closingUnderLoadEndsAllCalls() {
        for (int round = 0; round < 20; round++) {
            InMemoryRemote server = new InMemoryRemote(cluster.time::serverMicros);
            var cache = StampedeCache.<String, String>builder("loaded" + round)
                    .ttl(Duration.ofMinutes(1))
                    .remote(server, Codec.strings())
                    .build(key -> key);
            var running = new java.util.concurrent.CountDownLatch(8);
            var calls = cluster.threads.start(8, () -> {
                for (int i = 0; ; i++) {
                    String key = "key" + i % 7;
                    switch (i % 5) {
                        case 0 -> cache.get(key, any -> any);
                        case 1 -> cache.put(key, "put");
                        case 2 -> cache.invalidate(key);
                        case 3 -> cache.refresh(key);
                        default -> cache.getIfPresent(key);
                    }
                    running.countDown();
                }
            });
            Threads.until(() -> assertThat(running.getCount()).isLessThan(8));
            cache.close();
            assertThat(calls).allSatisfy(call -> assertThat(call.failure()).isInstanceOf(CacheClosedException.class));
            awaitNoThreadOf("loaded" + round);
            assertThat(server.subscriptions()).isZero();
        }
    }
}
