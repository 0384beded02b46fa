package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.stampede.Result.Source;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That the source has none can be put like a value; where that is not remembered, it is an invalidation. */
class PutNullTest {

    private static final String KEY = "key";
    private static final Duration NEGATIVE = Duration.ofSeconds(30);
    private static final Loader<String, String> NEVER = key -> {
        throw new AssertionError("no load was expected");
    };

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = node(UnaryOperator.identity());
    private final TestCluster.Node b = node(UnaryOperator.identity());
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node(UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        return cluster.node(
                builder -> options.apply(builder.negativeTtl(NEGATIVE).staleWhileRevalidate(TestCluster.TTL)));
    }

    private static void hasNone(TestCluster.Node node, Source source) {
        assertThat(node.cache.getResult(KEY, NEVER))
                .extracting(Result::value, Result::source)
                .containsExactly(null, source);
    }

    @Test
    void bothTiersRememberItForTheNegativeTtl() {
        a.cache.put(KEY, "old");
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("old");
        assertThat(a.cache.put(KEY, null)).isEqualTo(WriteResult.EVERYWHERE);
        cluster.time.pass(NEGATIVE.minusMillis(20));
        hasNone(a, Source.L1);
        hasNone(b, Source.L2);
        hasNone(b, Source.L1);
        cluster.time.pass(Duration.ofMillis(20));
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull();
        assertThat(a.cache.getResult(KEY, key -> "loaded"))
                .as("never served stale")
                .extracting(Result::value, Result::source)
                .containsExactly("loaded", Source.LOADED);
    }

    @Test
    void theTtlOfTheCallComesBeforeTheNegativeTtl() {
        Duration ttl = Duration.ofMinutes(2);
        var forgetful = cluster.node();
        for (TestCluster.Node node : List.of(a, forgetful)) {
            node.cache.put(KEY, null, CallOptions.none().ttl(ttl));
            cluster.time.pass(ttl.minusMillis(20));
            node.cache.put("other", "gives L1 a reason to sweep");
            hasNone(node, Source.L1);
            cluster.time.pass(Duration.ofMillis(20));
            assertThat(node.cache.lookup(KEY).source()).isEqualTo(Source.ABSENT);
        }
    }

    @Test
    void whereNullsAreNotRememberedItIsAnInvalidation() {
        var forgetful = cluster.node();
        forgetful.cache.put(KEY, "old");
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("old");
        assertThat(forgetful.cache.put(KEY, null)).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(forgetful.local(KEY)).isNull();
        assertThat(b.local(KEY)).isNull();
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull();
        assertThat(cluster.server.count("invalidate")).isOne();
        assertThat(forgetful.cache.get(KEY, key -> "loaded")).isEqualTo("loaded");
    }

    /** P5, P6: what was loaded before is stored nowhere, and who has waited for it gets the null, on each node. */
    @Test
    void aLoadUnderWayIsSupersededAndItsWaitersGetNull() {
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "older";
        }));
        inLoader.awaitReached();
        var here = cluster.threads.start(() -> a.cache.getResult(KEY, NEVER));
        var there = cluster.threads.start(() -> b.cache.getResult(KEY, NEVER));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        here.awaitWaiting();
        there.awaitWaiting();
        a.cache.put(KEY, null);
        assertThat(here.value()).extracting(Result::value, Result::source).containsExactly(null, Source.WAITED);
        assertThat(there.value()).extracting(Result::value, Result::source).containsExactly(null, Source.WAITED);
        inLoader.release();
        assertThat(load.value()).isEqualTo("older");
        a.awaitRest();
        hasNone(a, Source.L1);
        hasNone(b, Source.L1);
        assertThat(cluster.remote(KEY)).isNull();
    }

    @Test
    void whoAsksWhileThePutIsUnderWayGetsNull() {
        Wire.Held reply = a.wire.holdReply("put");
        var put = cluster.threads.start(() -> a.cache.put(KEY, null));
        reply.awaitReached();
        hasNone(a, Source.L1);
        reply.release();
        assertThat(put.value()).isEqualTo(WriteResult.EVERYWHERE);
    }

    @Test
    void severalValuesMayHaveNullsAmongThem() {
        Map<String, String> values = new LinkedHashMap<>();
        for (String key : Arrays.asList("a", KEY, "b")) {
            values.put(key, KEY.equals(key) ? null : key);
        }
        assertThat(a.cache.putAll(values)).isEqualTo(WriteResult.EVERYWHERE);
        hasNone(a, Source.L1);
        assertThat(b.cache.get("a", NEVER)).isEqualTo("a");
        assertThat(b.cache.get("b", NEVER)).isEqualTo("b");
        hasNone(b, Source.L2);
    }

    @Test
    void itMayHaveTags() {
        a.cache.put(KEY, null, CallOptions.none().tags("tag"));
        hasNone(b, Source.L2);
        b.cache.invalidateByTag("tag");
        assertThat(a.cache.get(KEY, key -> "loaded")).isEqualTo("loaded");
        a.awaitRest();
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("loaded");
    }

    /** P6, P12: this node knows of it at once, the others when L2 can be told that the old value is out of date. */
    @Test
    void whileL2IsAwayItCountsOnThisNode() {
        a.cache.put(KEY, "old");
        a.wire.cut();
        assertThat(a.cache.put(KEY, null)).isEqualTo(WriteResult.QUEUED);
        hasNone(a, Source.SUSPECT);
        a.wire.mend();
        cluster.passUntil(
                Duration.ofSeconds(1),
                () -> assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull());
    }

    @Test
    void itEndsAPauseAfterFailures() {
        var c = node(options -> options.backoff(Duration.ofHours(1), Duration.ofHours(1)));
        assertThat(catchThrowable(() -> c.cache.get(KEY, key -> {
                    throw new IllegalStateException("down");
                })))
                .hasMessage("down");
        c.cache.put(KEY, null);
        cluster.time.pass(NEGATIVE);
        assertThat(c.cache.get(KEY, key -> "loaded")).isEqualTo("loaded");
    }

    @Test
    void theFunctionThatCopiesValuesIsNotAskedForIt() {
        var copying = node(options -> options.copyValues(String::strip));
        copying.cache.put(KEY, null);
        hasNone(copying, Source.L1);
    }

    @Test
    void withoutARemoteTierToo() {
        try (var cache = StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .negativeTtl(NEGATIVE)
                .jitter(0)
                .environment(cluster.time.node(Duration.ZERO))
                .build()) {
            cache.put(KEY, "old");
            cache.put(KEY, null);
            assertThat(cache.get(KEY, NEVER)).isNull();
            cluster.time.pass(NEGATIVE);
            assertThat(cache.get(KEY, key -> "loaded" + runs.incrementAndGet())).isEqualTo("loaded1");
        }
        try (var forgetful = StampedeCache.<String, String>builder("forgetful")
                .ttl(TestCluster.TTL)
                .environment(cluster.time.node(Duration.ZERO))
                .build()) {
            forgetful.put(KEY, "old");
            forgetful.put(KEY, null);
            assertThat(forgetful.lookup(KEY).source()).isEqualTo(Source.ABSENT);
        }
    }
}
