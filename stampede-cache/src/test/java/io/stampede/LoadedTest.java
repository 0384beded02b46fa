package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a loader is told, and what it may tell about its value. */
class LoadedTest {

    private static final String KEY = "key";
    private static final Duration TTL = TestCluster.TTL;

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node(options -> options.staleOnError(Duration.ofMinutes(5)));
    private final TestCluster.Node b = cluster.node(options -> options.staleOnError(Duration.ofMinutes(5)));
    private final List<LoadContext<String, String>> seen = new ArrayList<>();

    @AfterEach
    void close() {
        cluster.close();
    }

    private Loader<String, String> answering(Loaded<String> loaded) {
        return Loader.withContext(context -> {
            seen.add(context);
            return loaded;
        });
    }

    private void has(TestCluster.Node node, String value) {
        assertThat(node.cache.get(KEY, key -> {
                    throw new AssertionError("no load was expected");
                }))
                .isEqualTo(value);
    }

    @Test
    void whereThereIsNoOldValueTheLoaderIsToldSo() {
        assertThat(a.cache.get(KEY, answering(Loaded.of("value")))).isEqualTo("value");
        assertThat(seen).containsExactly(new LoadContext<>(KEY, null, null));
    }

    @Test
    void theStaleValueIsHandedToTheLoaderFromL1OrL2() {
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(7));
        assertThat(a.cache.get(KEY, Loader.<String, String>withContext(context -> {
                    seen.add(context);
                    throw new IllegalStateException("down");
                })))
                .isEqualTo("old");
        a.awaitRest();
        assertThat(b.cache.get(KEY, answering(Loaded.of("new")))).isEqualTo("new");
        assertThat(seen).hasSize(2).allSatisfy(context -> {
            assertThat(context.key()).isEqualTo(KEY);
            assertThat(context.old()).isEqualTo("old");
            assertThat(context.age())
                    .isBetween(TTL.plusSeconds(7), TTL.plusSeconds(7).plusMillis(20));
        });
    }

    /** That there is none any more is an answer, too: what was there before is not served again when the source fails. */
    @Test
    void aValueThatItsSourceHasLostIsGoneFromBothTiers() {
        a.cache.put(KEY, "old");
        has(b, "old");
        cluster.time.pass(TTL.plusSeconds(7));
        assertThat(a.cache.get(KEY, answering(Loaded.absent()))).isNull();
        Threads.until(
                () -> assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull());
        for (TestCluster.Node node : List.of(a, b)) {
            assertThat(catchThrowable(() -> node.cache.get(KEY, key -> {
                        throw new IllegalStateException("down");
                    })))
                    .hasMessage("down");
        }
    }

    @Test
    void aRefreshHandsOverTheFreshValue() {
        a.cache.put(KEY, "old");
        cluster.time.pass(Duration.ofSeconds(3));
        a.cache.get(KEY, answering(Loaded.of("new")), CallOptions.none().forceFresh());
        assertThat(seen).containsExactly(new LoadContext<>(KEY, "old", Duration.ofSeconds(3)));
    }

    /** What was invalidated is gone for good, for loaders too. */
    @Test
    void whatWasInvalidatedIsNotHandedOver() {
        a.cache.put(KEY, "old", CallOptions.none().tags("tag"));
        a.cache.invalidateByTag("tag");
        a.cache.get(KEY, answering(Loaded.of("newer")), CallOptions.none().forceFresh());
        a.awaitRest();
        a.cache.clear();
        a.cache.get(KEY, answering(Loaded.of("newest")), CallOptions.none().forceFresh());
        assertThat(seen).allSatisfy(context -> assertThat(context.old()).isNull());
    }

    @Test
    void notModifiedMakesTheOldValueFreshAgainInBothTiers() {
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
        Result<String> result = a.cache.getResult(KEY, answering(Loaded.notModified()));
        assertThat(result.value()).isEqualTo("old");
        assertThat(result.source()).isEqualTo(Result.Source.LOADED);
        assertThat(result.age()).isZero();
        a.awaitRest();
        cluster.time.pass(TTL.minusSeconds(1));
        has(a, "old");
        has(b, "old");
        cluster.time.pass(Duration.ofSeconds(1));
        assertThat(a.local(KEY)).isNull();
        assertThat(b.local(KEY)).isNull();
    }

    @Test
    void notModifiedWithoutAnOldValueIsAMistake() {
        assertThat(catchThrowable(() -> a.cache.get(KEY, answering(Loaded.notModified()))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(TestCluster.NAME, "notModified");
        a.awaitRest();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        var negative = cluster.node(options -> options.negativeTtl(Duration.ofMinutes(1)));
        negative.cache.get(KEY, answering(Loaded.absent()));
        negative.awaitRest();
        assertThat(catchThrowable(() -> negative.cache.get(
                        KEY, answering(Loaded.notModified()), CallOptions.none().forceFresh())))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aValueMayHaveItsOwnTtl() {
        for (Duration ttl : List.of(Duration.ofSeconds(10), TTL.multipliedBy(3))) {
            a.cache.get(
                    KEY,
                    answering(Loaded.of("value").ttl(ttl)),
                    CallOptions.none().ttl(Duration.ofSeconds(77)).forceFresh());
            a.awaitRest();
            cluster.time.pass(ttl.minusMillis(20));
            a.cache.put("other", "gives L1 a reason to sweep");
            has(a, "value");
            has(b, "value");
            cluster.time.pass(Duration.ofMillis(20));
            assertThat(a.local(KEY)).isNull();
            assertThat(b.local(KEY)).isNull();
        }
    }

    @Test
    void notModifiedMayHaveItsOwnTtlToo() {
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
        a.cache.get(KEY, answering(Loaded.<String>notModified().ttl(Duration.ofSeconds(10))));
        a.awaitRest();
        cluster.time.pass(Duration.ofSeconds(9));
        has(a, "old");
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(a.local(KEY)).isNull();
    }

    @Test
    void itsTagsComeOnTopOfThoseOfTheCall() {
        for (String tag : List.of("of the loader", "of the call")) {
            a.cache.get(
                    KEY,
                    answering(Loaded.of("value").tags("of the loader")),
                    CallOptions.none().tags("of the call"));
            a.awaitRest();
            has(b, "value");
            b.cache.invalidateByTag(tag);
            assertThat(a.cache.getIfPresent(KEY)).as(tag).isNull();
            assertThat(b.cache.getIfPresent(KEY)).as(tag).isNull();
            cluster.time.pass(Duration.ofMillis(1)); // a load at the very moment of an invalidation counts as before it
        }
    }

    @Test
    void notModifiedHasToNameItsTagsAnew() {
        a.cache.put(KEY, "old", CallOptions.none().tags("dropped"));
        cluster.time.pass(TTL.plusSeconds(1));
        a.cache.get(KEY, answering(Loaded.<String>notModified().tags("named")));
        a.awaitRest();
        a.cache.invalidateByTag("dropped");
        has(a, "old");
        has(b, "old");
        a.cache.invalidateByTag("named");
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
    }

    @Test
    void anAsynchronousLoaderHasItAll() {
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
        var call = a.cache.getAsync(KEY, AsyncLoader.<String, String>withContext(context -> {
            assertThat(context.old()).isEqualTo("old");
            return CompletableFuture.completedFuture(Loaded.notModified());
        }));
        assertThat(Threads.value(call)).isEqualTo("old");
        a.awaitRest();
        has(a, "old");
        var mistake = a.cache.getAsync(
                "other",
                AsyncLoader.<String, String>withContext(
                        context -> CompletableFuture.completedFuture(Loaded.notModified())));
        assertThat(Threads.failure(mistake)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nullInsteadOfALoadedIsAMistake() {
        assertThat(catchThrowable(() -> a.cache.get(KEY, Loader.<String, String>withContext(context -> null))))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("not Loaded");
        var call = a.cache.getAsync(
                KEY, AsyncLoader.<String, String>withContext(context -> CompletableFuture.completedFuture(null)));
        assertThat(Threads.failure(call))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("not Loaded");
        a.awaitRest();
        assertThat(a.cache.get(KEY)).isEqualTo("value");
    }

    @Test
    void itsPartsAreChecked() {
        assertThatNullPointerException().isThrownBy(() -> Loaded.of(null)).withMessage("value");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Loaded.of("value").ttl(Duration.ZERO))
                .withMessageContainingAll("ttl = PT0S", "1 ms to 100 years");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Loaded.of("value").ttl(Duration.ofDays(36_501)))
                .withMessageContaining("1 ms to 100 years");
        assertThatIllegalArgumentException().isThrownBy(() -> Loaded.of("value").tags(""));
    }
}
