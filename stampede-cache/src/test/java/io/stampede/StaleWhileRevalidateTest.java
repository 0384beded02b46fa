package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import io.stampede.Result.StaleReason;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P13: past its ttl and inside the window a value is served at once, while one load in the cluster runs behind it. */
class StaleWhileRevalidateTest {

    private static final String KEY = "key";
    private static final Duration TTL = TestCluster.TTL;
    private static final Duration WINDOW = Duration.ofMinutes(2);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = node();
    private final TestCluster.Node b = node();
    private final AtomicInteger runs = new AtomicInteger();
    private final Loader<String, String> never = key -> {
        throw new AssertionError("no load was expected");
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node() {
        return cluster.node(options -> options.staleWhileRevalidate(WINDOW));
    }

    private void aHasAStaleValue() {
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
    }

    private Loader<String, String> held(Hold hold, String value) {
        return key -> {
            runs.incrementAndGet();
            hold.arrive();
            return value;
        };
    }

    private static void assertStale(Result<String> result, StaleReason reason) {
        assertThat(result.value()).isEqualTo("old");
        assertThat(result.source()).isEqualTo(Source.STALE);
        assertThat(result.staleReason()).isEqualTo(reason);
    }

    @Test
    void allReadersOnAllNodesAreServedWhileOneLoadRuns() {
        aHasAStaleValue();
        Hold inLoader = new Hold();
        Result<String> first = a.cache.getResult(KEY, held(inLoader, "new"));
        assertStale(first, StaleReason.REVALIDATING);
        assertThat(first.age()).isEqualTo(TTL.plusSeconds(1));
        inLoader.awaitReached();
        for (int i = 0; i < 3; i++) {
            assertStale(a.cache.getResult(KEY, never), StaleReason.REVALIDATING);
            assertStale(b.cache.getResult(KEY, never), StaleReason.REVALIDATING); // b has it only in L2 at first
        }
        assertThat(Threads.value(b.cache.getAsync(KEY, key -> new CompletableFuture<>())))
                .isEqualTo("old");
        assertThat(a.cache.getAll(java.util.List.of(KEY), keys -> java.util.Map.of()))
                .containsEntry(KEY, "old");
        inLoader.release();
        Threads.until(() -> assertThat(a.local(KEY)).isEqualTo("new"));
        Threads.until(() -> assertThat(b.cache.get(KEY, never)).isEqualTo("new"));
        assertThat(cluster.remote(KEY)).isEqualTo("new");
        assertThat(runs).hasValue(1);
    }

    @Test
    void theWindowEndsWhereItEnds() {
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plus(WINDOW).minusMillis(20));
        Hold inLoader = new Hold();
        assertStale(a.cache.getResult(KEY, held(inLoader, "new")), StaleReason.REVALIDATING);
        inLoader.awaitReached();
        assertStale(b.cache.getResult(KEY, never), StaleReason.REVALIDATING);
        cluster.time.pass(Duration.ofMillis(21));
        var waits = cluster.threads.start(() -> a.cache.getResult(KEY, never));
        var waitsElsewhere = cluster.threads.start(() -> b.cache.getResult(KEY, never));
        waits.awaitWaiting();
        waitsElsewhere.awaitWaiting();
        inLoader.release();
        assertThat(waits.value().value()).isEqualTo("new");
        assertThat(waits.value().source()).isEqualTo(Source.WAITED);
        assertThat(waitsElsewhere.value().value()).isEqualTo("new");
        assertThat(waitsElsewhere.value().source()).isEqualTo(Source.WAITED);
    }

    @Test
    void withoutAWindowReadersWait() {
        var plain = cluster.node();
        plain.cache.put(KEY, "old");
        cluster.time.pass(TTL);
        assertThat(plain.cache.getResult(KEY, key -> "new").source()).isEqualTo(Source.LOADED);
    }

    @Test
    void theLoaderSeesTheStaleValue() {
        aHasAStaleValue();
        CompletableFuture<String> seen = new CompletableFuture<>();
        assertThat(a.cache.get(KEY, Loader.<String, String>withContext(context -> {
                    seen.complete(context.old() + " "
                            + Objects.requireNonNull(context.age()).toSeconds());
                    return Loaded.notModified();
                })))
                .isEqualTo("old");
        assertThat(Threads.value(seen)).isEqualTo("old " + TTL.plusSeconds(1).toSeconds());
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("old");
    }

