package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stampede.metrics.MicrometerListener;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** KNOWN-BUGS: metrics that count the second look twice. Each read is told, and metered, exactly once. */
class ReadCountTest {

    private static final String KEY = "key";

    private final TestCluster cluster = new TestCluster();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final EventLog log = new EventLog(new MicrometerListener(registry));
    private Map<String, Integer> expected = Map.of();

    /** Once nothing can be told any more, nothing more has been told; and the meters say the same. */
    @AfterEach
    void close() {
        cluster.close();
        assertThat(log.reads()).isEqualTo(expected);
        Threads.until(() -> assertThat(metered()).isEqualTo(expected)); // the log counts before it passes on
        double gets = registry.get("cache.gets").functionCounters().stream()
                .mapToDouble(FunctionCounter::count)
                .sum();
        assertThat(gets)
                .isEqualTo(expected.values().stream().mapToInt(each -> each).sum());
        // The end of a load is told once its callers have been answered.
        Threads.until(
                () -> assertThat(registry.get("stampede.loads.running").gauge().value())
                        .isZero());
    }

    private Map<String, Integer> metered() {
        return registry.get("stampede.reads").functionCounters().stream()
                .filter(each -> each.count() > 0)
                .collect(Collectors.toMap(
                        each -> each.getId().getTag("source").toUpperCase(Locale.ROOT), each -> (int) each.count()));
    }

    private TestCluster.Node observed() {
        return observed(UnaryOperator.identity());
    }

    private TestCluster.Node observed(UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        return cluster.node(builder -> options.apply(builder).listener(log.listener));
    }

    private void assertReads(Map<String, Integer> reads) {
        expected = reads;
        Threads.until(() -> assertThat(log.reads()).isEqualTo(reads));
    }

    private static String fail(String key) {
        throw new IllegalStateException("fails");
    }

    @Test
    void hits() {
        var a = observed();
        a.cache.put(KEY, "value");
        a.cache.get(KEY);
        a.cache.get(KEY, key -> "never");
        a.cache.getResult(KEY);
        a.cache.getIfPresent(KEY);
        a.cache.lookup(KEY);
        a.cache.lookupAsync(KEY);
        a.cache.getAsync(KEY, key -> CompletableFuture.completedFuture("never"));
        a.cache.getAll(List.of(KEY, KEY), keys -> Map.of());
        assertReads(Map.of("L1", 8));
    }

    @Test
    void whatTheSecondLookFindsInL1() {
        var a = observed();
        Hold enter = a.machine.holdBeforeStep(Flights.class, "enter");
        var read = cluster.threads.start(() -> a.cache.get(KEY));
        enter.awaitReached();
        a.cache.put(KEY, "put");
        enter.release();
        assertThat(read.value()).isEqualTo("put");
        assertReads(Map.of("L1", 1));
    }

    @Test
    void whatL2Has() {
        cluster.node().cache.put(KEY, "value");
        var a = observed();
        a.cache.get(KEY);
        assertReads(Map.of("L2", 1));
    }

    @Test
    void whatTheClaimFinds() {
        var b = cluster.node();
        var a = observed();
        Wire.Held claim = a.wire.holdRequest("claim");
        var read = cluster.threads.start(() -> a.cache.get(KEY));
        claim.awaitReached();
        b.cache.put(KEY, "put");
        claim.release();
        assertThat(read.value()).isEqualTo("put");
        assertThat(cluster.loads).hasValue(0);
        assertReads(Map.of("L2", 1));
    }

    @Test
    void anOwnLoad() {
        var a = observed();
        a.cache.get(KEY);
        assertReads(Map.of("LOADED", 1));
    }

    @Test
    void anOwnLoadWithoutARemoteTier() {
        try (var alone = StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .environment(cluster.time.node(Duration.ZERO))
                .listener(log.listener)
                .build()) {
            alone.get(KEY, key -> "value");
            alone.get(KEY, key -> "never");
            assertReads(Map.of("LOADED", 1, "L1", 1));
        }
    }

    @Test
    void aFailedLoad() {
        var a = observed();
        assertThatThrownBy(() -> a.cache.get(KEY, ReadCountTest::fail)).isInstanceOf(IllegalStateException.class);
        Threads.failure(a.cache.getAsync(KEY, key -> CompletableFuture.failedFuture(new IllegalStateException())));
        assertReads(Map.of("FAILED", 2));
    }

