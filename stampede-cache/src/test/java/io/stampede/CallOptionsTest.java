package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stampede.Result.Source;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one call may want different, and that it is so for that call alone. */
class CallOptionsTest {

    private static final String KEY = "key";
    private static final Duration TTL = TestCluster.TTL;
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final CallOptions SKIP_LOCAL = CallOptions.none().skipLocal();
    private static final CallOptions FORCE_FRESH = CallOptions.none().forceFresh();

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node(options -> options.staleWhileRevalidate(WINDOW));
    private final TestCluster.Node b = cluster.node(options -> options.staleWhileRevalidate(WINDOW));
    private final Loader<String, String> never = key -> {
        throw new AssertionError("no load was expected");
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    private static CallOptions maxStale(Duration most) {
        return CallOptions.none().maxStale(most);
    }

    // ---- ttl -------------------------------------------------------------------------------------------------------

    @Test
    void aCallMayHaveItsOwnTtl() {
        for (Duration ttl : new Duration[] {Duration.ofSeconds(10), TTL.multipliedBy(4)}) {
            a.cache.get("loaded", key -> "value", CallOptions.none().ttl(ttl));
            a.cache.put("put", "value", CallOptions.none().ttl(ttl));
            Threads.value(a.cache.getAsync(
                    "async",
                    key -> CompletableFuture.completedFuture("value"),
                    CallOptions.none().ttl(ttl)));
            a.awaitRest();
            cluster.time.pass(ttl.minusMillis(20));
            for (String key : new String[] {"loaded", "put", "async"}) {
                assertThat(a.cache.getIfPresent(key)).as(key).isEqualTo("value");
                assertThat(b.cache.getIfPresent(key)).as(key).isEqualTo("value");
            }
            cluster.time.pass(Duration.ofMillis(20));
            for (String key : new String[] {"loaded", "put", "async"}) {
                assertThat(a.cache.getIfPresent(key)).as(key).isNull();
                assertThat(b.cache.getIfPresent(key)).as(key).isNull();
            }
            a.cache.clear();
        }
    }

    @Test
    void aLoadThatAnotherCallHasBegunKeepsThatCallsTtl() {
        Hold inLoader = new Hold();
        var first = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        var joined = cluster.threads.start(
                () -> a.cache.get(KEY, never, CallOptions.none().ttl(Duration.ofSeconds(1))));
        joined.awaitWaiting();
        inLoader.release();
        first.value();
        joined.value();
        a.awaitRest();
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(a.local(KEY)).isEqualTo("value");
    }

    // ---- skipLocal -------------------------------------------------------------------------------------------------

    @Test
    void skipLocalAsksL2() {
        a.cache.put(KEY, "old");
        cluster.server.dropMessages(true);
        b.cache.put(KEY, "new");
        cluster.server.dropMessages(false);
        assertThat(a.cache.get(KEY, never)).isEqualTo("old");
        assertThat(a.cache.getResult(KEY, never, SKIP_LOCAL))
                .extracting(Result::value, Result::source)
                .containsExactly("new", Source.L2);
        assertThat(a.cache.get(KEY, never)).as("and L1 has it then").isEqualTo("new");
    }

    /** What L1 has and what L2 has are the same: that is not a reason to load. */
    @Test
    void skipLocalLoadsNothingThatL2Has() {
        a.cache.put(KEY, "value");
        assertThat(a.cache.getResult(KEY, never, SKIP_LOCAL))
                .extracting(Result::value, Result::source)
                .containsExactly("value", Source.L2);
        assertThat(Threads.value(a.cache.getAsync(
                        KEY,
                        key -> {
                            throw new AssertionError("no load was expected");
                        },
                        SKIP_LOCAL)))
                .isEqualTo("value");
        assertThat(cluster.server.count("get")).isEqualTo(2);
        assertThat(cluster.server.count("claim")).isZero();
    }

    @Test
    void skipLocalLoadsWhatL2DoesNotHave() {
        a.cache.put(KEY, "old");
        cluster.server.dropMessages(true);
        b.cache.invalidate(KEY);
        cluster.server.dropMessages(false);
        assertThat(a.cache.getResult(KEY, key -> "new", SKIP_LOCAL))
                .extracting(Result::value, Result::source)
                .containsExactly("new", Source.LOADED);
    }

    @Test
    void withoutARemoteTierSkipLocalLoads() {
        try (var cache = StampedeCache.<String, String>builder("alone")
                .ttl(TTL)
                .environment(cluster.time.node(Duration.ZERO))
                .build()) {
            cache.put(KEY, "old");
            assertThat(cache.get(KEY, key -> "new", SKIP_LOCAL)).isEqualTo("new");
            assertThat(cache.get(KEY, never)).isEqualTo("new");
        }
    }

    // ---- maxStale --------------------------------------------------------------------------------------------------

    @Test
    void aCallMayBoundHowStaleItsValueIs() {
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(10));
        Hold inLoader = new Hold();
        assertThat(a.cache
                        .getResult(
                                KEY,
                                key -> {
                                    inLoader.arrive();
                                    return "new";
                                },
                                maxStale(Duration.ofSeconds(11)))
                        .source())
                .isEqualTo(Source.STALE);
        inLoader.awaitReached();
        for (TestCluster.Node node : new TestCluster.Node[] {a, b}) {
            assertThat(node.cache.get(KEY, never, maxStale(Duration.ofSeconds(11))))
                    .isEqualTo("old");
        }
        var strict = cluster.threads.start(() -> a.cache.get(KEY, never, maxStale(Duration.ofSeconds(9))));
        var strictElsewhere = cluster.threads.start(() -> b.cache.get(KEY, never, maxStale(Duration.ofSeconds(9))));
        strict.awaitWaiting();
        strictElsewhere.awaitWaiting();
        inLoader.release();
        assertThat(strict.value()).isEqualTo("new");
        assertThat(strictElsewhere.value()).isEqualTo("new");
    }