    /** A node that only looks does not get what is past its ttl, and starts nothing. */
    @Test
    void whoOnlyLooksGetsNoStaleValue() {
        aHasAStaleValue();
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
        assertThat(cluster.server.count("claim")).isZero();
        assertThat(cluster.loads).hasValue(0);
    }

    /** Nor does who looks keep others from starting something. */
    @Test
    void besideOneWhoOnlyLooksAReaderHasTheValueLoaded() {
        aHasAStaleValue();
        Wire.Held look = a.wire.holdRequest("get");
        var looking = cluster.threads.start(() -> a.cache.getIfPresent(KEY));
        look.awaitReached();
        assertStale(a.cache.getResult(KEY, key -> "new"), StaleReason.REVALIDATING);
        look.release();
        assertThat(looking.value()).isNull();
        Threads.until(() -> assertThat(a.local(KEY)).isEqualTo("new"));
    }

    /** Its message may be late: what is in L2 is what counts for whoever looks. */
    @Test
    void whoOnlyLooksFindsWhatAnotherNodeHasPut() {
        aHasAStaleValue();
        a.wire.holdMessages();
        b.cache.put(KEY, "new");
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("new");
        a.wire.releaseMessages();
    }

    @Test
    void aFailureBehindItKeepsTheOldValueServed() {
        aHasAStaleValue();
        for (int i = 0; i < 3; i++) {
            assertStale(
                    a.cache.getResult(KEY, key -> {
                        runs.incrementAndGet();
                        throw new IllegalStateException("down");
                    }),
                    StaleReason.REVALIDATING);
            a.awaitRest();
        }
        assertThat(runs).hasValue(3); // without a backoff
    }

    @Test
    void theSourceIsNotAskedAtEveryReadWhileTheKeyBacksOff() {
        var c = cluster.node(options ->
                options.staleWhileRevalidate(WINDOW).backoff(Duration.ofSeconds(10), Duration.ofSeconds(10)));
        c.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
        for (int i = 0; i < 5; i++) {
            assertThat(c.cache.get(KEY, key -> {
                        runs.incrementAndGet();
                        throw new IllegalStateException("down");
                    }))
                    .isEqualTo("old");
            c.awaitRest();
        }
        assertThat(runs).hasValue(1);
        cluster.time.pass(Duration.ofSeconds(11));
        assertThat(c.cache.get(KEY, key -> "new")).isEqualTo("old");
        Threads.until(() -> assertThat(c.local(KEY)).isEqualTo("new"));
    }

    @Test
    void afterAnInvalidationNothingStaleIsServed() {
        aHasAStaleValue();
        assertStale(b.cache.getResult(KEY, key -> "old"), StaleReason.REVALIDATING);
        b.awaitRest();
        cluster.time.pass(TTL.plusSeconds(1));
        Hold inLoader = new Hold();
        assertStale(a.cache.getResult(KEY, held(inLoader, "of the old data")), StaleReason.REVALIDATING);
        inLoader.awaitReached();
        a.cache.invalidate(KEY);
        assertThat(a.cache.getResult(KEY, key -> "new"))
                .extracting(Result::value, Result::source)
                .containsExactly("new", Source.LOADED);
        inLoader.release();
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("new");
        assertThat(b.cache.get(KEY, never)).isEqualTo("new");
    }

    @Test
    void afterAClearOrATagsInvalidationNeither() {
        for (boolean byTag : new boolean[] {true, false}) {
            a.cache.put(KEY, "old", CallOptions.none().tags("tag"));
            cluster.time.pass(TTL.plusSeconds(1));
            if (byTag) {
                a.cache.invalidateByTag("tag");
            } else {
                a.cache.clear();
            }
            assertThat(a.cache.get(KEY, key -> "new")).isEqualTo("new");
            assertThat(b.cache.get(KEY, never)).isEqualTo("new");
            a.awaitRest();
        }
    }

