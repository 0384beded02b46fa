package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import io.stampede.Result.StaleReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P14, P19: a caller waits no longer than hardTimeout, and that it stops waiting harms nobody else. */
class TimeoutsTest {

    private static final String KEY = "key";
    private static final Duration TTL = TestCluster.TTL;
    private static final Duration HARD = Duration.ofMillis(300);
    private static final Duration SLIGHTLY_LESS = HARD.minusMillis(1);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node(options -> options.hardTimeout(HARD));
    private final TestCluster.Node b = cluster.node();
    private final Loader<String, String> never = key -> {
        throw new AssertionError("no load was expected");
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Loader<String, String> held(Hold hold, String value) {
        return key -> {
            hold.arriveInterruptibly();
            return value;
        };
    }

    @Test
    void theCallerGetsATimeoutAndTheLoadLandsInBothTiers() {
        Hold inLoader = new Hold();
        var first = cluster.threads.start(() -> a.cache.get(KEY, held(inLoader, "value")));
        inLoader.awaitReached();
        cluster.time.pass(SLIGHTLY_LESS);
        assertThat(first.isDone()).isFalse();
        var later = cluster.threads.start(() -> a.cache.getResult(KEY, never));
        later.awaitWaiting();
        cluster.time.pass(Duration.ofMillis(1));
        assertThat(first.failure())
                .isInstanceOf(LoadTimeoutException.class)
                .hasMessageContainingAll(KEY, TestCluster.NAME, "hardTimeout", "300 ms");
        assertThat(later.isDone()).as("a caller's timeout is its own").isFalse();
        inLoader.release();
        assertThat(later.value()).extracting(Result::value, Result::source).containsExactly("value", Source.WAITED);
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("value");
        assertThat(cluster.remote(KEY)).isEqualTo("value");
        assertThat(b.cache.get(KEY, never)).isEqualTo("value");
    }

    @Test
    void aWaiterOnAnotherNodeHasItToo() {
        Hold inLoader = new Hold();
        var leader = cluster.threads.start(() -> b.cache.get(KEY, held(inLoader, "value")));
        inLoader.awaitReached();
        var waiter = cluster.threads.start(() -> a.cache.get(KEY, never));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiter.awaitWaiting();
        cluster.time.pass(HARD);
        assertThat(waiter.failure()).isInstanceOf(LoadTimeoutException.class);
        inLoader.release();
        assertThat(leader.value()).isEqualTo("value");
        assertThat(a.cache.get(KEY, never)).isEqualTo("value");
    }

    @Test
    void soDoAsynchronousCallersAndBatches() {
        CompletableFuture<String> source = new CompletableFuture<>();
        var async = a.cache.getAsync(KEY, key -> source);
        Hold inLoader = new Hold();
        var batch = cluster.threads.start(() -> a.cache.getAll(List.of("x", "y"), keys -> {
            inLoader.arriveInterruptibly();
            return Map.of("x", "1", "y", "2");
        }));
        inLoader.awaitReached();
        Threads.until(() -> assertThat(source.getNumberOfDependents()).isPositive());
        cluster.time.pass(HARD);
        assertThat(Threads.failure(async)).isInstanceOf(LoadTimeoutException.class);
        assertThat(batch.failure()).isInstanceOf(LoadTimeoutException.class);
        assertThat(source).isNotDone();
        source.complete("value");
        inLoader.release();
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("value");
        assertThat(a.local("x")).isEqualTo("1");
        assertThat(cluster.remote("y")).isEqualTo("2");
    }

    /** P14: with a limit on the wait the loader can't be on the caller's thread; without one it is. */
    @Test
    void theLoaderRunsOnTheCallersThreadUnlessTheCallerMayLeave() {
        Loader<String, String> loader = key -> Thread.currentThread().getName();
        String me = Thread.currentThread().getName();
        assertThat(b.cache.get("b", loader)).isEqualTo(me);
        assertThat(a.cache.getResult("a", loader)).satisfies(result -> {
            assertThat(result.value()).isNotEqualTo(me);
            assertThat(result.source()).isEqualTo(Source.LOADED);
        });
    }

    @Test
    void aStaleValueComesBeforeTheTimeout() {
        for (boolean inL1 : new boolean[] {true, false}) {
            String key = KEY + inL1;
            var writer = cluster.node(options -> options.hardTimeout(HARD).staleOnError(Duration.ofMinutes(5)));
            writer.cache.put(key, "old");
            cluster.time.pass(TTL.plusSeconds(1));
            var reader = inL1
                    ? writer
                    : cluster.node(options -> options.hardTimeout(HARD).staleOnError(Duration.ofMinutes(5)));
            Hold inLoader = new Hold();
            var call = cluster.threads.start(() -> reader.cache.getResult(key, held(inLoader, "new")));
            inLoader.awaitReached();
            cluster.time.pass(HARD);
            assertThat(call.value())
                    .extracting(Result::value, Result::source, Result::staleReason)
                    .containsExactly("old", Source.STALE, StaleReason.TIMED_OUT);
            inLoader.release();
            reader.awaitRest();
            assertThat(reader.local(key)).isEqualTo("new");
        }
    }

    /** To look is not to wait for a load, and no trouble of L2 becomes an exception: P10. */
    @Test
    void whoOnlyLooksIsNeverTimedOut() {
        Wire.Held get = a.wire.holdReply("get");
        var look = cluster.threads.start(() -> a.cache.getIfPresent(KEY));
        get.awaitReached();
        look.awaitWaiting();
        cluster.time.pass(HARD.plusMillis(50));
        get.release();
        assertThat(look.value()).isNull();
    }

    /** The deadline of the load ends it, also where nobody waits any more. */
    @Test
    void theDeadlineStillEndsTheLoad() {
        Hold inLoader = new Hold();
        var first = cluster.threads.start(() -> a.cache.get(KEY, held(inLoader, "late")));
        inLoader.awaitReached();
        cluster.time.pass(HARD);
        assertThat(first.failure()).isInstanceOf(LoadTimeoutException.class);
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNotNull();
        cluster.passUntil(
                Duration.ofSeconds(1), () -> assertThat(a.cache.busyKeys()).isEmpty());
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        assertThat(a.local(KEY)).isNull();
        assertThat(cluster.remote(KEY)).isNull();
        assertThat(a.cache.get(KEY, key -> "new")).isEqualTo("new");
    }

    @Test
    void aCallInTimeLeavesNoTimerBehind() {
        b.cache.get("warm up");
        b.awaitRest();
        int before = cluster.time.timersSet();
        assertThat(a.cache.get(KEY)).isEqualTo("value");
        a.awaitRest();
        Threads.until(() -> assertThat(cluster.time.timersSet()).isEqualTo(before));
    }

    /** A failure that is there before the timeout is what the caller gets. */
    @Test
    void aFailureInTimeIsItself() {
        assertThat(cluster.threads
                        .start(() -> a.cache.get(KEY, key -> {
                            throw new IllegalStateException("down");
                        }))
                        .failure())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("down");
    }
}
