package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.stampede.Result.Source;
import io.stampede.Result.StaleReason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P11, P13: a value past its ttl is served, inside the window, when its load fails; a failure that is an answer is passed on. */
class StaleOnErrorTest {

    private static final String KEY = "key";
    private static final Duration TTL = TestCluster.TTL;
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final Duration SOFT = Duration.ofMillis(200);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = node();
    private final TestCluster.Node b = node();
    private final AtomicInteger runs = new AtomicInteger();
    private final Loader<String, String> failing = key -> {
        runs.incrementAndGet();
        throw new IllegalStateException("down");
    };
    private final Loader<String, String> never = key -> {
        throw new AssertionError("no load was expected");
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node() {
        return cluster.node(options -> options.staleOnError(WINDOW, failure -> !(failure instanceof NotFound)));
    }

    @SuppressWarnings("serial")
    private static final class NotFound extends RuntimeException {}

    private static void assertStale(Result<String> result, StaleReason reason) {
        assertThat(result.value()).isEqualTo("old");
        assertThat(result.source()).isEqualTo(Source.STALE);
        assertThat(result.staleReason()).isEqualTo(reason);
    }

    private void aStaleValue() {
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
    }

    @Test
    void aFailedLoadIsAnsweredWithTheStaleValue() {
        aStaleValue();
        Result<String> result = a.cache.getResult(KEY, failing);
        assertStale(result, StaleReason.LOAD_FAILED);
        assertThat(result.age()).isBetween(TTL.plusSeconds(1), TTL.plusSeconds(2));
        assertStale(b.cache.getResult(KEY, failing), StaleReason.LOAD_FAILED); // b has it in L2 only
        assertThat(runs).hasValue(2);
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
    }

    @Test
    void soIsACheckedFailureAndAnAsynchronousOne() {
        aStaleValue();
        assertThat(a.cache.get(KEY, key -> {
                    throw new IOException("down");
                }))
                .isEqualTo("old");
        assertThat(Threads.value(a.cache.getAsync(KEY, key -> CompletableFuture.failedFuture(new IOException("down")))))
                .isEqualTo("old");
        assertThat(a.cache.getAll(List.of(KEY), keys -> {
                    throw new IOException("down");
                }))
                .isEqualTo(Map.of(KEY, "old"));
    }

    @Test
    void outsideTheWindowTheFailureIsPassedOn() {
        a.cache.put(KEY, "old");
        cluster.time.pass(TTL.plus(WINDOW).minusMillis(50));
        assertStale(a.cache.getResult(KEY, failing), StaleReason.LOAD_FAILED);
        cluster.time.pass(Duration.ofMillis(51));
        assertThat(catchThrowable(() -> a.cache.get(KEY, failing))).hasMessage("down");
        assertThat(catchThrowable(() -> b.cache.get(KEY, failing))).hasMessage("down");
    }

    @Test
    void aGoodLoadIsWaitedFor() {
        aStaleValue();
        assertThat(a.cache.getResult(KEY, key -> "new").source()).isEqualTo(Source.LOADED);
    }

    /** A 404 is the source's answer: no stale value, no fallback, no backoff. */
    @Test
    void aFailureThatIsAnAnswerIsPassedOnEverywhere() {
        AtomicInteger fallbacks = new AtomicInteger();
        var c = cluster.node(options -> options.staleOnError(WINDOW, failure -> !(failure instanceof NotFound))
                .backoff(Duration.ofMinutes(1), Duration.ofMinutes(1))
                .fallback((key, failure) -> {
                    fallbacks.incrementAndGet();
                    return "fallback";
                }));
        c.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
        Hold inLoader = new Hold();
        NotFound answer = new NotFound();
        Loader<String, String> loader = key -> {
            runs.incrementAndGet();
            inLoader.arrive();
            throw answer;
        };
        var one = cluster.threads.start(() -> c.cache.get(KEY, loader));
        inLoader.awaitReached();
        var other = cluster.threads.start(() -> c.cache.get(KEY, never));
        var elsewhere = cluster.threads.start(() -> a.cache.get(KEY, never));
        other.awaitWaiting();
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        elsewhere.awaitWaiting();
        inLoader.release();
        assertThat(one.failure()).isSameAs(answer);
        assertThat(other.failure()).isSameAs(answer);
        assertThat(elsewhere.failure())
                .isInstanceOfSatisfying(
                        LoadFailedElsewhereException.class,
                        failure -> assertThat(failure.getExceptionType()).isEqualTo(NotFound.class.getName()));
        assertThat(runs).hasValue(1);
        assertThat(fallbacks).hasValue(0);
        assertThat(c.cache.get(KEY, key -> "new")).as("no backoff").isEqualTo("new");
    }

    @Test
    void aPredicateThatFailsHidesNothing() {
        var c = cluster.node(options -> options.staleOnError(WINDOW, failure -> {
            throw new IllegalArgumentException("of the predicate");
        }));
        assertThat(catchThrowable(() -> c.cache.get(KEY, failing)))
                .hasMessage("down")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
    }

    @Test
    void norOneThatThrowsWhatItWasAskedAbout() {
        var c = cluster.node(options -> options.staleOnError(WINDOW, failure -> {
            throw (RuntimeException) failure;
        }));
        assertThat(cluster.threads.start(() -> c.cache.get(KEY, failing)).failure())
                .hasMessage("down");
    }

    /** P4: waiters on other nodes get stale too, and run nothing themselves. */
    @Test
    void whoWaitsOnAnotherNodeGetsItsStaleValue() {
        aStaleValue();
        Hold inLoader = new Hold();
        var here = cluster.threads.start(() -> a.cache.getResult(KEY, key -> {
            inLoader.arrive();
            throw new IllegalStateException("down");
        }));
        inLoader.awaitReached();
        var there = cluster.threads.start(() -> b.cache.getResult(KEY, never));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        there.awaitWaiting();
        inLoader.release();
        assertStale(here.value(), StaleReason.LOAD_FAILED);
        assertStale(there.value(), StaleReason.LOAD_FAILED);
    }

    @Test
    void afterAnInvalidationThereIsNoStaleValue() {
        aStaleValue();
        assertStale(b.cache.getResult(KEY, failing), StaleReason.LOAD_FAILED);
        a.cache.invalidate(KEY);
        assertThat(catchThrowable(() -> a.cache.get(KEY, failing))).hasMessage("down");
        assertThat(catchThrowable(() -> b.cache.get(KEY, failing))).hasMessage("down");
    }

    /** An invalidation that L2 has not heard of yet counts all the same. */
    @Test
    void norAfterOneThatIsQueued() {
        aStaleValue();
        a.wire.cut();
        assertThat(a.cache.invalidate(KEY)).isEqualTo(WriteResult.QUEUED);
        assertThat(catchThrowable(() -> a.cache.get(KEY, failing))).hasMessage("down");
        a.wire.mend();
        assertThat(catchThrowable(() -> a.cache.get(KEY, failing))).hasMessage("down");
    }

    /** Who demanded a younger value gets the failure. */
    @Test
    void neverToWhoWantsNone() {
        aStaleValue();
        assertThat(catchThrowable(
                        () -> a.cache.get(KEY, failing, CallOptions.none().maxStale(Duration.ZERO))))
                .hasMessage("down");
        assertThat(catchThrowable(
                        () -> a.cache.get(KEY, failing, CallOptions.none().forceFresh())))
                .hasMessage("down");
        assertThat(Threads.failure(a.cache.refresh(KEY).thenApply(value -> {
                    throw new IllegalStateException("loaded " + value);
                })))
                .hasMessageContaining("loaded value"); // the cache's own loader works
    }

    // ---- softTimeout -----------------------------------------------------------------------------------------------

    private TestCluster.Node soft() {
        return cluster.node(options -> options.staleOnError(WINDOW).softTimeout(SOFT));
    }

    private Loader<String, String> held(Hold hold, String value) {
        return key -> {
            runs.incrementAndGet();
            hold.arrive();
            return value;
        };
    }

    /** P13, P14: after softTimeout the stale value; the load goes on and lands in both tiers. */
    @Test
    void aSlowLoadIsWaitedForNoLongerThanTheSoftTimeout() {
        for (boolean inL1 : new boolean[] {true, false}) {
            String key = KEY + inL1;
            var writer = soft();
            writer.cache.put(key, "old");
            cluster.time.pass(TTL.plusSeconds(1));
            var reader = inL1 ? writer : soft();
            Hold inLoader = new Hold();
            var first = cluster.threads.start(() -> reader.cache.getResult(key, held(inLoader, "new")));
            inLoader.awaitReached();
            var joined = cluster.threads.start(() -> reader.cache.getResult(key, never));
            joined.awaitWaiting();
            var async = reader.cache.getAsync(key, any -> new CompletableFuture<>());
            cluster.time.pass(SOFT.minusMillis(1));
            assertThat(first.isDone() || joined.isDone() || async.isDone()).isFalse();
            cluster.time.pass(Duration.ofMillis(2));
            assertStale(first.value(), StaleReason.TIMED_OUT);
            assertStale(joined.value(), StaleReason.TIMED_OUT);
            assertThat(Threads.value(async)).isEqualTo("old");
            cluster.time.pass(Duration.ofSeconds(2));
            inLoader.release();
            reader.awaitRest();
            assertThat(reader.local(key)).isEqualTo("new");
            assertThat(cluster.remote(key)).isEqualTo("new");
        }
        assertThat(runs).hasValue(2);
    }

    /** P7: a refresh does not look at L2 first, so it does not find out what has become of the value that it replaces. */
    @Test
    void whoJoinsARefreshIsNotServedWhatMayHaveBeenOverwritten() {
        var writer = soft();
        var reader = soft();
        writer.cache.put(KEY, "old");
        assertThat(reader.cache.get(KEY, never)).isEqualTo("old");
        cluster.server.dropMessages(true);
        writer.cache.put(KEY, "newer");
        cluster.server.dropMessages(false);
        writer.cache.put("other", "value"); // shows that there was a message before it
        cluster.time.pass(TTL.plusSeconds(1));
        Hold inLoader = new Hold();
        CallOptions refresh = CallOptions.none().forceFresh();
        var refreshed = cluster.threads.start(() -> reader.cache.get(KEY, held(inLoader, "newest"), refresh));
        inLoader.awaitReached();
        var joined = cluster.threads.start(() -> reader.cache.getResult(KEY, never));
        joined.awaitWaiting();
        cluster.time.pass(SOFT.plusMillis(1));
        assertThat(joined.isDone()).isFalse();
        inLoader.release();
        assertThat(joined.value().value()).isEqualTo("newest");
        assertThat(refreshed.value()).isEqualTo("newest");
    }

    /** The loader of a caller with a stale value at hand is not on its thread; of one without, it is. */
    @Test
    void onlyWhoHasSomethingToFallBackOnLoadsOnAnotherThread() {
        var c = soft();
        Thread me = Thread.currentThread();
        assertThat(c.cache.get(KEY, key -> Thread.currentThread() == me ? "mine" : "other's"))
                .isEqualTo("mine");
        c.awaitRest();
        cluster.time.pass(TTL.plusSeconds(1));
        assertThat(c.cache.getResult(KEY, key -> Thread.currentThread() == me ? "mine" : "other's"))
                .extracting(Result::value, Result::source)
                .containsExactly("other's", Source.LOADED);
    }

    @Test
    void withoutAStaleValueTheSoftTimeoutChangesNothing() {
        var c = soft();
        Hold inLoader = new Hold();
        var first = cluster.threads.start(() -> c.cache.get(KEY, held(inLoader, "new")));
        inLoader.awaitReached();
        cluster.time.pass(SOFT.plusSeconds(10));
        assertThat(first.isDone()).isFalse();
        inLoader.release();
        assertThat(first.value()).isEqualTo("new");
    }

    @Test
    void whoWaitsForAnotherNodesLoadHasTheSameSoftTimeout() {
        var c = soft();
        var d = soft();
        c.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
        Hold inLoader = new Hold();
        cluster.threads.start(() -> c.cache.get(KEY, held(inLoader, "new")));
        inLoader.awaitReached();
        var there = cluster.threads.start(() -> d.cache.getResult(KEY, never));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        there.awaitWaiting();
        cluster.time.pass(SOFT.plusMillis(1));
        assertStale(there.value(), StaleReason.TIMED_OUT);
        inLoader.release();
        c.awaitRest();
        d.awaitRest();
        assertThat(d.cache.get(KEY, never)).isEqualTo("new");
    }

    /** What L2 has not confirmed is not what is served when the time is up: it may have been invalidated. */
    @Test
    void aSuspectValueIsNoHelpWhileL2HasNotSaidWhatItHas() {
        var c = soft();
        c.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusSeconds(1));
        c.wire.holdMessages();
        a.cache.invalidate(KEY);
        c.wire.discardMessages();
        c.wire.tellUp(); // messages may have been missed
        Hold inLoader = new Hold();
        Wire.Held get = c.wire.holdReply("get");
        var first = cluster.threads.start(() -> c.cache.getResult(KEY, held(inLoader, "new")));
        get.awaitReached();
        var joined = cluster.threads.start(() -> c.cache.getResult(KEY, never));
        joined.awaitWaiting();
        get.release();
        inLoader.awaitReached();
        cluster.time.pass(SOFT.plusMillis(1));
        assertThat(first.isDone()).isFalse();
        assertThat(joined.isDone()).isFalse();
        inLoader.release();
        assertThat(first.value().value()).isEqualTo("new");
        assertThat(joined.value().value()).isEqualTo("new");
    }