    /** A write while a rebuild runs: neither the stale value nor the rebuild comes after it. */
    @Test
    void aPutDuringARebuildStands() {
        aHasAStaleValue();
        Hold inLoader = new Hold();
        assertStale(a.cache.getResult(KEY, held(inLoader, "of the old data")), StaleReason.REVALIDATING);
        inLoader.awaitReached();
        b.cache.put(KEY, "put");
        assertThat(a.cache.get(KEY, never)).isEqualTo("put");
        inLoader.release();
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("put");
        assertThat(cluster.remote(KEY)).isEqualTo("put");
    }

    @Test
    void anExpiredKeyIsServedStaleByEveryNodeWhileOneLoadRuns() {
        a.cache.put(KEY, "old");
        var c = node();
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("old");
        cluster.time.pass(Duration.ofSeconds(30));
        assertThat(a.cache.expire(KEY)).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(a.local(KEY)).isNull();
        assertThat(b.local(KEY)).as("all L1s too").isNull();
        Hold inLoader = new Hold();
        assertStale(c.cache.getResult(KEY, held(inLoader, "new")), StaleReason.REVALIDATING); // only in L2 here
        inLoader.awaitReached();
        assertStale(a.cache.getResult(KEY, never), StaleReason.REVALIDATING);
        assertStale(b.cache.getResult(KEY, never), StaleReason.REVALIDATING);
        inLoader.release();
        for (TestCluster.Node node : new TestCluster.Node[] {a, b, c}) {
            // A node whose claim the publish has overtaken has the value in L2 only, for its next reader.
            Threads.until(() -> assertThat(node.cache.get(KEY, never)).isEqualTo("new"));
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void anExpiredKeyIsStaleFromThatMoment() {
        a.cache.put(KEY, "old");
        cluster.time.pass(Duration.ofSeconds(30));
        a.cache.expire(KEY);
        cluster.time.pass(WINDOW);
        assertThat(a.cache.getResult(KEY, key -> "new").source()).isEqualTo(Source.LOADED);
    }

    @Test
    void withoutAWindowAnExpiredKeyIsLoaded() {
        var plain = cluster.node();
        plain.cache.put(KEY, "old");
        plain.cache.expire(KEY);
        assertThat(plain.cache.getResult(KEY, key -> "new").source()).isEqualTo(Source.LOADED);
    }

    /** P12: without L2 the window is the same; what was loaded meanwhile is only suspect. */
    @Test
    void soItIsWhileL2IsAway() {
        a.wire.cut();
        assertThat(a.cache.get(KEY, key -> "old")).isEqualTo("old");
        a.awaitRest();
        cluster.time.pass(TTL.plusSeconds(1));
        Hold inLoader = new Hold();
        var read = cluster.threads.start(() -> a.cache.getResult(KEY, held(inLoader, "new")));
        inLoader.awaitReached();
        assertStale(read.value(), StaleReason.REVALIDATING);
        inLoader.release();
        a.awaitRest();
        assertThat(a.cache.get(KEY, never)).isEqualTo("new");
    }

    @Test
    void soItIsWithoutARemoteTier() {
        try (var cache = StampedeCache.<String, String>builder("alone")
                .ttl(TTL)
                .jitter(0)
                .staleWhileRevalidate(WINDOW)
                .environment(cluster.time.node(Duration.ZERO))
                .build()) {
            cache.put(KEY, "old");
            cluster.time.pass(TTL);
            assertStale(cache.getResult(KEY, key -> "new"), StaleReason.REVALIDATING);
            Threads.until(() -> assertThat(cache.getResult(KEY, never).source()).isEqualTo(Source.L1));
            assertThat(cache.get(KEY, never)).isEqualTo("new");
            cluster.time.pass(TTL.plus(WINDOW));
            assertThat(cache.getResult(KEY, key -> "newer").source()).isEqualTo(Source.LOADED);
        }
    }

    /** Who has seen the new value does not see the old one after it: reads don't go backwards. */
    @Test
    void theOldValueIsNotServedOnceTheNewOneIsThere() {
        aHasAStaleValue();
        Wire.Held publish = a.wire.holdRequest("publish");
        assertThat(a.cache.get(KEY, key -> "new", CallOptions.none().maxStale(Duration.ZERO)))
                .isEqualTo("new");
        publish.awaitReached();
        assertThat(a.cache.get(KEY, never)).isEqualTo("new");
        publish.release();
        a.awaitRest();
    }
}
