package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.stampede.Result.Source;
import io.stampede.Result.StaleReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P19: no more than {@code maxConcurrentLoads} loads burden the source, whatever becomes of those who wanted them. */
class ConcurrentLoadsTest {

    private static final Duration WAIT = Duration.ofSeconds(2);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a =
            cluster.node(options -> options.maxConcurrentLoads(1).maxLoadWait(WAIT));
    private final Hold inFirst = new Hold();

    @AfterEach
    void close() {
        cluster.close();
    }

    private LoadPermits permits(TestCluster.Node node) {
        return node.cache.flights().loads.permits;
    }

    private static Loader<String, String> held(Hold hold) {
        return key -> {
            hold.arriveInterruptibly();
            return key;
        };
    }

    private Threads.Call<String> first(TestCluster.Node node) {
        var call = cluster.threads.start(() -> node.cache.get("first", held(inFirst)));
        inFirst.awaitReached();
        return call;
    }

    private void awaitInLine(int count) {
        Threads.until(() -> assertThat(permits(a).inLine()).isEqualTo(count));
    }

    private void assertFree() {
        a.awaitRest();
        Threads.until(() -> assertThat(permits(a).taken()).isZero());
        assertThat(cluster.threads
                        .start(() -> a.cache.get("at the end", key -> key))
                        .value())
                .isEqualTo("at the end");
    }