    /** At the very moment of the expiry too. */
    @Test
    void maxStaleZeroAcceptsNoStaleValue() {
        a.cache.put(KEY, "old");
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo("old");
        a.cache.expire(KEY);
        assertThat(b.cache.getResult(KEY, key -> "new", maxStale(Duration.ZERO)))
                .extracting(Result::value, Result::source)
                .containsExactly("new", Source.LOADED);
        b.awaitRest();
        assertThat(a.cache.get(KEY, never, maxStale(Duration.ZERO))).isEqualTo("new");
    }

    @Test
    void maxStaleDoesNotWidenTheWindowAndMayBeAsLongAsYouLike() {
        for (Duration most : new Duration[] {
            Duration.ofDays(400 * 365), ChronoUnit.FOREVER.getDuration(), Duration.ofSeconds(Long.MAX_VALUE)
        }) {
            a.cache.put(KEY, "old");
            cluster.time.pass(TTL.plusSeconds(1));
            assertThat(a.cache.getResult(KEY, key -> "new", maxStale(most)).source())
                    .isEqualTo(Source.STALE);
            a.awaitRest();
            cluster.time.pass(TTL.plus(WINDOW).plusMillis(1));
            assertThat(a.cache.getResult(KEY, key -> "newer", maxStale(most)).source())
                    .isEqualTo(Source.LOADED);
            a.awaitRest();
        }
    }

    @Test
    void aFreshValueIsNotConcerned() {
        a.cache.put(KEY, "value");
        cluster.time.pass(TTL.minusSeconds(1));
        assertThat(a.cache.getResult(KEY, never, maxStale(Duration.ZERO)).source())
                .isEqualTo(Source.L1);
    }

    // ---- forceFresh ------------------------------------------------------------------------------------------------

    @Test
    void forceFreshLoadsWhateverTheTiersHold() {
        a.cache.put(KEY, "old");
        assertThat(a.cache.getResult(KEY, key -> "new", FORCE_FRESH))
                .extracting(Result::value, Result::source)
                .containsExactly("new", Source.LOADED);
        a.awaitRest();
        assertThat(a.cache.get(KEY, never)).isEqualTo("new");
        assertThat(b.cache.get(KEY, never)).isEqualTo("new");
        assertThat(Threads.value(a.cache.getAsync(KEY, key -> CompletableFuture.completedFuture("newer"), FORCE_FRESH)))
                .isEqualTo("newer");
    }

    @Test
    void forceFreshTakesNoStaleValueEither() {
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
        assertThat(a.cache.getResult(KEY, key -> "new", FORCE_FRESH.maxStale(WINDOW)))
                .extracting(Result::value, Result::source)
                .containsExactly("new", Source.LOADED);
    }

    /** A rebuild that began before does not do: what it reads may be older than the call. */
    @Test
    void forceFreshDoesNotJoinALoadThatBeganBefore() {
        Hold inLoader = new Hold();
        var before = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "old";
        }));
        inLoader.awaitReached();
        assertThat(a.cache.get(KEY, key -> "new", FORCE_FRESH)).isEqualTo("new");
        inLoader.release();
        before.value();
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("new");
        assertThat(cluster.remote(KEY)).isEqualTo("new");
    }

    // ---- the options themselves ------------------------------------------------------------------------------------

    @Test
    void theyAddUpAndEachIsACopy() {
        CallOptions one = CallOptions.none().ttl(Duration.ofSeconds(1));
        CallOptions all =
                one.maxStale(Duration.ofSeconds(2)).skipLocal().forceFresh().tags("x", "y");
        assertThat(one.isSkipLocal() || one.isForceFresh()).isFalse();
        assertThat(one.maxStale()).isNull();
        assertThat(one.tags()).isEmpty();
        assertThat(all.ttl()).isEqualTo(Duration.ofSeconds(1));
        assertThat(all.maxStale()).isEqualTo(Duration.ofSeconds(2));
        assertThat(all.isSkipLocal() && all.isForceFresh()).isTrue();
        assertThat(all.tags()).containsExactly("x", "y");
        assertThat(CallOptions.none().ttl()).isNull();
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CallOptions.none().ttl(Duration.ZERO))
                .withMessageContainingAll("ttl = PT0S", "1 ms to 100 years");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CallOptions.none().ttl(Duration.ofDays(36_501)))
                .withMessageContainingAll("ttl", "1 ms to 100 years");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CallOptions.none().maxStale(Duration.ofMillis(-1)))
                .withMessageContainingAll("maxStale = PT-0.001S", "at least zero");
        assertThatIllegalArgumentException().isThrownBy(() -> CallOptions.none().tags(""));
    }

    @Test
    void aPutTakesTtlAndTagsOnly() {
        for (CallOptions options :
                new CallOptions[] {SKIP_LOCAL, FORCE_FRESH, CallOptions.none().maxStale(Duration.ZERO)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> a.cache.put(KEY, "value", options))
                    .withMessageContainingAll("put", "skipLocal", "forceFresh", "maxStale");
        }
        assertThat(a.cache.getIfPresent(KEY)).isNull();
    }
}
