package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a value came from and how old it is. The reasons of stale ones are with the tests of each. */
class ResultTest {

    private static final String KEY = "key";

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();
    private final Loader<String, String> never = key -> {
        throw new AssertionError("no load was expected");
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    private static void assertResult(Result<String> result, Source source, Duration age) {
        assertThat(result).isEqualTo(new Result<>("value", source, null, age));
    }

    /** Ages go by the server's clock, which a node knows to a thousandth of the time since it last heard of it. */
    private static void assertAbout(Result<String> result, Source source, Duration age) {
        assertThat(result.value()).isEqualTo("value");
        assertThat(result.source()).isEqualTo(source);
        assertThat(result.staleReason()).isNull();
        assertThat(result.age()).isBetween(age, age.plusMillis(20));
    }

    @Test
    void aValueIsLoadedAndThenInL1AndInL2() {
        assertResult(
                a.cache.getResult(KEY, key -> {
                    cluster.time.pass(Duration.ofSeconds(2));
                    return "value";
                }),
                Source.LOADED,
                Duration.ZERO);
        a.awaitRest();
        cluster.time.pass(Duration.ofSeconds(10));
        assertAbout(a.cache.getResult(KEY, never), Source.L1, Duration.ofSeconds(10));
        assertAbout(b.cache.getResult(KEY, never), Source.L2, Duration.ofSeconds(10));
        cluster.time.pass(Duration.ofSeconds(10));
        assertAbout(b.cache.getResult(KEY, never), Source.L1, Duration.ofSeconds(20));
    }

    @Test
    void soItIsWithTheCachesOwnLoader() {
        assertThat(a.cache.getResult(KEY).source()).isEqualTo(Source.LOADED);
        a.awaitRest();
        assertThat(a.cache.getResult(KEY).source()).isEqualTo(Source.L1);
    }

    @Test
    void aPutIsInL1OfItsNodeAndInL2ForTheOthers() {
        a.cache.put(KEY, "value");
        cluster.time.pass(Duration.ofSeconds(5));
        assertAbout(a.cache.getResult(KEY, never), Source.L1, Duration.ofSeconds(5));
        assertAbout(b.cache.getResult(KEY, never), Source.L2, Duration.ofSeconds(5));
    }

    @Test
    void whoWaitsForAnothersLoadIsTold() {
        Hold inLoader = new Hold();
        var loading = cluster.threads.start(() -> a.cache.getResult(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        var here = cluster.threads.start(() -> a.cache.getResult(KEY, never));
        var there = cluster.threads.start(() -> b.cache.getResult(KEY, never));
        here.awaitWaiting();
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        there.awaitWaiting();
        // One who joins a wait that is under way has waited like the first.
        var thereToo = cluster.threads.start(() -> b.cache.getResult(KEY, never));
        thereToo.awaitWaiting();
        inLoader.release();
        assertResult(loading.value(), Source.LOADED, Duration.ZERO);
        assertResult(here.value(), Source.WAITED, Duration.ZERO);
        assertAbout(there.value(), Source.WAITED, Duration.ZERO);
        assertAbout(thereToo.value(), Source.WAITED, Duration.ZERO);
    }

    @Test
    void whatMayHaveMissedAWriteIsSuspectWhileL2CantBeAsked() {
        a.cache.put(KEY, "value");
        a.wire.cut();
        a.cache.getIfPresent("anything"); // notices
        a.cache.flights().suspectAll();
        cluster.time.pass(Duration.ofSeconds(1));
        assertAbout(a.cache.getResult(KEY, never), Source.SUSPECT, Duration.ofSeconds(1));
    }

    @Test
    void aValueThatWasLoadedWithoutL2IsSuspectToo() {
        a.wire.cut();
        assertThat(a.cache.getResult(KEY, key -> "value").source()).isEqualTo(Source.LOADED);
        a.awaitRest();
        assertThat(a.cache.getResult(KEY, never).source()).isEqualTo(Source.SUSPECT);
    }

    @Test
    void theNewsThatThereIsNoneHasASourceToo() {
        assertThat(a.cache.getResult(KEY, key -> null))
                .isEqualTo(new Result<>(null, Source.LOADED, null, Duration.ZERO));
    }

    /** The listener hears the same. */
    @Test
    void oneReadOneSource() {
        var told = new java.util.concurrent.CopyOnWriteArrayList<Source>();
        var c = cluster.node(options -> options.listener(new CacheListener() {
            @Override
            public void onRead(Source source) {
                told.add(source);
            }
        }));
        c.cache.getIfPresent(KEY);
        c.cache.get(KEY, key -> "value");
        c.awaitRest();
        c.cache.get(KEY, never);
        assertThat(told).containsExactly(Source.ABSENT, Source.LOADED, Source.L1);
    }
}