    @Test
    void loadsWaitTheirTurnInOrder() {
        var first = first(a);
        List<String> order = new CopyOnWriteArrayList<>();
        List<Threads.Call<String>> others = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String key = "key" + i;
            others.add(cluster.threads.start(() -> a.cache.get(key, any -> {
                order.add(any);
                return any;
            })));
            awaitInLine(i + 1);
        }
        assertThat(order).isEmpty();
        inFirst.release();
        assertThat(first.value()).isEqualTo("first");
        for (int i = 0; i < 5; i++) {
            assertThat(others.get(i).value()).isEqualTo("key" + i);
        }
        assertThat(order).containsExactly("key0", "key1", "key2", "key3", "key4");
        assertFree();
    }

    @Test
    void aLoadThatWaitsTooLongIsRejectedAndTheKeyIsFree() {
        var first = first(a);
        var second = cluster.threads.start(() -> a.cache.get("second", key -> "never"));
        awaitInLine(1);
        var joined = cluster.threads.start(() -> a.cache.get("second", key -> "never"));
        joined.awaitWaiting();
        cluster.time.pass(WAIT.minusMillis(1));
        assertThat(second.isDone()).isFalse();
        cluster.time.pass(Duration.ofMillis(1));
        for (var call : List.of(second, joined)) {
            assertThat(call.failure())
                    .isInstanceOf(LoadRejectedException.class)
                    .hasMessageContainingAll(
                            "second", TestCluster.NAME, "maxLoadWait", "2000 ms", "maxConcurrentLoads = 1");
        }
        Threads.until(() ->
                assertThat(cluster.server.leaseOf(TestCluster.NAME, "second")).isNull());
        inFirst.release();
        first.value();
        assertThat(a.cache.get("second", key -> "loaded")).isEqualTo("loaded");
        assertFree();
    }

    @Test
    void whoHasAStaleValueIsServedThat() {
        var b = cluster.node(
                options -> options.maxConcurrentLoads(1).maxLoadWait(WAIT).staleOnError(Duration.ofMinutes(5)));
        b.cache.put("second", "old");
        cluster.time.pass(TestCluster.TTL.plusSeconds(1));
        first(b);
        var second = cluster.threads.start(() -> b.cache.getResult("second", key -> "never"));
        Threads.until(() -> assertThat(permits(b).inLine()).isOne());
        cluster.time.pass(WAIT);
        assertThat(second.value())
                .extracting(Result::value, Result::source, Result::staleReason)
                .containsExactly("old", Source.STALE, StaleReason.REJECTED);
        inFirst.release();
    }

    @Test
    void whatL1OrL2HasNeedsNoPermit() {
        a.cache.put("l1", "value");
        cluster.node().cache.put("l2", "value");
        first(a);
        assertThat(a.cache.get("l1", key -> "never")).isEqualTo("value");
        assertThat(a.cache.get("l2", key -> "never")).isEqualTo("value");
        inFirst.release();
    }

    @Test
    void otherNodesHaveTheirOwnLimit() {
        first(a);
        var b = cluster.node(options -> options.maxConcurrentLoads(1));
        assertThat(b.cache.get("second", key -> "value")).isEqualTo("value");
        inFirst.release();
    }

    @Test
    void asManyAsAllowedRunAtATime() {
        var b = cluster.node(options -> options.maxConcurrentLoads(3));
        List<Hold> holds = List.of(new Hold(), new Hold(), new Hold(), new Hold());
        List<Threads.Call<String>> calls = new ArrayList<>();
        for (Hold hold : holds) {
            calls.add(cluster.threads.start(() -> b.cache.get("key" + holds.indexOf(hold), held(hold))));
            if (calls.size() <= 3) {
                hold.awaitReached();
            }
        }
        Threads.until(() -> assertThat(permits(b).inLine()).isOne());
        assertThat(holds.get(3).isReached()).isFalse();
        holds.get(1).release();
        holds.get(3).awaitReached();
        holds.forEach(Hold::release);
        calls.forEach(Threads.Call::value);
    }

    // ---- a load in a load ------------------------------------------------------------------------------------------

    @Test
    void aLoadInALoadHasThePermitOfTheOuterOne() {
        assertThat(cluster.threads
                        .start(() -> a.cache.get(
                                "outer",
                                outer -> a.cache.get("middle", middle -> a.cache.get("inner", inner -> "value"))))
                        .value())
                .isEqualTo("value");
        assertFree();
    }

    @Test
    void soHaveSeveralKeys() {
        assertThat(cluster.threads
                        .start(() -> a.cache.get(
                                "outer",
                                outer -> a.cache
                                        .getAll(List.of("x", "y"), keys -> Map.of("x", "1", "y", "2"))
                                        .toString()))
                        .value())
                .isEqualTo("{x=1, y=2}");
        assertFree();
    }

    /** The loaders are then on threads of the executor, not on the caller's. */
    @Test
    void soItIsWithATimeout() {
        var b = cluster.node(
                options -> options.maxConcurrentLoads(1).maxLoadWait(WAIT).hardTimeout(Duration.ofSeconds(20)));
        var single = cluster.threads.start(() -> b.cache.get("outer", outer -> b.cache.get("inner", inner -> "value")));
        Threads.until(() -> assertThat(single.isDone()).isTrue());
        assertThat(single.value()).isEqualTo("value");
        var several = cluster.threads.start(() -> b.cache.get(
                "outer2",
                outer -> b.cache
                        .getAll(List.of("x", "y"), keys -> Map.of("x", "1", "y", "2"))
                        .toString()));
        assertThat(several.value()).isEqualTo("{x=1, y=2}");
        Threads.until(() -> assertThat(permits(b).taken()).isZero());
    }

    /** Somebody else's load of the inner key waits in line for the very permit that the outer load has. */
    @Test
    void aLoadInALoadDoesNotWaitForOneThatWaitsForIt() {
        var outer = cluster.threads.start(() -> a.cache.get("outer", key -> {
            inFirst.arriveInterruptibly();
            return a.cache.get("inner", inner -> "never");
        }));
        inFirst.awaitReached();
        var inner = cluster.threads.start(() -> a.cache.get("inner", key -> "value"));
        awaitInLine(1);
        inFirst.release();
        assertThat(outer.value()).isEqualTo("value");
        assertThat(inner.value()).isEqualTo("value");
        assertFree();
    }

    // ---- permits never leak ----------------------------------------------------------------------------------------

    @Test
    void aLoadThatFailsGivesItsPermitBack() {
        for (int i = 0; i < 3; i++) {
            assertThat(catchThrowable(() -> a.cache.get("first", key -> {
                        throw new IllegalStateException("down");
                    })))
                    .hasMessage("down");
        }
        assertThat(permits(a).taken()).isZero();
        assertFree();
    }

    @Test
    void whoIsInterruptedInLineLeavesIt() {
        first(a);
        var second = cluster.threads.start(() -> a.cache.get("second", key -> "never"));
        awaitInLine(1);
        second.awaitWaiting();
        second.thread().interrupt();
        assertThat(second.failure()).isInstanceOf(LoadInterruptedException.class);
        inFirst.release();
        assertFree();
        assertThat(permits(a).inLine()).isZero();
    }

    @Test
    void soDoesWhoCancelsItsFuture() {
        first(a);
        var second = a.cache.getAsync("second", key -> CompletableFuture.completedFuture("never"));
        awaitInLine(1);
        second.cancel(true);
        inFirst.release();
        assertFree();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "second")).isNull();
    }

    @Test
    void whatIsInvalidatedInLineIsLoadedOnce() {
        var first = first(a);
        var second = cluster.threads.start(() -> a.cache.get("second", key -> "value"));
        awaitInLine(1);
        a.cache.invalidate("second");
        inFirst.release();
        first.value();
        assertThat(second.value()).isEqualTo("value");
        assertFree();
    }

    @Test
    void anInterruptedLoaderHandsItsPermitOn() {
        var first = first(a);
        var joined = cluster.threads.start(() -> a.cache.get("first", key -> "taken over"));
        joined.awaitWaiting();
        var second = cluster.threads.start(() -> a.cache.get("second", key -> "value"));
        awaitInLine(1);
        first.thread().interrupt();
        first.failure();
        assertThat(joined.value()).isEqualTo("taken over");
        assertThat(second.value()).isEqualTo("value");
        assertFree();
    }

    @Test
    void aFutureThatEndsLateGivesItsPermitBackOnce() {
        CompletableFuture<String> source = new CompletableFuture<>();
        var call = a.cache.getAsync("first", key -> source.minimalCompletionStage());
        Threads.until(() -> assertThat(source.getNumberOfDependents()).isPositive());
        cluster.time.pass(TestCluster.DEADLINE);
        assertThat(Threads.failure(call)).isInstanceOf(LoadTimeoutException.class);
        assertThat(permits(a).taken()).isOne();
        source.complete("late");
        assertFree();
    }

    /** P14: what nobody waits for any more burdens the source all the same. */
    @Test
    void anOverdueLoadCountsUntilItHasEnded() {
        var first = cluster.threads.start(() -> a.cache.get("first", key -> {
            inFirst.arrive(); // takes no notice of the interrupt
            return "late";
        }));
        inFirst.awaitReached();
        cluster.time.pass(TestCluster.DEADLINE);
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "first")).isNull();
        var second = cluster.threads.start(() -> a.cache.get("second", key -> "value"));
        awaitInLine(1);
        assertThat(second.isDone()).isFalse();
        inFirst.release();
        first.value();
        assertThat(second.value()).isEqualTo("value");
        assertFree();
    }

    @Test
    void closingEndsTheWaitInLine() {
        var first = first(a);
        var second = cluster.threads.start(() -> a.cache.get("second", key -> "never"));
        awaitInLine(1);
        a.cache.close();
        assertThat(second.failure()).isInstanceOf(CacheClosedException.class);
        inFirst.release();
        first.value();
        Threads.until(() -> assertThat(permits(a).taken()).isZero());
        assertThat(permits(a).inLine()).isZero();
    }

    // ---- several keys ----------------------------------------------------------------------------------------------

    @Test
    void severalKeysNeedOnePermitAndWaitForItToo() {
        var first = first(a);
        var batch = cluster.threads.start(() -> a.cache.getAll(List.of("x", "y"), keys -> Map.of("x", "1", "y", "2")));
        awaitInLine(1);
        inFirst.release();
        first.value();
        assertThat(batch.value()).isEqualTo(Map.of("x", "1", "y", "2"));
        assertFree();
    }

    @Test
    void severalKeysThatWaitTooLongAreRejected() {
        first(a);
        var batch = cluster.threads.start(() -> a.cache.getAll(List.of("x", "y"), keys -> Map.of("x", "1", "y", "2")));
        awaitInLine(1);
        cluster.time.pass(WAIT);
        assertThat(batch.failure()).isInstanceOf(LoadRejectedException.class);
        inFirst.release();
        assertFree();
    }

    @Test
    void byDefaultSixtyFourRunAtATime() {
        var b = cluster.node();
        List<CompletableFuture<String>> sources = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            CompletableFuture<String> source = new CompletableFuture<>();
            sources.add(source);
            b.cache.getAsync("key" + i, key -> source);
        }
        Threads.until(() -> assertThat(permits(b).inLine()).isOne());
        assertThat(permits(b).taken()).isEqualTo(64);
        sources.forEach(source -> source.complete("value"));
        b.awaitRest();
    }
}
