package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.stampede.Result.Source;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P11: the last resort before the exception, for whatever kept the load from giving a value. */
class FallbackTest {

    private static final String KEY = "key";
    private static final Duration HARD = Duration.ofMillis(300);

    private final TestCluster cluster = new TestCluster();
    private final List<Throwable> causes = new CopyOnWriteArrayList<>();
    private final TestCluster.Node a = cluster.node(options -> options.fallback((key, failure) -> {
        causes.add(failure);
        return key + " by default";
    }));
    private final IllegalStateException down = new IllegalStateException("down");
    private final Loader<String, String> failing = key -> {
        throw down;
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void itAnswersForALoadThatFails() {
        assertThat(a.cache.getResult(KEY, failing))
                .isEqualTo(new Result<>("key by default", Source.FALLBACK, null, Duration.ZERO));
        assertThat(causes).containsExactly(down);
        IOException checked = new IOException("checked");
        assertThat(a.cache.get(KEY, key -> {
                    throw checked;
                }))
                .isEqualTo("key by default");
        assertThat(causes).containsExactly(down, checked);
        assertThat(Threads.value(a.cache.getAsync(KEY, key -> CompletableFuture.failedFuture(checked))))
                .isEqualTo("key by default");
        assertThat(a.cache.getAll(List.of("x", "y"), keys -> {
                    throw down;
                }))
                .isEqualTo(Map.of("x", "x by default", "y", "y by default"));
    }

    @Test
    void itIsNotStored() {
        a.cache.get(KEY, failing);
        a.awaitRest();
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(cluster.server.rawEntry(TestCluster.NAME, KEY)).isNull();
        assertThat(a.cache.get(KEY, key -> "value")).isEqualTo("value");
    }

    @Test
    void aStaleValueComesFirst() {
        var b = cluster.node(
                options -> options.staleOnError(Duration.ofMinutes(1)).fallback((key, failure) -> "no"));
        b.cache.put(KEY, "old");
        cluster.time.pass(TestCluster.TTL.plusSeconds(1));
        assertThat(b.cache.get(KEY, failing)).isEqualTo("old");
        assertThat(b.cache.get(KEY, failing, CallOptions.none().maxStale(Duration.ZERO)))
                .isEqualTo("no");
    }

    @Test
    void allWhoWaitHaveIt() {
        Hold inLoader = new Hold();
        var first = cluster.threads.start(() -> a.cache.getResult(KEY, key -> {
            inLoader.arrive();
            throw down;
        }));
        inLoader.awaitReached();
        var here = cluster.threads.start(() -> a.cache.getResult(KEY, failing));
        here.awaitWaiting();
        var b = cluster.node(options -> options.fallback(
                (key, failure) -> failure instanceof LoadFailedElsewhereException ? "elsewhere" : "unexpected"));
        var there = cluster.threads.start(() -> b.cache.get(KEY, failing));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        there.awaitWaiting();
        inLoader.release();
        assertThat(first.value().source()).isEqualTo(Source.FALLBACK);
        assertThat(here.value().source()).isEqualTo(Source.FALLBACK);
        assertThat(there.value()).isEqualTo("elsewhere");
    }

    @Test
    void itAnswersForATimeoutAndTheLoadGoesOn() {
        var b = cluster.node(options -> options.hardTimeout(HARD)
                .fallback((key, failure) -> failure.getClass().getSimpleName()));
        Hold inLoader = new Hold();
        var call = cluster.threads.start(() -> b.cache.get(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        cluster.time.pass(HARD);
        assertThat(call.value()).isEqualTo("LoadTimeoutException");
        inLoader.release();
        b.awaitRest();
        assertThat(b.local(KEY)).isEqualTo("value");
    }

    @Test
    void itAnswersForTheDeadlineAndForARejection() {
        var b = cluster.node(options -> options.maxConcurrentLoads(1)
                .maxLoadWait(Duration.ofSeconds(1))
                .fallback((key, failure) -> failure.getClass().getSimpleName()));
        Hold inLoader = new Hold();
        var async = b.cache.getAsync(KEY, key -> {
            inLoader.arriveInterruptibly();
            return CompletableFuture.completedFuture("never");
        });
        inLoader.awaitReached();
        var rejected = cluster.threads.start(() -> b.cache.get("other", key -> "never"));
        Threads.until(() -> assertThat(b.cache.flights().loads.permits.inLine()).isOne());
        cluster.time.pass(Duration.ofSeconds(1));
        assertThat(rejected.value()).isEqualTo("LoadRejectedException");
        cluster.time.pass(TestCluster.DEADLINE);
        assertThat(Threads.value(async)).isEqualTo("LoadTimeoutException");
    }

    /** It may have nothing to say either. */
    @Test
    void itMayAnswerNull() {
        var b = cluster.node(options -> options.fallback((key, failure) -> null));
        assertThat(b.cache.getResult(KEY, failing)).satisfies(result -> {
            assertThat(result.value()).isNull();
            assertThat(result.source()).isEqualTo(Source.FALLBACK);
        });
    }

    @Test
    void itsOwnFailureIsWhatTheCallerGetsAndNamesTheFirst() {
        IllegalArgumentException own = new IllegalArgumentException("of the fallback");
        var b = cluster.node(options -> options.fallback((key, failure) -> {
            throw own;
        }));
        assertThat(catchThrowable(() -> b.cache.get(KEY, failing))).isSameAs(own);
        assertThat(own.getSuppressed()).containsExactly(down);
    }

    /** The usual way to say "not for this one". */
    @Test
    void itMayThrowWhatItWasGiven() {
        var b = cluster.node(options -> options.fallback((key, failure) -> {
            throw (RuntimeException) failure;
        }));
        assertThat(cluster.threads.start(() -> b.cache.get(KEY, failing)).failure())
                .isSameAs(down);
        assertThat(Threads.failure(b.cache.getAsync(KEY, key -> CompletableFuture.failedFuture(down))))
                .isSameAs(down);
        var all = cluster.threads.start(() -> b.cache.getAll(List.of("x", "y"), keys -> {
            throw down;
        }));
        assertThat(all.failure()).isSameAs(down);
    }

    @Test
    void evenIfThatIsACheckedOne() {
        var b = cluster.node(options -> options.fallback((key, failure) -> sneak(failure)));
        IOException checked = new IOException("checked");
        assertThat(Threads.failure(b.cache.getAsync(KEY, key -> CompletableFuture.failedFuture(checked))))
                .isSameAs(checked);
        assertThat(cluster.threads
                        .start(() -> b.cache.get(KEY, key -> {
                            throw checked;
                        }))
                        .failure())
                .isInstanceOf(LoadException.class)
                .hasCause(checked);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> String sneak(Throwable failure) throws T {
        throw (T) failure;
    }

    /** Null is the source's answer, and so is nothing at all for who only looks. */
    @Test
    void itIsNotAskedWhereNothingFailed() {
        assertThat(a.cache.get(KEY, key -> null)).isNull();
        a.awaitRest();
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(causes).isEmpty();
    }

    @Test
    void itIsNotAskedForAClosedCacheOrAnInterruptedCaller() {
        Hold inLoader = new Hold();
        var interrupted = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arriveInterruptibly();
            return "never";
        }));
        inLoader.awaitReached();
        interrupted.thread().interrupt();
        assertThat(interrupted.failure()).isInstanceOf(StampedeException.class);
        a.awaitRest();
        a.cache.close();
        assertThat(catchThrowable(() -> a.cache.get(KEY, failing))).isInstanceOf(CacheClosedException.class);
        assertThat(causes).isEmpty();
    }
}
