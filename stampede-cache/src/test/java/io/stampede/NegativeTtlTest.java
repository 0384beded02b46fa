package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That the source has none is remembered only where that is asked for, and no longer than it is asked for. */
class NegativeTtlTest {

    private static final String KEY = "key";
    private static final Duration NEGATIVE = Duration.ofSeconds(30);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = node();
    private final TestCluster.Node b = node();
    private final AtomicInteger runs = new AtomicInteger();
    private final Loader<String, String> none = key -> {
        runs.incrementAndGet();
        return null;
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node() {
        return cluster.node(options -> options.negativeTtl(NEGATIVE).staleWhileRevalidate(Duration.ofHours(1)));
    }

    @Test
    void byDefaultNullIsReturnedAndNotStored() {
        var plain = cluster.node();
        for (int i = 0; i < 3; i++) {
            assertThat(plain.cache.getResult(KEY, none)).satisfies(result -> {
                assertThat(result.value()).isNull();
                assertThat(result.source()).isEqualTo(Source.LOADED);
            });
            plain.awaitRest();
        }
        assertThat(runs).hasValue(3);
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull();
        assertThat(plain.cache.get(
                        KEY,
                        Loader.<String, String>withContext(
                                context -> Loaded.<String>absent().ttl(Duration.ofMinutes(1)))))
                .isNull();
        plain.awaitRest();
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull();
    }

    @Test
    void bothTiersRememberItForThatLong() {
        assertThat(a.cache.get(KEY, none)).isNull();
        a.awaitRest();
        cluster.time.pass(NEGATIVE.minusMillis(20)); // another node's clock is not known better than that
        assertThat(a.cache.getResult(KEY, none)).satisfies(result -> {
            assertThat(result.value()).isNull();
            assertThat(result.source()).isEqualTo(Source.L1);
        });
        assertThat(b.cache.getResult(KEY, none)).satisfies(result -> {
            assertThat(result.value()).isNull();
            assertThat(result.source()).isEqualTo(Source.L2);
        });
        assertThat(b.cache.getResult(KEY, none).source()).isEqualTo(Source.L1);
        assertThat(b.cache.getIfPresent(KEY)).isNull();
        assertThat(Threads.value(b.cache.getAsync(KEY, key -> new CompletableFuture<>())))
                .isNull();
        assertThat(b.cache.getAll(List.of(KEY, "other"), keys -> Map.of("other", "value")))
                .isEqualTo(Map.of("other", "value"));
        assertThat(runs).hasValue(1);
        cluster.time.pass(Duration.ofMillis(20));
        assertThat(a.cache.getResult(KEY, key -> "value"))
                .as("never served stale")
                .extracting(Result::value, Result::source)
                .containsExactly("value", Source.LOADED);
    }

    /** P16: and not kept by L2 for longer than that. */
    @Test
    void itIsNotKeptForTheStaleWindows() {
        a.cache.get(KEY, none);
        a.awaitRest();
        cluster.time.pass(NEGATIVE);
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull();
    }

    @Test
    void aWriteEndsItEverywhere() {
        a.cache.get(KEY, none);
        a.awaitRest();
        b.cache.get(KEY, none);
        b.cache.put(KEY, "put");
        assertThat(a.cache.get(KEY, none)).isEqualTo("put");
        b.cache.invalidate(KEY);
        a.cache.get(KEY, none);
        a.awaitRest();
        b.cache.get(KEY, none);
        a.cache.invalidate(KEY);
        assertThat(b.cache.get(KEY, key -> "loaded")).isEqualTo("loaded");
        assertThat(runs).hasValue(2);
    }

    @Test
    void aLoadMayHaveItsOwnTtlForIt() {
        a.cache.get(
                KEY,
                Loader.<String, String>withContext(
                        context -> Loaded.<String>absent().ttl(Duration.ofSeconds(5))));
        a.awaitRest();
        cluster.time.pass(Duration.ofSeconds(4));
        assertThat(a.cache.get(KEY, none)).isNull();
        assertThat(runs).hasValue(0);
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(a.cache.get(KEY, key -> "value")).isEqualTo("value");
    }

    /** The ttl of a call is that of its value. */
    @Test
    void theTtlOfACallIsNotThatOfANull() {
        a.cache.get(KEY, none, CallOptions.none().ttl(Duration.ofMinutes(5)));
        a.awaitRest();
        cluster.time.pass(NEGATIVE);
        assertThat(a.cache.get(KEY, key -> "value")).isEqualTo("value");
    }

    @Test
    void waitersOnOtherNodesAreTold() {
        Hold inLoader = new Hold();
        cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return null;
        }));
        inLoader.awaitReached();
        var there = cluster.threads.start(() -> b.cache.getResult(KEY, none));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        there.awaitWaiting();
        inLoader.release();
        assertThat(there.value().value()).isNull();
        assertThat(there.value().source()).isEqualTo(Source.WAITED);
        assertThat(runs).hasValue(0);
    }

    /** There is no old value then, and nothing about it. */
    @Test
    void aLoaderSeesNoOldValueInIt() {
        a.cache.get(KEY, none);
        a.awaitRest();
        cluster.time.pass(Duration.ofSeconds(10));
        CompletableFuture<LoadContext<String, String>> seen = new CompletableFuture<>();
        a.cache.get(
                KEY,
                Loader.<String, String>withContext(context -> {
                    seen.complete(context);
                    return Loaded.of("value");
                }),
                CallOptions.none().forceFresh());
        assertThat(seen.join().old()).isNull();
        assertThat(seen.join().age()).isNull();
    }

    @Test
    void withoutARemoteTierToo() {
        try (var cache = StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .negativeTtl(NEGATIVE)
                .jitter(0)
                .environment(cluster.time.node(Duration.ZERO))
                .build()) {
            cache.get(KEY, none);
            cluster.time.pass(NEGATIVE.minusNanos(1));
            cache.get(KEY, none);
            assertThat(runs).hasValue(1);
            cluster.time.pass(Duration.ofNanos(1));
            cache.get(KEY, none);
            assertThat(runs).hasValue(2);
        }
    }

    /** Longer than the ttl of values, it is kept for that long. */
    @Test
    void itMayBeLongerThanTheTtl() {
        var c = cluster.node(options -> options.ttl(Duration.ofSeconds(10)).negativeTtl(Duration.ofHours(2)));
        c.cache.get(KEY, none);
        c.awaitRest();
        cluster.time.pass(Duration.ofHours(1));
        c.cache.put("other", "value"); // gives L1 a reason to sweep
        assertThat(c.cache.getResult(KEY, none).source()).isEqualTo(Source.L1);
        assertThat(runs).hasValue(1);
    }
}
