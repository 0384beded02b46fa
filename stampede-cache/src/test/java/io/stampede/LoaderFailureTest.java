package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What callers see of a loader that fails: P4, P11 and KNOWN-BUGS 15 to 18, 28. */
class LoaderFailureTest {

    private static final String KEY = "key";

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    static Stream<Throwable> unchecked() {
        return Stream.of(
                new IllegalStateException("unchecked"),
                new AssertionError("an error"),
                new StackOverflowError(),
                new CancellationException("gave up"),
                new CompletionException("of the loader's own making", new IOException("inside")),
                new CompletionException("without a cause", null));
    }

    @ParameterizedTest
    @MethodSource("unchecked")
    void anUncheckedFailureReachesTheCallerUnchanged(Throwable failure) {
        assertThat(catchThrowable(() -> a.cache.get(KEY, key -> sneak(failure))))
                .isSameAs(failure);
        a.awaitRest();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
    }

    @ParameterizedTest
    @MethodSource("unchecked")
    void allWhoWaitShareTheFailure(Throwable failure) {
        Hold inLoader = new Hold();
        AtomicInteger runs = new AtomicInteger();
        Loader<String, String> loader = key -> {
            runs.incrementAndGet();
            inLoader.arriveInterruptibly();
            return sneak(failure);
        };
        var first = cluster.threads.start(() -> a.cache.get(KEY, loader));
        inLoader.awaitReached();
        List<Threads.Call<String>> others = cluster.threads.start(8, () -> a.cache.get(KEY, loader));
        others.forEach(Threads.Call::awaitWaiting);
        var async = a.cache.getAsync(KEY, key -> CompletableFuture.completedFuture("never"));
        inLoader.release();
        assertThat(first.failure()).isSameAs(failure);
        assertThat(others).allSatisfy(other -> assertThat(other.failure()).isSameAs(failure));
        assertThat(runs).hasValue(1); // KNOWN-BUGS 16, 17
        assertThat(Threads.failure(async)).isSameAs(failure);
    }

    @Test
    void aCheckedFailureIsWrappedOnce() {
        IOException failure = new IOException("checked");
        assertThat(catchThrowable(() -> a.cache.get(KEY, key -> {
                    throw failure;
                })))
                .isInstanceOf(LoadException.class)
                .hasMessageContaining(KEY)
                .hasMessageContaining(TestCluster.NAME)
                .cause()
                .isSameAs(failure);
    }

    @Test
    void anAsynchronousCallerGetsTheBareFailure() {
        IOException failure = new IOException("checked");
        assertThat(Threads.failure(a.cache.getAsync(KEY, key -> CompletableFuture.failedFuture(failure))))
                .isSameAs(failure);
        assertThat(Threads.failure(a.cache.getAsync(KEY, key -> {
                    throw failure;
                })))
                .isSameAs(failure);
        CompletableFuture<String> derived =
                CompletableFuture.<String>failedFuture(failure).thenApply(value -> value);
        assertThat(Threads.failure(a.cache.getAsync(KEY, key -> derived))).isSameAs(failure);
    }

    @Test
    void anAsynchronousLoaderThatReturnsNoStageFails() {
        var call = a.cache.getAsync(KEY, key -> null);
        assertThat(Threads.failure(call)).isInstanceOf(NullPointerException.class);
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull(); // KNOWN-BUGS 28
        assertThat(a.cache.get(KEY)).isEqualTo("value");
    }

    /** A stage need not be a future, and need not be willing to become one. */
    @Test
    void aStageThatCantBecomeAFutureLeavesNobodyWaiting() {
        CompletableFuture<String> source = new CompletableFuture<>() {
            @Override
            public CompletableFuture<String> toCompletableFuture() {
                throw new UnsupportedOperationException("only a stage");
            }
        };
        var call = a.cache.getAsync(KEY, key -> source);
        source.complete("late");
        Threads.until(() -> assertThat(call).isDone());
        a.awaitRest();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
    }

    /** KNOWN-BUGS 18: the lease and the flight are free before anybody hears of the failure. */
    @Test
    void whoRetriesAtOnceLoadsAnew() {
        AtomicInteger runs = new AtomicInteger();
        for (int round = 1; round <= 50; round++) {
            int expected = round;
            assertThat(catchThrowable(() -> a.cache.get(KEY, key -> {
                        runs.incrementAndGet();
                        throw new IllegalStateException("round " + expected);
                    })))
                    .hasMessage("round " + round);
        }
        assertThat(runs).hasValue(50);
        assertThat(a.cache.get(KEY)).isEqualTo("value");
    }

    @Test
    void aFailureIsNotAValue() {
        assertThatThrownBy(() -> a.cache.get(KEY, key -> sneak(new IllegalStateException())))
                .isInstanceOf(IllegalStateException.class);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(cluster.remote(KEY)).isNull();
    }

    @Test
    void theValueThatWasThereSurvivesAFailedRefresh() {
        cluster.source = "kept";
        assertThat(a.cache.get(KEY)).isEqualTo("kept");
        var failing = (LoadingClusterCache<String, String>) StampedeCache.<String, String>builder("failing")
                .ttl(TestCluster.TTL)
                .environment(a.machine)
                .build(key -> {
                    throw new IllegalStateException("down");
                });
        failing.put(KEY, "kept");
        assertThat(Threads.failure(failing.refresh(KEY))).hasMessage("down");
        assertThat(failing.getIfPresent(KEY)).isEqualTo("kept");
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> String sneak(Throwable failure) throws T {
        throw (T) failure;
    }
}
