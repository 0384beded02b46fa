package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A loader that uses the cache that called it: KNOWN-BUGS 22 and 23, interleaving 16. */
class ReentrantLoaderTest {

    private static final String KEY = "key";

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aLoaderMayReadOtherKeys() {
        var call = cluster.threads.start(() -> a.cache.get("1", one -> a.cache.get("2", two -> a.cache.get("3"))));
        assertThat(call.value()).isEqualTo("value");
        a.awaitRest();
        assertThat(a.local("1")).isEqualTo("value");
        assertThat(a.local("3")).isEqualTo("value");
    }

    @Test
    void aLoaderThatReadsItsOwnKeyIsRefused() {
        var call = cluster.threads.start(() -> a.cache.get(KEY, key -> a.cache.get(KEY)));
        assertThat(call.failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining(KEY);
        assertThat(cluster.loads).hasValue(0);
        a.awaitRest();
    }

    @Test
    void soIsOneThatReadsItByAWayRound() {
        var call = cluster.threads.start(() -> a.cache.get("1", one -> a.cache.get("2", two -> a.cache.get("1"))));
        assertThat(call.failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining("'1'");
        a.awaitRest();
    }

    @Test
    void soIsALoaderOfARefresh() {
        AtomicReference<LoadingStampedeCache<String, String>> self = new AtomicReference<>();
        var cache = StampedeCache.<String, String>builder("self")
                .ttl(TestCluster.TTL)
                .environment(a.machine)
                .build(key -> self.get().get(key));
        self.set(cache);
        assertThat(Threads.failure(cache.refresh(KEY))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLookAtItsOwnKeyFindsNothing() {
        var call = cluster.threads.start(() -> a.cache.get(KEY, key -> "was " + a.cache.getIfPresent(KEY)));
        // On its own thread it would wait for itself, so it is refused or told that there is nothing.
        Threads.until(() -> assertThat(call.isDone()).isTrue());
        a.awaitRest();
    }

    @Test
    void aPutOfTheKeyInItsOwnLoaderStays() {
        var call = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            assertThat(a.cache.put(KEY, "put")).isEqualTo(WriteResult.EVERYWHERE);
            return "loaded";
        }));
        assertThat(call.value()).isEqualTo("loaded");
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("put");
        assertThat(cluster.remote(KEY)).isEqualTo("put");
        assertThat(b.cache.get(KEY)).isEqualTo("put");
    }

    @Test
    void whoWaitsForALoaderThatPutsGetsThePut() {
        Hold inLoader = new Hold();
        Hold afterPut = new Hold();
        var leader = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            a.cache.put(KEY, "put");
            afterPut.arrive();
            return "loaded";
        }));
        inLoader.awaitReached();
        var here = cluster.threads.start(() -> a.cache.get(KEY));
        var there = cluster.threads.start(() -> b.cache.get(KEY));
        here.awaitWaiting();
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        there.awaitWaiting();
        inLoader.release();
        assertThat(here.value()).isEqualTo("put"); // interleaving 7
        assertThat(there.value()).isEqualTo("put");
        afterPut.release();
        assertThat(leader.value()).isEqualTo("loaded");
        assertThat(cluster.loads).hasValue(0);
    }

    @Test
    void anInvalidationOfTheKeyInItsOwnLoaderKeepsItsValueOut() {
        for (Runnable write : new Runnable[] {
            () -> a.cache.invalidate(KEY), () -> a.cache.expire(KEY), a.cache::clear, () -> b.cache.invalidate(KEY)
        }) {
            var call = cluster.threads.start(() -> a.cache.get(KEY, key -> {
                write.run();
                return "loaded";
            }));
            assertThat(call.value()).isEqualTo("loaded");
            a.awaitRest();
            assertThat(a.local(KEY)).isNull();
            assertThat(cluster.remote(KEY)).isNull();
        }
    }

    /** KNOWN-BUGS 23: asynchronous loads that wait for others don't use up the threads. */
    @Test
    void manyLoadersMayWaitForOthers() {
        AtomicInteger runs = new AtomicInteger();
        CompletableFuture<?>[] all = new CompletableFuture<?>[64];
        for (int i = 0; i < all.length; i++) {
            all[i] = a.cache.getAsync("outer" + i, key -> {
                String inner = a.cache.get("inner", any -> "inner" + runs.incrementAndGet());
                return CompletableFuture.completedFuture(inner);
            });
        }
        for (CompletableFuture<?> each : all) {
            assertThat(Threads.value(each)).isEqualTo("inner1");
        }
    }
}