    @Test
    void anAsynchronousLoad() {
        var a = observed();
        CompletableFuture<String> source = new CompletableFuture<>();
        var one = a.cache.getAsync(KEY, key -> source);
        Threads.until(() -> assertThat(source.getNumberOfDependents()).isPositive());
        var other = a.cache.getAsync(KEY, key -> source);
        source.complete("value");
        Threads.value(one);
        Threads.value(other);
        assertReads(Map.of("LOADED", 1, "WAITED", 1));
    }

    @Test
    void aWaitForAnotherThreadsLoad() {
        var a = observed();
        Hold inLoader = new Hold();
        var loading = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        var waiting = cluster.threads.start(3, () -> a.cache.get(KEY));
        waiting.forEach(Threads.Call::awaitWaiting);
        inLoader.release();
        loading.value();
        waiting.forEach(each -> assertThat(each.value()).isEqualTo("value"));
        assertReads(Map.of("LOADED", 1, "WAITED", 3));
    }

    @Test
    void aWaitForAnotherNodesLoad() {
        var b = cluster.node();
        var a = observed();
        Hold inLoader = new Hold();
        cluster.threads.start(() -> b.cache.get(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        var waiting = cluster.threads.start(2, () -> a.cache.get(KEY));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiting.forEach(Threads.Call::awaitWaiting);
        inLoader.release();
        waiting.forEach(each -> assertThat(each.value()).isEqualTo("value"));
        assertReads(Map.of("WAITED", 2));
    }

    @Test
    void aStaleValueAndNotTheLoadBehindIt() {
        var a = observed(builder -> builder.staleWhileRevalidate(TestCluster.TTL));
        a.cache.put(KEY, "old");
        cluster.time.pass(TestCluster.TTL.plusSeconds(1));
        assertThat(a.cache.get(KEY)).isEqualTo("old");
        Threads.until(() -> assertThat(a.local(KEY)).isEqualTo("value"));
        assertReads(Map.of("STALE", 1));
    }

    @Test
    void aStaleValueAfterAFailure() {
        var a = observed(builder -> builder.staleOnError(TestCluster.TTL));
        a.cache.put(KEY, "old");
        cluster.time.pass(TestCluster.TTL.plusSeconds(1));
        assertThat(a.cache.get(KEY, ReadCountTest::fail)).isEqualTo("old");
        assertReads(Map.of("STALE", 1));
    }

    @Test
    void aSuspectValue() {
        var a = observed();
        a.cache.put(KEY, "value");
        cluster.server.disconnectBus();
        cluster.server.failAll(true);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("value");
        assertReads(Map.of("SUSPECT", 1));
    }

    @Test
    void aFallback() {
        var a = observed(builder -> builder.fallback((key, failure) -> "instead"));
        assertThat(a.cache.get(KEY, ReadCountTest::fail)).isEqualTo("instead");
        assertReads(Map.of("FALLBACK", 1));
    }

    @Test
    void whatIsNotThere() {
        var a = observed();
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(a.cache.lookup(KEY).value()).isNull();
        assertThat(Threads.value(a.cache.lookupAsync(KEY)).value()).isNull();
        assertReads(Map.of("ABSENT", 3));
    }

    @Test
    void aKnownAbsence() {
        UnaryOperator<StampedeCacheBuilder<String, String>> remembering =
                builder -> builder.negativeTtl(Duration.ofMinutes(1));
        var b = cluster.node(remembering);
        b.cache.get(KEY, key -> null);
        b.awaitRest();
        var a = observed(remembering);
        a.cache.lookup(KEY);
        a.cache.lookup(KEY);
        Threads.value(a.cache.lookupAsync(KEY));
        assertReads(Map.of("L2", 1, "L1", 2));
    }

    @Test
    void aCallerWhoWasInterrupted() {
        var a = observed();
        Hold inLoader = new Hold();
        var loading = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        var waiting = cluster.threads.start(() -> a.cache.get(KEY));
        waiting.awaitWaiting();
        waiting.thread().interrupt();
        assertThat(waiting.failure()).isInstanceOf(LoadInterruptedException.class);
        inLoader.release();
        loading.value();
        assertReads(Map.of("LOADED", 1, "FAILED", 1));
    }

    @Test
    void anInterruptedReadOfSeveralKeys() {
        var a = observed();
        a.cache.put("there", "value");
        Hold inLoader = new Hold();
        var read = cluster.threads.start(() -> a.cache.getAll(List.of("there", "b", "c"), keys -> {
            inLoader.arriveInterruptibly();
            return Map.of();
        }));
        inLoader.awaitReached();
        read.thread().interrupt();
        assertThat(read.failure()).isInstanceOf(LoadInterruptedException.class);
        assertReads(Map.of("L1", 1, "FAILED", 2));
    }

    @Test
    void aFutureThatWasCancelledOrCompletedByItsOwner() {
        var a = observed();
        CompletableFuture<String> source = new CompletableFuture<>();
        var cancelled = a.cache.getAsync(KEY, key -> source);
        Threads.until(() -> assertThat(source.getNumberOfDependents()).isPositive());
        var completed = a.cache.getAsync(KEY, key -> source);
        cancelled.cancel(true);
        completed.complete("mine");
        source.complete("value");
        a.awaitRest();
        assertReads(Map.of("FAILED", 2));
    }

    @Test
    void eachKeyOfSeveral() {
        var b = cluster.node();
        var a = observed();
        a.cache.put("local", "1");
        b.cache.put("remote", "2");
        Hold inLoader = new Hold();
        cluster.threads.start(() -> b.cache.get("elsewhere", key -> {
            inLoader.arrive();
            return "3";
        }));
        inLoader.awaitReached();
        var read = cluster.threads.start(
                () -> a.cache.getAll(List.of("local", "remote", "elsewhere", "own", "absent"), keys -> {
                    inLoader.release();
                    return Map.of("own", "4");
                }));
        assertThat(read.value()).isEqualTo(Map.of("local", "1", "remote", "2", "elsewhere", "3", "own", "4"));
        assertReads(Map.of("L1", 1, "L2", 1, "WAITED", 1, "LOADED", 2));
    }

    @Test
    void aReadWhoseLoadWasRejected() {
        var a = observed(builder -> builder.maxConcurrentLoads(1).maxLoadWait(Duration.ofSeconds(1)));
        Hold inLoader = new Hold();
        var loading = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        var rejected = a.cache.getAsync("other", CompletableFuture::completedFuture);
        Threads.until(() -> assertThat(a.cache.flights().loads.permits.inLine()).isEqualTo(1));
        cluster.passUntil(Duration.ofMillis(100), () -> assertThat(rejected).isDone());
        assertThat(Threads.failure(rejected)).isInstanceOf(LoadRejectedException.class);
        inLoader.release();
        loading.value();
        assertReads(Map.of("LOADED", 1, "FAILED", 1));
    }

    @Test
    void aReadThatTookTooLong() {
        var a = observed(builder -> builder.hardTimeout(Duration.ofSeconds(1)));
        Hold inLoader = new Hold();
        var read = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        cluster.passUntil(
                Duration.ofMillis(100), () -> assertThat(read.isDone()).isTrue());
        assertThat(read.failure()).isInstanceOf(LoadTimeoutException.class);
        inLoader.release();
        a.awaitRest();
        assertReads(Map.of("FAILED", 1));
    }

    @Test
    void aReadOfAClosedCache() {
        var a = observed();
        a.cache.close();
        assertThatThrownBy(() -> a.cache.get(KEY)).isInstanceOf(CacheClosedException.class);
        assertReads(Map.of("FAILED", 1));
    }

    @Test
    void aReadThatAWriteHasSentInAgain() {
        var b = cluster.node();
        var a = observed();
        Wire.Held reply = a.wire.holdReply("get");
        var read = cluster.threads.start(() -> a.cache.get(KEY));
        reply.awaitReached();
        b.cache.put(KEY, "put");
        b.cache.invalidate(KEY);
        reply.release();
        assertThat(read.value()).isEqualTo("value");
        assertThat(cluster.server.count("get")).isGreaterThan(1);
        assertReads(Map.of("LOADED", 1));
    }

    @Test
    void aRefreshIsNoRead() {
        var a = observed();
        Threads.value(a.cache.refresh(KEY));
        assertReads(Map.of());
    }

    @Test
    void anEarlyRefreshIsNoReadButTheHitBeforeItIs() {
        var a = observed(
                builder -> builder.earlyRefresh(1).environment(new EagerMachine(cluster.time.node(Duration.ZERO))));
        a.cache.get(KEY, key -> {
            cluster.time.pass(Duration.ofSeconds(1)); // what takes no time need not be rebuilt early
            return "old";
        });
        a.awaitRest();
        cluster.time.pass(TestCluster.TTL.minusSeconds(5));
        assertThat(a.cache.get(KEY)).isEqualTo("old");
        Threads.until(() -> assertThat(a.local(KEY)).isEqualTo("value"));
        assertThat(log.of("onEarlyRefresh")).isEqualTo(1);
        assertReads(Map.of("LOADED", 1, "L1", 1));
    }
}
