package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.stampede.Result.Source;
import io.stampede.Result.StaleReason;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P4: a load that has failed is not run again at once, by nobody and on no node; meanwhile callers are told why. */
class BackoffTest {

    private static final String KEY = "key";
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = node();
    private final TestCluster.Node b = node();
    private final AtomicInteger runs = new AtomicInteger();
    private final IllegalStateException down = new IllegalStateException("down");
    private final Loader<String, String> failing = key -> {
        runs.incrementAndGet();
        throw down;
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node() {
        TestCluster.Node node = cluster.node(options -> options.backoff(FIRST, LONGEST));
        node.machine.setChance(0);
        return node;
    }

    private Throwable call(TestCluster.Node node) {
        return catchThrowable(() -> node.cache.get(KEY, failing));
    }

    private Instant now() {
        return Instant.EPOCH.plus(cluster.time.serverMicros(), ChronoUnit.MICROS);
    }

    /** The reply was on its way when the value was invalidated, and the load failed. */
    @Test
    void aValueFromBeforeTheFailureDoesNotEndThePause() {
        b.cache.put(KEY, "old");
        Wire.Held get = a.wire.holdReply("get");
        var read = cluster.threads.start(() -> a.cache.get(KEY, failing));
        get.awaitReached();
        b.cache.invalidate(KEY);
        assertThat(call(a)).isSameAs(down);
        get.release();
        assertThat(read.value()).isEqualTo("old"); // it began before the invalidation
        assertThat(call(a)).isSameAs(down);
        assertThat(runs).hasValue(1);
    }

    @Test
    void thePauseDoublesUpToTheLongest() {
        int expected = 0;
        for (long pause : new long[] {100, 200, 400, 800, 1_000, 1_000}) {
            assertThat(call(a)).isSameAs(down);
            assertThat(runs).as("the load before the pause of %d ms", pause).hasValue(++expected);
            cluster.time.pass(Duration.ofMillis(pause).minusNanos(1));
            assertThat(call(a)).as("the source's own exception").isSameAs(down);
            assertThat(runs).hasValue(expected);
            cluster.time.pass(Duration.ofNanos(1));
        }
    }

    @Test
    void chanceMakesItUpToAFifthShorter() {
        a.machine.setChance(1 - 1e-9);
        call(a);
        cluster.time.pass(Duration.ofMillis(79));
        call(a);
        assertThat(runs).hasValue(1);
        cluster.time.pass(Duration.ofMillis(2));
        call(a);
        assertThat(runs).hasValue(2);
    }

    /** However long the first pause is and however often the load fails: it never wraps around to none. */
    @ParameterizedTest
    @ValueSource(longs = {100, 5_000, 10_000, 20_000, 3_600_000, 86_400_000})
    void itNeverGetsShorterHoweverOftenTheLoadFails(long firstMillis) {
        var machine = cluster.time.node(Duration.ZERO);
        machine.setChance(0);
        long first = firstMillis * 1_000_000;
        long longest = Duration.ofHours(24).toNanos();
        Backoff<String> backoff = new Backoff<>(machine, first, longest);
        long before = 0;
        for (int failures = 1; failures <= 80; failures++) {
            long pause = backoff.failed(KEY, Failure.outage(down));
            assertThat(pause).as("after %d failures", failures).isBetween(Math.max(first, before), longest);
            before = pause;
        }
        assertThat(before).isGreaterThanOrEqualTo(Math.min(longest, first << 29));
    }

    @Test
    void aSuccessEndsIt() {
        call(a);
        cluster.time.pass(FIRST);
        call(a);
        cluster.time.pass(FIRST.multipliedBy(2));
        assertThat(a.cache.get(KEY, key -> "value")).isEqualTo("value");
        a.awaitRest();
        a.cache.invalidate(KEY);
        call(a);
        cluster.time.pass(FIRST);
        call(a);
        assertThat(runs).as("the first pause again").hasValue(4);
    }

    @Test
    void soDoesAPutHereOrElsewhere() {
        for (TestCluster.Node writer : new TestCluster.Node[] {a, b}) {
            call(a);
            int before = runs.get();
            writer.cache.put(KEY, "put");
            a.cache.invalidate(KEY);
            call(a);
            assertThat(runs.get()).isEqualTo(before + 1);
            cluster.time.pass(FIRST);
            call(a);
            assertThat(runs.get()).as("the first pause again").isEqualTo(before + 2);
            cluster.time.pass(LONGEST.multipliedBy(5));
        }
    }

    @Test
    void soDoesAnotherNodesPublish() {
        call(a);
        cluster.time.pass(FIRST);
        call(a);
        b.cache.get(KEY, key -> "value", CallOptions.none().forceFresh());
        b.awaitRest();
        b.cache.invalidate(KEY);
        call(a);
        assertThat(runs).hasValue(3);
        cluster.time.pass(FIRST);
        call(a);
        assertThat(runs).as("the first pause again").hasValue(4);
    }

    @Test
    void anInvalidationDoesNot() {
        call(a);
        a.cache.invalidate(KEY);
        call(a);
        assertThat(runs).hasValue(1);
    }

    /** It is one source: the other nodes leave it alone too, and say until when. */
    @Test
    void theOtherNodesBackOffAsWell() {
        Hold inLoader = new Hold();
        var leader = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            throw down;
        }));
        inLoader.awaitReached();
        var waiter = cluster.threads.start(() -> b.cache.get(KEY, failing));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiter.awaitWaiting();
        var c = node();
        Instant failedAt = now();
        inLoader.release();
        assertThat(leader.failure()).isSameAs(down);
        for (Throwable failure : new Throwable[] {waiter.failure(), call(b), call(c)}) {
            assertThat(failure).isInstanceOfSatisfying(LoadFailedElsewhereException.class, elsewhere -> {
                assertThat(elsewhere.getExceptionType()).isEqualTo(IllegalStateException.class.getName());
                assertThat(elsewhere.getFailedAt()).isEqualTo(failedAt);
                assertThat(elsewhere.getNextAttempt()).isEqualTo(failedAt.plus(FIRST));
                assertThat(elsewhere).hasMessageContainingAll(KEY, TestCluster.NAME, "another node");
            });
        }
        assertThat(runs).as("nobody runs it again in line").hasValue(0);
        cluster.time.pass(FIRST);
        assertThat(b.cache.get(KEY, key -> "value")).isEqualTo("value");
    }

    @Test
    void duringItAStaleValueIsServedAtOnce() {
        var c = cluster.node(options -> options.backoff(FIRST, LONGEST).staleOnError(Duration.ofMinutes(1)));
        c.cache.put(KEY, "old");
        cluster.time.pass(TestCluster.TTL.plusSeconds(1));
        assertThat(c.cache.getResult(KEY, failing).staleReason()).isEqualTo(StaleReason.LOAD_FAILED);
        assertThat(c.cache.getResult(KEY, failing))
                .extracting(Result::value, Result::source, Result::staleReason)
                .containsExactly("old", Source.STALE, StaleReason.BACKING_OFF);
        assertThat(runs).hasValue(1);
        assertThat(catchThrowable(
                        () -> c.cache.get(KEY, failing, CallOptions.none().maxStale(Duration.ZERO))))
                .isSameAs(down);
        assertThat(runs).hasValue(1);
    }

    @Test
    void duringItTheFallbackIsAsked() {
        var c = cluster.node(
                options -> options.backoff(FIRST, LONGEST).fallback((key, failure) -> failure.getMessage()));
        for (int i = 0; i < 3; i++) {
            assertThat(c.cache.getResult(KEY, failing))
                    .extracting(Result::value, Result::source)
                    .containsExactly("down", Source.FALLBACK);
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void aCheckedExceptionStaysWrappedOnce() {
        IOException checked = new IOException("checked");
        for (int i = 0; i < 2; i++) {
            assertThat(catchThrowable(() -> a.cache.get(KEY, key -> {
                        throw checked;
                    })))
                    .isInstanceOf(LoadException.class)
                    .cause()
                    .isSameAs(checked);
        }
        assertThat(Threads.failure(a.cache.getAsync(KEY, key -> new CompletableFuture<>())))
                .isSameAs(checked);
    }

    @Test
    void whoInsistsLoadsAllTheSame() {
        call(a);
        assertThat(a.cache.get(KEY, key -> "value", CallOptions.none().forceFresh()))
                .isEqualTo("value");
        a.awaitRest();
        assertThat(a.cache.get(KEY, failing)).isEqualTo("value");
    }

    /** A value that another node has meanwhile is found, and ends the pause. */
    @Test
    void aValueInL2IsServedInSpiteOfIt() {
        call(a);
        a.wire.holdMessages();
        b.cache.put(KEY, "put");
        assertThat(a.cache.getResult(KEY, failing))
                .extracting(Result::value, Result::source)
                .containsExactly("put", Source.L2);
        a.wire.releaseMessages();
        assertThat(runs).hasValue(1);
    }

    @Test
    void whoOnlyLooksIsToldThatThereIsNone() {
        call(a);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
    }

    @Test
    void otherKeysAreNotConcerned() {
        call(a);
        assertThat(a.cache.get("other", key -> "value")).isEqualTo("value");
    }

    @Test
    void withoutARemoteTierToo() {
        try (var cache = StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .environment(cluster.time.node(Duration.ZERO))
                .build()) {
            for (int i = 0; i < 3; i++) {
                assertThat(catchThrowable(() -> cache.get(KEY, failing))).isSameAs(down);
            }
            assertThat(runs).as("by default").hasValue(1);
            cluster.time.pass(FIRST);
            assertThat(cache.get(KEY, key -> "value")).isEqualTo("value");
        }
    }

    @Test
    void ofZeroIsNone() {
        var c = cluster.node(options -> options.backoff(Duration.ZERO, Duration.ZERO));
        for (int i = 0; i < 3; i++) {
            assertThat(catchThrowable(() -> c.cache.get(KEY, failing))).isSameAs(down);
        }
        assertThat(runs).hasValue(3);
    }

    /** A load that took too long is a failure like any other. */
    @Test
    void anOverdueLoadBacksOff() {
        Hold inLoader = new Hold();
        var call = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arriveInterruptibly();
            return "never";
        }));
        inLoader.awaitReached();
        cluster.time.pass(TestCluster.DEADLINE);
        assertThat(call.failure()).isInstanceOf(LoadTimeoutException.class);
        assertThat(call(a)).isInstanceOf(LoadTimeoutException.class);
        assertThat(call(b)).isInstanceOf(LoadFailedElsewhereException.class);
        assertThat(runs).hasValue(0);
    }
}
