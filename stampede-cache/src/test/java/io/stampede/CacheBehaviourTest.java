package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each method does when nothing goes wrong, with L1 alone and with both tiers. */
class CacheBehaviourTest {

    private final TestCluster cluster = new TestCluster();
    private final AtomicInteger loads = new AtomicInteger();

    enum Tiers {
        L1_ALONE,
        BOTH
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private LoadingStampedeCache<String, String> cache(Tiers tiers) {
        if (tiers == Tiers.BOTH) {
            return cluster.node().cache;
        }
        return StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .environment(cluster.time.node(java.time.Duration.ZERO))
                .build(key -> {
                    cluster.loads.incrementAndGet();
                    return cluster.source;
                });
    }

    private String count(String key) {
        return key + loads.incrementAndGet();
    }

    @ParameterizedTest
    @EnumSource
    void aValueIsLoadedOnceAndThenServed(Tiers tiers) {
        var cache = cache(tiers);
        assertThat(cache.get("a", this::count)).isEqualTo("a1");
        assertThat(cache.get("a", this::count)).isEqualTo("a1");
        assertThat(cache.getIfPresent("a")).isEqualTo("a1");
        assertThat(cache.get("b", this::count)).isEqualTo("b2");
    }

    @ParameterizedTest
    @EnumSource
    void aBlockingLoaderRunsOnTheCallingThread(Tiers tiers) {
        var cache = cache(tiers);
        Thread[] ranOn = new Thread[1];
        cache.get("a", key -> {
            ranOn[0] = Thread.currentThread();
            return key;
        });
        assertThat(ranOn[0]).isSameAs(Thread.currentThread()); // P19
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotThereIsNull(Tiers tiers) {
        assertThat(cache(tiers).getIfPresent("a")).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void nullFromALoaderIsReturnedAndNotStored(Tiers tiers) {
        var cache = cache(tiers);
        assertThat(cache.get("a", key -> null)).isNull();
        assertThat(Threads.value(cache.getAsync("a", key -> CompletableFuture.completedFuture(null))))
                .isNull();
        assertThat(cache.getIfPresent("a")).isNull();
        assertThat(cache.get("a", this::count)).isEqualTo("a1");
    }

    @ParameterizedTest
    @EnumSource
    void anOptionalIsUnpacked(Tiers tiers) {
        var cache = cache(tiers);
        Loader<String, String> none = Loader.optional(key -> Optional.empty());
        Loader<String, String> some = Loader.optional(key -> Optional.of(count(key)));
        assertThat(cache.get("a", none)).isNull();
        assertThat(cache.get("a", some)).isEqualTo("a1");
        assertThat(cache.get("b", Loader.<String, String>optional(key -> null))).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void anAsynchronousLoadIsStoredToo(Tiers tiers) {
        var cache = cache(tiers);
        assertThat(Threads.value(cache.getAsync("a", key -> CompletableFuture.completedFuture(count(key)))))
                .isEqualTo("a1");
        assertThat(Threads.value(cache.getAsync("a", key -> CompletableFuture.completedFuture(count(key)))))
                .isEqualTo("a1");
        assertThat(cache.getIfPresent("a")).isEqualTo("a1");
    }

    @ParameterizedTest
    @EnumSource
    void aPutIsServedAndReplacesWhatWasThere(Tiers tiers) {
        var cache = cache(tiers);
        cache.get("a", this::count);
        assertThat(cache.put("a", "put")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(cache.getIfPresent("a")).isEqualTo("put");
        assertThat(cache.get("a", this::count)).isEqualTo("put");
    }

    @ParameterizedTest
    @EnumSource
    void anInvalidatedValueIsLoadedAnew(Tiers tiers) {
        var cache = cache(tiers);
        cache.get("a", this::count);
        cache.get("b", this::count);
        assertThat(cache.invalidate("a")).isEqualTo(WriteResult.EVERYWHERE); // KNOWN-BUGS 13: it has happened now
        assertThat(cache.getIfPresent("a")).isNull();
        assertThat(cache.get("a", this::count)).isEqualTo("a3");
        assertThat(cache.getIfPresent("b")).isEqualTo("b2");
    }

    @ParameterizedTest
    @EnumSource
    void anExpiredValueIsLoadedAnew(Tiers tiers) {
        var cache = cache(tiers);
        cache.get("a", this::count);
        assertThat(cache.expire("a")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(cache.getIfPresent("a")).isNull();
        assertThat(cache.get("a", this::count)).isEqualTo("a2");
    }

    @ParameterizedTest
    @EnumSource
    void aClearRemovesEverything(Tiers tiers) {
        var cache = cache(tiers);
        cache.get("a", this::count);
        cache.get("b", this::count);
        assertThat(cache.clear()).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(cache.getIfPresent("a")).isNull();
        assertThat(cache.getIfPresent("b")).isNull();
        assertThat(cache.get("a", this::count)).isEqualTo("a3");
    }

    @ParameterizedTest
    @EnumSource
    void writesOfWhatIsNotThereSucceed(Tiers tiers) {
        var cache = cache(tiers);
        assertThat(cache.invalidate("a")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(cache.expire("a")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(cache.clear()).isEqualTo(WriteResult.EVERYWHERE);
    }

    @ParameterizedTest
    @EnumSource
    void aLoadingCacheBringsItsLoader(Tiers tiers) {
        var cache = cache(tiers);
        cluster.source = "one";
        assertThat(cache.get("a")).isEqualTo("one");
        cluster.source = "two";
        assertThat(cache.get("a")).isEqualTo("one");
        assertThat(Threads.value(cache.refresh("a"))).isEqualTo("two");
        assertThat(cache.get("a")).isEqualTo("two");
        assertThat(cluster.loads).hasValue(2);
    }

    @ParameterizedTest
    @EnumSource
    void aRefreshOfWhatIsNotThereLoadsIt(Tiers tiers) {
        var cache = cache(tiers);
        assertThat(Threads.value(cache.refresh("a"))).isEqualTo("value");
        assertThat(cache.getIfPresent("a")).isEqualTo("value");
    }

    @ParameterizedTest
    @EnumSource
    void nullKeysAndLoadersAreRefused(Tiers tiers) {
        var cache = cache(tiers);
        assertThatThrownBy(() -> cache.get(null, this::count)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.getIfPresent(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.put(null, "a")).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.put(null, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.lookup(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.lookupAsync(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.invalidate(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> cache.get("a", null)).isInstanceOf(NullPointerException.class);
        assertThat(((ClusterCache<String, String>) cache).busyKeys()).isEmpty();
    }

    @Test
    void whatOneNodeHasLoadedTheOtherFinds() {
        var a = cluster.node().cache;
        var b = cluster.node().cache;
        assertThat(a.get("a", this::count)).isEqualTo("a1");
        Threads.until(() -> assertThat(a.busyKeys()).isEmpty()); // the publish follows off the caller's path
        assertThat(b.getIfPresent("a")).isEqualTo("a1");
        assertThat(b.get("a", this::count)).isEqualTo("a1");
    }

    @Test
    void whatOneNodeWritesTheOtherNoLongerHas() {
        var a = cluster.node().cache;
        var b = cluster.node().cache;
        b.put("a", "old");
        assertThat(a.getIfPresent("a")).isEqualTo("old");
        b.put("a", "new");
        assertThat(a.getIfPresent("a")).isEqualTo("new");
        b.invalidate("a");
        assertThat(a.getIfPresent("a")).isNull();
        b.put("a", "newer");
        assertThat(a.getIfPresent("a")).isEqualTo("newer");
        b.expire("a");
        assertThat(a.getIfPresent("a")).isNull();
        b.put("a", "newest");
        assertThat(a.getIfPresent("a")).isEqualTo("newest");
        b.clear();
        assertThat(a.getIfPresent("a")).isNull();
    }

    /** What the issue promises of the cost: a cold miss is get, claim, publish; an L2 hit is one get. */
    @Test
    void aMissCostsThreeCommandsAndAHitInL2One() {
        var a = cluster.node().cache;
        var b = cluster.node().cache;
        a.get("a", this::count);
        Threads.until(() -> assertThat(a.busyKeys()).isEmpty());
        assertThat(cluster.server.count("publish")).isOne();
        assertThat(cluster.server.count("get")).isOne();
        assertThat(cluster.server.count("claim")).isOne();
        b.get("a", this::count);
        assertThat(cluster.server.count("get")).isEqualTo(2);
        assertThat(cluster.server.count("claim")).isOne();
        b.get("a", this::count);
        assertThat(cluster.server.count("get")).isEqualTo(2);
        assertThat(cluster.server.count("release")).isZero();
    }
}
