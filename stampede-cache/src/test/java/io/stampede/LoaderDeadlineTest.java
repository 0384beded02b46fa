package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.Environment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P14, KNOWN-BUGS 32, interleaving 16: nothing waits longer than {@code loaderDeadline}, and late values go nowhere. */
class LoaderDeadlineTest {

    private static final String KEY = "key";
    private static final Duration LATE = TestCluster.DEADLINE.plusMillis(1);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void anOverdueLoaderIsInterruptedAndAllWhoWaitedAreTold() {
        Hold inLoader = new Hold();
        var leader = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arriveInterruptibly();
            return "never";
        }));
        inLoader.awaitReached();
        var waiter = cluster.threads.start(() -> a.cache.get(KEY));
        waiter.awaitWaiting();
        var async = a.cache.getAsync(KEY, key -> new CompletableFuture<>());
        cluster.time.pass(LATE);
        assertThat(leader.failure())
                .isInstanceOf(LoadTimeoutException.class)
                .hasMessageContainingAll(KEY, "loaderDeadline", "30000 ms");
        assertThat(waiter.failure()).isInstanceOf(LoadTimeoutException.class);
        assertThat(Threads.failure(async)).isInstanceOf(LoadTimeoutException.class);
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        a.awaitRest();
        assertThat(a.cache.get(KEY)).isEqualTo("value");
    }

    @Test
    void theDeadlinesInterruptDoesNotStayOnTheThread() {
        Hold inLoader = new Hold();
        AtomicBoolean interruptedAfter = new AtomicBoolean();
        var leader = cluster.threads.start(() -> {
            try {
                return a.cache.get(KEY, key -> {
                    inLoader.arrive(); // takes the interrupt, and sets the flag again when it returns
                    return "late";
                });
            } finally {
                interruptedAfter.set(Thread.currentThread().isInterrupted());
            }
        });
        inLoader.awaitReached();
        cluster.time.pass(LATE);
        inLoader.release();
        assertThat(leader.value()).isEqualTo("late"); // its own caller gets it all the same
        assertThat(interruptedAfter).isFalse();
    }

    @Test
    void aLateValueIsStoredNowhere() {
        Hold inLoader = new Hold();
        var leader = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "late";
        }));
        inLoader.awaitReached();
        cluster.time.pass(LATE);
        assertThat(a.cache.get(KEY, key -> "newer")).isEqualTo("newer");
        inLoader.release();
        assertThat(leader.value()).isEqualTo("late");
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("newer");
        assertThat(cluster.remote(KEY)).isEqualTo("newer");
    }

    @Test
    void anOverdueFutureIsCancelled() {
        CompletableFuture<String> source = new CompletableFuture<>();
        var call = a.cache.getAsync(KEY, key -> source);
        Threads.until(
                () -> assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNotNull());
        Threads.until(() -> assertThat(source.getNumberOfDependents()).isPositive());
        cluster.time.pass(LATE);
        assertThat(Threads.failure(call)).isInstanceOf(LoadTimeoutException.class);
        assertThat(source).isCancelled();
        a.awaitRest();
    }

    /** A stage that can't be cancelled is told nothing; its load counts until it has ended, and no longer. */
    @Test
    void aStageThatCantBeCancelledEndsWhenItEnds() {
        for (boolean overdueBeforeItIsReturned : new boolean[] {true, false}) {
            CompletableFuture<String> source = new CompletableFuture<>();
            Hold inLoader = new Hold();
            var call = a.cache.getAsync(KEY, key -> {
                if (overdueBeforeItIsReturned) {
                    inLoader.arrive();
                }
                return source.minimalCompletionStage();
            });
            if (overdueBeforeItIsReturned) {
                inLoader.awaitReached();
            } else {
                Threads.until(() -> assertThat(source.getNumberOfDependents()).isPositive());
            }
            cluster.passUntil(LATE, () -> assertThat(call).isDone());
            assertThat(Threads.failure(call)).isInstanceOf(LoadTimeoutException.class);
            inLoader.release();
            source.complete("late");
            a.awaitRest();
            assertThat(a.local(KEY)).isNull();
        }
    }

    @Test
    void theOtherNodesAreToldOfTheTimeout() {
        var b = cluster.node();
        Hold inLoader = new Hold();
        cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arriveInterruptibly();
            return "never";
        }));
        inLoader.awaitReached();
        var elsewhere = cluster.threads.start(() -> b.cache.get(KEY));
        elsewhere.awaitWaiting();
        cluster.time.pass(LATE);
        assertThat(elsewhere.failure())
                .isInstanceOfSatisfying(
                        LoadFailedElsewhereException.class,
                        failure ->
                                assertThat(failure.getExceptionType()).isEqualTo(LoadTimeoutException.class.getName()));
    }

    /** P1: beside the current load one superseded one may run; a further one waits, no longer than the deadline. */
    @Test
    void aThirdLoadOfAKeyWaitsForOneToEnd() {
        Hold first = new Hold();
        Hold second = new Hold();
        var one = cluster.threads.start(() -> a.cache.get(KEY, key -> held(first, "one")));
        first.awaitReached();
        a.cache.invalidate(KEY);
        var two = cluster.threads.start(() -> a.cache.get(KEY, key -> held(second, "two")));
        second.awaitReached();
        a.cache.invalidate(KEY);
        AtomicBoolean thirdRan = new AtomicBoolean();
        var three = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            thirdRan.set(true);
            return "three";
        }));
        three.awaitWaiting();
        assertThat(thirdRan).isFalse();
        second.release();
        assertThat(two.value()).isEqualTo("two");
        assertThat(three.value()).isEqualTo("three");
        first.release();
        assertThat(one.value()).isEqualTo("one");
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("three");
    }

    @Test
    void aLoadThatCouldNotBeginIsRejected() {
        Hold first = new Hold();
        Hold second = new Hold();
        cluster.threads.start(() -> a.cache.get(KEY, key -> held(first, "one")));
        first.awaitReached();
        a.cache.invalidate(KEY);
        cluster.threads.start(() -> a.cache.get(KEY, key -> held(second, "two")));
        second.awaitReached();
        a.cache.invalidate(KEY);
        var three = cluster.threads.start(() -> a.cache.get(KEY));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(3));
        three.awaitWaiting();
        cluster.time.pass(Duration.ofSeconds(5)); // maxLoadWait
        assertThat(three.failure()).isInstanceOf(LoadRejectedException.class);
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
        first.release();
        second.release();
        a.awaitRest();
    }

    private static String held(Hold hold, String value) {
        hold.arrive();
        return value;
    }

    /** Interleaving 16, KNOWN-BUGS 22: each loader waits for the other's key, on one node or across two. */
    @Test
    void twoLoadersThatReadEachOthersKeysEndAtTheDeadline() {
        eachOther(a, a);
    }

    @Test
    void soDoTwoLoadersOnTwoNodes() {
        eachOther(a, cluster.node());
    }

    private void eachOther(TestCluster.Node one, TestCluster.Node other) {
        Hold inOne = new Hold();
        Hold inOther = new Hold();
        var first = cluster.threads.start(() -> one.cache.get("x", key -> {
            inOne.arrive();
            return one.cache.get("y", any -> "y");
        }));
        var second = cluster.threads.start(() -> other.cache.get("y", key -> {
            inOther.arrive();
            return other.cache.get("x", any -> "x");
        }));
        inOne.awaitReached();
        inOther.awaitReached();
        inOne.release();
        inOther.release();
        first.awaitWaiting();
        second.awaitWaiting();
        assertThat(first.isDone() || second.isDone()).isFalse();
        cluster.passUntil(
                Duration.ofSeconds(1),
                () -> assertThat(first.isDone() && second.isDone()).isTrue());
        // Each is ended by its deadline, or by the other's, in time to make do for its own caller.
        assertThat(Stream.of(first, second).filter(call -> call.result().isCompletedExceptionally()))
                .allSatisfy(call -> assertThat(call.failure()).isInstanceOf(StampedeException.class));
        one.awaitRest();
        other.awaitRest();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "x")).isNull();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "y")).isNull();
        assertThat(cluster.threads.start(() -> one.cache.get("x")).value()).isNotNull();
        assertThat(cluster.threads.start(() -> other.cache.get("y")).value()).isNotNull();
    }

    /** The deadline may pass before a loader's thread has come to it, in a long pause: that is no answer "no value". */
    @Test
    void aLoadThatIsOverdueBeforeItBeginsIsATimeoutAndNotNull() {
        try (var cache = StampedeCache.<String, String>builder("paused")
                .ttl(TestCluster.TTL)
                .environment(new PausedBeforeLoading(cluster.time.node(Duration.ZERO)))
                .build()) {
            var call = cluster.threads.start(() -> cache.get(KEY, key -> "never"));
            assertThat(call.failure()).isInstanceOf(LoadTimeoutException.class);
        }
    }

    /** The process is paused beyond the deadline just after it was set. */
    private static final class PausedBeforeLoading extends DelegatingEnvironment {

        private PausedBeforeLoading(Environment machine) {
            super(machine);
        }

        @Override
        public Runnable schedule(Runnable task, long delayNanos) {
            if (delayNanos != TimeUnit.SECONDS.toNanos(30)) {
                return super.schedule(task, delayNanos);
            }
            task.run();
            return () -> {};
        }
    }

    @Test
    void aLoadInTimeLeavesNoTimerBehind() {
        int before = cluster.time.timersSet();
        a.cache.get(KEY);
        a.awaitRest();
        assertThat(cluster.time.timersSet()).isEqualTo(before); // KNOWN-BUGS 46
    }
}