    /** P12: while L2 is away what L1 has is all there is. */
    @Test
    void whileL2IsAwayTheStaleValueOfL1IsServed() {
        var c = soft();
        c.wire.cut();
        assertThat(c.cache.get(KEY, key -> "old")).isEqualTo("old");
        c.awaitRest();
        cluster.time.pass(TTL.plusSeconds(1));
        assertStale(c.cache.getResult(KEY, failing), StaleReason.LOAD_FAILED);
        Hold inLoader = new Hold();
        var first = cluster.threads.start(() -> c.cache.getResult(KEY, held(inLoader, "new")));
        inLoader.awaitReached();
        first.awaitWaiting(); // its soft timeout counts from here
        cluster.time.pass(SOFT.plusMillis(1));
        assertStale(first.value(), StaleReason.TIMED_OUT);
        inLoader.release();
        c.awaitRest();
    }

    /** The longer of the two windows is how long L2 keeps it: P16. */
    @Test
    void theHardExpiryIsTheTtlAndTheLongerWindow() {
        var c = cluster.node(
                options -> options.staleWhileRevalidate(Duration.ofMinutes(1)).staleOnError(Duration.ofMinutes(3)));
        c.cache.put(KEY, "old");
        cluster.time.pass(TTL.plusMinutes(3).minusMillis(50));
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNotNull();
        assertStale(c.cache.getResult(KEY, failing), StaleReason.LOAD_FAILED);
        cluster.time.pass(Duration.ofMillis(51));
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull();
        assertThat(catchThrowable(() -> c.cache.get(KEY, failing))).hasMessage("down");
    }
}
