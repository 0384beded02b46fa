package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.stampede.Result.Source;
import io.stampede.Result.StaleReason;
import io.stampede.spi.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P4, P11: a source that fails too often is left alone, and then one load finds out whether it is back. */
class SourceBreakerTest {

    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final Duration LOAD_WAIT = Duration.ofSeconds(2);
    private static final Duration JUST_AFTER = PAUSE.plusNanos(1);

    /** A draw with which a value near its end is always rebuilt early. */
    private static final double ALWAYS = 1 - 1e-15;

    private final TestCluster cluster = new TestCluster();
    private final EventLog log = new EventLog();
    private final TestCluster.Node a = node(UnaryOperator.identity());
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger keys = new AtomicInteger();
    private final IllegalStateException down = new IllegalStateException("down");
    private final Loader<String, String> failing = key -> {
        runs.incrementAndGet();
        throw down;
    };
    private final Loader<String, String> succeeding = key -> {
        runs.incrementAndGet();
        return "value";
    };

    /** What the predicate of {@link #node} calls an answer. */
    private static final class NotFoundException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @AfterEach
    void close() {
        cluster.close();
        assertThat(log.toldInsideSteps()).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .as("threads of the breaker's own")
                .noneMatch(thread -> thread.getName().contains("CircuitBreaker"));
    }

    private TestCluster.Node node(UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        return cluster.node(builder -> options.apply(builder.sourceBreaker(0.5, PAUSE)
                .staleOnError(Duration.ZERO, failure -> !(failure instanceof NotFoundException))
                .maxLoadWait(LOAD_WAIT)
                .listener(log.listener)));
    }

    private static State stateOf(TestCluster.Node node) {
        return node.cache.flights().loads.sourceBreaker().state();
    }

    private String otherKey() {
        return "key" + keys.incrementAndGet();
    }

    private static void attempt(StampedeCache<String, String> cache, String key, Loader<String, String> loader) {
        try {
            cache.get(key, loader);
        } catch (RuntimeException expected) {
            // whatever it is: what the breaker made of it is what counts
        }
    }

    private void run(TestCluster.Node node, int times, Loader<String, String> loader) {
        for (int i = 0; i < times; i++) {
            attempt(node.cache, otherKey(), loader);
        }
    }

    private void open(TestCluster.Node node) {
        run(node, 10, failing);
        assertThat(stateOf(node)).isEqualTo(State.OPEN);
        runs.set(0);
    }

    private void halfOpen(TestCluster.Node node) {
        open(node);
        cluster.time.pass(JUST_AFTER);
    }

    private void assertRefuses(TestCluster.Node node) {
        int before = runs.get();
        assertThat(catchThrowable(() -> node.cache.get(otherKey(), succeeding)))
                .isInstanceOf(LoadRejectedException.class);
        assertThat(runs).hasValue(before);
    }

    /** One load decides, and it can. */
    private void assertOneProbeCloses(TestCluster.Node node) {
        assertThat(node.cache.get(otherKey(), succeeding)).isEqualTo("value");
        assertThat(stateOf(node)).isEqualTo(State.CLOSED);
    }

    private static Loader<String, String> held(Hold hold) {
        return key -> {
            hold.arriveInterruptibly();
            return key;
        };
    }

    // ---- what opens it ---------------------------------------------------------------------------------------------

    @Test
    void itOpensAtTheFailureRateAndTheLoaderIsLeftAlone() {
        run(a, 5, succeeding);
        run(a, 5, failing);
        assertThat(stateOf(a)).isEqualTo(State.OPEN);
        String key = otherKey();
        assertThat(catchThrowable(() -> a.cache.get(key, succeeding)))
                .isInstanceOf(LoadRejectedException.class)
                .hasMessageContainingAll("'" + key + "'", "'" + TestCluster.NAME + "'", "sourceBreaker", "60000 ms");
        assertThat(runs).hasValue(10);
    }

    @Test
    void notBelowTheRate() {
        run(a, 6, succeeding);
        run(a, 5, failing);
        assertThat(stateOf(a)).isEqualTo(State.CLOSED);
        assertThat(runs).hasValue(11);
    }

    @Test
    void notByFewerThanTenLoads() {
        run(a, 9, failing);
        assertThat(stateOf(a)).isEqualTo(State.CLOSED);
        run(a, 1, failing);
        assertThat(stateOf(a)).isEqualTo(State.OPEN);
    }

    @Test
    void onlyTheLastTwentyLoadsCount() {
        run(a, 100, succeeding);
        run(a, 9, failing);
        assertThat(stateOf(a)).isEqualTo(State.CLOSED);
        run(a, 1, failing);
        assertThat(stateOf(a)).isEqualTo(State.OPEN);
    }

    @Test
    void notByAnswersThatAreExceptions() {
        run(a, 50, key -> {
            throw new NotFoundException();
        });
        run(a, 9, failing);
        assertThat(stateOf(a)).as("they count as successes").isEqualTo(State.CLOSED);
    }

    @Test
    void notByTheNewsThatThereIsNone() {
        run(a, 30, key -> null);
        assertThat(stateOf(a)).isEqualTo(State.CLOSED);
    }

    @Test
    void notBySlowness() {
        var slow = node(options -> options.loaderDeadline(Duration.ofHours(24)));
        run(slow, 30, key -> {
            cluster.time.pass(Duration.ofMinutes(10));
            return "value";
        });
        assertThat(stateOf(slow)).isEqualTo(State.CLOSED);
    }

    @Test
    void loadsThatPassTheirDeadlineAreFailures() {
        for (int i = 0; i < 10; i++) {
            var never = a.cache.getAsync(otherKey(), key -> new CompletableFuture<String>());
            Threads.until(() -> assertThat(log.of("onLoadBegun")).isEqualTo(runs.get() + 1));
            runs.incrementAndGet();
            cluster.time.pass(TestCluster.DEADLINE);
            assertThat(Threads.failure(never)).isInstanceOf(LoadTimeoutException.class);
        }
        assertThat(stateOf(a)).isEqualTo(State.OPEN);
    }

    @Test
    void whatLoadsInTheBackgroundCountsToo() {
        for (int i = 0; i < 10; i++) {
            Threads.failure(a.cache.getAsync(otherKey(), key -> CompletableFuture.failedFuture(down)));
        }
        Threads.until(() -> assertThat(stateOf(a)).isEqualTo(State.OPEN));
    }

    @Test
    void eachKeyOfABulkLoadIsALoad() {
        List<String> ten = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ten.add(otherKey());
        }
        assertThat(catchThrowable(() -> a.cache.getAll(ten, all -> {
                    throw down;
                })))
                .isSameAs(down);
        assertThat(stateOf(a)).isEqualTo(State.OPEN);
        assertThat(catchThrowable(() -> a.cache.getAll(List.of("x", "y"), all -> Map.of("x", "1", "y", "2"))))
                .isInstanceOf(LoadRejectedException.class);
        cluster.time.pass(JUST_AFTER);
        assertThat(catchThrowable(() -> a.cache.getAll(List.of("x", "y"), all -> Map.of("x", "1", "y", "2"))))
                .as("one of its keys is the probe")
                .isInstanceOf(LoadRejectedException.class);
        Threads.until(() -> assertThat(stateOf(a)).isEqualTo(State.CLOSED));
        assertThat(a.cache.getAll(List.of("x", "y"), all -> Map.of("x", "1", "y", "2")))
                .hasSize(2);
    }

    @Test
    void itIsOffByDefault() {
        var without = cluster.node();
        assertThat(without.cache.flights().loads.sourceBreaker()).isNull();
        run(without, 100, failing);
        assertThat(runs).hasValue(100);
    }

    @Test
    void itsDefaultsAreHalfOfTheLoadsAndOneMinute() {
        var b = node(StampedeCacheBuilder::sourceBreaker);
        run(b, 5, succeeding);
        run(b, 4, failing);
        assertThat(stateOf(b)).isEqualTo(State.CLOSED);
        run(b, 1, failing);
        assertThat(stateOf(b)).isEqualTo(State.OPEN);
        cluster.time.pass(Duration.ofMinutes(1));
        assertRefuses(b);
        cluster.time.pass(Duration.ofNanos(1));
        assertOneProbeCloses(b);
    }

    @Test
    void eachNodeHasItsOwn() {
        var b = node(UnaryOperator.identity());
        open(a);
        assertThat(b.cache.get("key", succeeding)).isEqualTo("value");
        assertThat(a.cache.get("key", failing)).as("what L2 has needs no load").isEqualTo("value");
    }

    // ---- the probe --------------------------------------------------------------------------------------------------

    @Test
    void afterThePauseOneLoadClosesIt() {
        open(a);
        cluster.time.pass(PAUSE);
        assertRefuses(a);
        cluster.time.pass(Duration.ofNanos(1));
        assertOneProbeCloses(a);
        run(a, 9, failing);
        assertThat(stateOf(a)).as("it begins anew").isEqualTo(State.CLOSED);
    }

    @Test
    void orBeginsTheNextPause() {
        halfOpen(a);
        run(a, 1, failing);
        assertThat(stateOf(a)).isEqualTo(State.OPEN);
        assertThat(runs).hasValue(1);
        assertRefuses(a);
        cluster.time.pass(PAUSE);
        assertRefuses(a);
        cluster.time.pass(Duration.ofNanos(1));
        assertOneProbeCloses(a);
    }

    @Test
    void ofManyKeysAtOnceExactlyOneIsTheProbe() {
        halfOpen(a);
        Hold inProbe = new Hold();
        var calls = cluster.threads.start(
                16,
                () -> a.cache.get(otherKey(), key -> {
                    runs.incrementAndGet();
                    inProbe.arrive();
                    return "value";
                }));
        inProbe.awaitReached();
        Threads.until(() ->
                assertThat(calls.stream().filter(Threads.Call::isDone).count()).isEqualTo(15));
        assertThat(runs).hasValue(1);
        assertThat(stateOf(a)).isEqualTo(State.HALF_OPEN);
        inProbe.release();
        Threads.until(() -> assertThat(calls).allMatch(Threads.Call::isDone));
        assertThat(calls.stream().filter(call -> !call.result().isCompletedExceptionally()))
                .hasSize(1);
        assertThat(stateOf(a)).isEqualTo(State.CLOSED);
    }

    @Test
    void aProbeThatHangsDecidesAtItsDeadline() {
        halfOpen(a);
        Hold inProbe = new Hold();
        var probe = cluster.threads.start(() -> a.cache.get(otherKey(), held(inProbe)));
        inProbe.awaitReached();
        assertRefuses(a);
        cluster.time.pass(TestCluster.DEADLINE);
        assertThat(probe.failure()).isInstanceOf(LoadTimeoutException.class);
        assertThat(stateOf(a)).isEqualTo(State.OPEN);
        cluster.time.pass(JUST_AFTER);
        assertOneProbeCloses(a);
    }

    @Test
    void anInterruptedProbeMakesRoomForTheNext() {
        halfOpen(a);
        Hold inProbe = new Hold();
        var probe = cluster.threads.start(() -> a.cache.get(otherKey(), held(inProbe)));
        inProbe.awaitReached();
        probe.thread().interrupt();
        probe.failure();
        a.awaitRest();
        assertThat(stateOf(a)).isEqualTo(State.HALF_OPEN);
        assertOneProbeCloses(a);
    }

    @Test
    void aWaiterTakesTheProbeOver() {
        halfOpen(a);
        Hold inProbe = new Hold();
        var probe = cluster.threads.start(() -> a.cache.get("key", held(inProbe)));
        inProbe.awaitReached();
        var waiter = cluster.threads.start(() -> a.cache.get("key", succeeding));
        waiter.awaitWaiting();
        probe.thread().interrupt();
        assertThat(waiter.value()).isEqualTo("value");
        assertThat(stateOf(a)).isEqualTo(State.CLOSED);
    }

    @Test
    void aProbeThatWaitsInVainForItsTurnMakesRoomForTheNext() {
        var b = node(options -> options.maxConcurrentLoads(1));
        halfOpen(b);
        LoadPermits permits = b.cache.flights().loads.permits;
        assertThat(permits.takeOrWait(() -> false)).isTrue();
        var inLine = cluster.threads.start(2, () -> b.cache.get(otherKey(), succeeding));
        Threads.until(() -> assertThat(permits.inLine())
                .as("one in line does not keep the others from it")
                .isEqualTo(2));
        cluster.passUntil(LOAD_WAIT, () -> assertThat(inLine).allMatch(Threads.Call::isDone));
        assertThat(inLine)
                .allSatisfy(call -> assertThat(call.failure())
                        .isInstanceOf(LoadRejectedException.class)
                        .hasMessageContaining("maxLoadWait"));
        permits.giveBack();
        assertThat(runs).hasValue(0);
        assertThat(stateOf(b)).isEqualTo(State.HALF_OPEN);
        assertOneProbeCloses(b);
    }

    @Test
    void aProbeWhoseCallerLeavesBeforeItBeginsMakesRoomForTheNext() {
        BusyMachine machine = new BusyMachine(cluster.time.node(Duration.ZERO));
        try (var alone = alone(machine)) {
            machine.busy = true;
            var call = alone.getAsync("key", key -> CompletableFuture.completedFuture("never"));
            call.cancel(false);
            machine.goOn();
            Threads.until(() -> assertThat(alone.busyKeys()).isEmpty());
            assertThat(alone.get(otherKey(), succeeding)).isEqualTo("value");
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    void soDoesOneThatHasNotBegunAtItsDeadline() {
        BusyMachine machine = new BusyMachine(cluster.time.node(Duration.ZERO));
        try (var alone = alone(machine)) {
            machine.busy = true;
            var call = alone.getAsync("key", key -> CompletableFuture.completedFuture("never"));
            cluster.time.pass(Duration.ofSeconds(30));
            machine.goOn();
            assertThat(Threads.failure(call)).isInstanceOf(LoadTimeoutException.class);
            assertThat(alone.get(otherKey(), succeeding)).isEqualTo("value");
        }
    }

    /** Without a remote tier, whose replies need the executor, and with a breaker that waits for its probe. */
    private ClusterCache<String, String> alone(Environment machine) {
        var alone = (ClusterCache<String, String>) StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .backoff(Duration.ZERO, Duration.ZERO)
                .sourceBreaker(0.5, PAUSE)
                .environment(machine)
                .build();
        for (int i = 0; i < 10; i++) {
            attempt(alone, otherKey(), failing);
        }
        cluster.time.pass(JUST_AFTER);
        runs.set(0);
        return alone;
    }

    /** A machine whose executor does not come to what it is given until the test says so. */
    private static final class BusyMachine extends DelegatingEnvironment {

        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        private volatile boolean busy;

        private BusyMachine(Environment machine) {
            super(machine);
        }

        void goOn() {
            busy = false;
            waiting.forEach(super.executor()::execute);
        }

        @Override
        public Executor executor() {
            return busy ? waiting::add : super.executor();
        }
    }

    /** Neither its success nor its place says anything about the source after the pause. */
    @Test
    void aLoadFromBeforeIsNoProbe() {
        var b = node(options -> options.loaderDeadline(Duration.ofHours(1)));
        Hold inSucceeding = new Hold();
        Hold inInterrupted = new Hold();
        var old = cluster.threads.start(() -> b.cache.get("old", held(inSucceeding)));
        var interrupted = cluster.threads.start(() -> b.cache.get("interrupted", held(inInterrupted)));
        inSucceeding.awaitReached();
        inInterrupted.awaitReached();
        halfOpen(b);
        Hold inProbe = new Hold();
        var probe = cluster.threads.start(() -> b.cache.get("probe", held(inProbe)));
        inProbe.awaitReached();
        inSucceeding.release();
        assertThat(old.value()).isEqualTo("old");
        interrupted.thread().interrupt();
        interrupted.failure();
        assertThat(stateOf(b)).isEqualTo(State.HALF_OPEN);
        assertRefuses(b);
        inProbe.release();
        assertThat(probe.value()).isEqualTo("probe");
        assertThat(stateOf(b)).isEqualTo(State.CLOSED);
    }

    @Test
    void aProbeThatLoadsInsideItselfIsOneLoad() {
        halfOpen(a);
        assertThat(cluster.threads
                        .start(() -> a.cache.get("outer", outer -> a.cache.get("inner", succeeding)))
                        .value())
                .isEqualTo("value");
        assertThat(stateOf(a)).isEqualTo(State.CLOSED);
    }

    @Test
    void aProbeThatAPutHasOvertakenStillDecides() {
        halfOpen(a);
        Hold inProbe = new Hold();
        var probe = cluster.threads.start(() -> a.cache.get("key", held(inProbe)));
        inProbe.awaitReached();
        a.cache.put("key", "put");
        inProbe.release();
        probe.value();
        Threads.until(() -> assertThat(stateOf(a)).isEqualTo(State.CLOSED));
    }

    // ---- the order --------------------------------------------------------------------------------------------------

    @Test
    void aKeyThatBacksOffAsksNoBreaker() {
        Duration longer = PAUSE.multipliedBy(2);
        var b = node(options -> options.backoff(longer, longer));
        b.machine.setChance(0);
        for (int i = 0; i < 10; i++) {
            attempt(b.cache, otherKey(), failing);
        }
        cluster.time.pass(JUST_AFTER);
        assertThat(catchThrowable(() -> b.cache.get("key1", succeeding)))
                .as("the failure that began its backoff")
                .isSameAs(down);
        assertThat(stateOf(b)).as("nobody has tried").isEqualTo(State.OPEN);
        assertOneProbeCloses(b);
    }

    @Test
    void aRefusedLoadDoesNotBackOff() {
        var b = node(options -> options.backoff(Duration.ofHours(1), Duration.ofHours(1)));
        open(b);
        assertThat(catchThrowable(() -> b.cache.get("key", succeeding))).isInstanceOf(LoadRejectedException.class);
        assertThat(log.of("onBackoff")).isEqualTo(10);
        cluster.time.pass(JUST_AFTER);
        assertThat(b.cache.get("key", succeeding)).isEqualTo("value");
    }

    @Test
    void whoIsRefusedDoesNotWaitInLine() {
        var b = node(options -> options.maxConcurrentLoads(1).loaderDeadline(Duration.ofHours(1)));
        open(b);
        var permits = b.cache.flights().loads.permits;
        assertThat(permits.takeOrWait(() -> false)).isTrue();
        assertRefuses(b);
        assertThat(permits.inLine()).isZero();
        permits.giveBack();
    }

    @Test
    void whoHasWaitedInLineWhileItOpenedIsRefused() {
        var b = node(options -> options.maxConcurrentLoads(1));
        run(b, 9, failing);
        Hold inTenth = new Hold();
        var tenth = cluster.threads.start(() -> b.cache.get(otherKey(), key -> {
            inTenth.arrive();
            throw down;
        }));
        inTenth.awaitReached();
        var inLine = cluster.threads.start(3, () -> b.cache.get(otherKey(), succeeding));
        Threads.until(() -> assertThat(b.cache.flights().loads.permits.inLine()).isEqualTo(3));
        inTenth.release();
        assertThat(tenth.failure()).isSameAs(down);
        assertThat(inLine).allSatisfy(call -> assertThat(call.failure()).isInstanceOf(LoadRejectedException.class));
        assertThat(runs).hasValue(9);
        Threads.until(() -> assertThat(b.cache.flights().loads.permits.taken()).isZero());
    }

    /** It may be this node's own way to the source that is broken. */
    @Test
    void anotherNodeThatWaitsTriesAtOnce() {
        var b = node(UnaryOperator.identity());
        open(a);
        Wire.Held release = a.wire.holdRequest("release");
        var refused = cluster.threads.start(() -> a.cache.get("key", succeeding));
        release.awaitReached();
        var waiting = cluster.threads.start(() -> b.cache.get("key", key -> "of b"));
        waiting.awaitWaiting();
        release.release();
        assertThat(waiting.value()).isEqualTo("of b");
        assertThat(refused.failure()).isInstanceOf(LoadRejectedException.class);
    }

    // ---- what callers get meanwhile ---------------------------------------------------------------------------------

    @Test
    void theStaleValueFirst() {
        var b = node(options -> options.staleOnError(Duration.ofHours(1)).fallback((key, failure) -> "fallback"));
        b.cache.put("key", "old");
        cluster.time.pass(TestCluster.TTL.plusSeconds(1));
        run(b, 10, failing);
        runs.set(0);
        long claims = cluster.server.count("claim");
        assertThat(b.cache.getResult("key", succeeding))
                .extracting(Result::value, Result::source, Result::staleReason)
                .containsExactly("old", Source.STALE, StaleReason.REJECTED);
        assertThat(b.cache.getResult("key", succeeding, CallOptions.none().skipLocal()))
                .as("what L2 has")
                .extracting(Result::value, Result::source, Result::staleReason)
                .containsExactly("old", Source.STALE, StaleReason.REJECTED);
        assertThat(cluster.server.count("claim") - claims)
                .as("what L1 has costs L2 nothing")
                .isOne();
        assertThat(runs).hasValue(0);
        cluster.time.pass(JUST_AFTER);
        assertThat(b.cache.get("key", succeeding)).isEqualTo("value");
    }

    @Test
    void whatIsRevalidatedIsServedAndNotLoaded() {
        var b = node(options -> options.staleWhileRevalidate(Duration.ofHours(1)));
        b.cache.put("key", "old");
        cluster.time.pass(TestCluster.TTL.plusSeconds(1));
        open(b);
        assertThat(b.cache.getResult("key", succeeding))
                .extracting(Result::value, Result::source)
                .containsExactly("old", Source.STALE);
        b.awaitRest();
        assertThat(runs).hasValue(0);
        cluster.time.pass(JUST_AFTER);
        assertThat(b.cache.get("key", succeeding)).isEqualTo("old");
        Threads.until(() -> assertThat(b.local("key")).isEqualTo("value"));
    }

    @Test
    void thenTheFallback() {
        var b = node(
                options -> options.fallback((key, failure) -> failure.getClass().getSimpleName()));
        open(b);
        assertThat(b.cache.getResult("key", succeeding))
                .extracting(Result::value, Result::source)
                .containsExactly("LoadRejectedException", Source.FALLBACK);
    }

    @Test
    void whoInsistsIsRefusedToo() {
        open(a);
        assertThat(catchThrowable(
                        () -> a.cache.get("key", succeeding, CallOptions.none().forceFresh())))
                .isInstanceOf(LoadRejectedException.class);
        assertThat(Threads.failure(a.cache.refresh("key"))).isInstanceOf(LoadRejectedException.class);
        assertThat(cluster.loads).hasValue(0);
    }

    @Test
    void whoOnlyLooksIsToldThatThereIsNone() {
        open(a);
        assertThat(a.cache.getIfPresent("key")).isNull();
    }

    @Test
    void withoutARemoteTierToo() {
        try (var alone = StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .backoff(Duration.ZERO, Duration.ZERO)
                .sourceBreaker(1, PAUSE)
                .environment(cluster.time.node(Duration.ofHours(-5)))
                .build()) {
            for (int i = 0; i < 10; i++) {
                attempt(alone, "key", failing);
            }
            assertThat(catchThrowable(() -> alone.get("key", succeeding))).isInstanceOf(LoadRejectedException.class);
            cluster.time.pass(JUST_AFTER);
            assertThat(alone.get("key", succeeding)).isEqualTo("value");
        }
    }

    // ---- early refreshes -------------------------------------------------------------------------------------------

    /** It has "old" for "key", which took so long to load that it may be rebuilt early, but by its dice is not yet. */
    private TestCluster.Node nodeThatRefreshesEarly() {
        var b = node(options -> options.earlyRefresh(1).backoff(Duration.ofSeconds(1), Duration.ofSeconds(1)));
        b.machine.setChance(0);
        b.cache.get("key", key -> {
            cluster.time.pass(Duration.ofSeconds(20));
            return "old";
        });
        b.awaitRest();
        return b;
    }

    @Test
    void anEarlyRefreshIsJustNotDone() {
        var b = nodeThatRefreshesEarly();
        cluster.time.pass(TestCluster.TTL.minus(PAUSE).minusSeconds(5));
        open(b);
        b.machine.setChance(ALWAYS);
        int backoffs = log.of("onBackoff");
        int rejected = log.of("onRejected");
        long claims = cluster.server.count("claim");
        for (int i = 0; i < 5; i++) {
            assertThat(b.cache.getResult("key", succeeding).source()).isEqualTo(Source.L1);
        }
        b.awaitRest();
        assertThat(runs).hasValue(0);
        assertThat(cluster.server.count("claim")).isEqualTo(claims);
        assertThat(log.of("onEarlyRefresh")).isZero();
        assertThat(log.of("onRejected")).isEqualTo(rejected);
        assertThat(log.of("onBackoff")).isEqualTo(backoffs);
        cluster.time.pass(JUST_AFTER);
        assertThat(b.cache.get("key", succeeding)).isEqualTo("old");
        Threads.until(() -> assertThat(b.local("key")).isEqualTo("value"));
        assertThat(stateOf(b)).as("it was the probe").isEqualTo(State.CLOSED);
    }

    /** The breaker opens between the look at it and the question. */
    @Test
    void anEarlyRefreshThatIsRefusedLateMakesNoNoise() {
        var b = nodeThatRefreshesEarly();
        cluster.time.pass(TestCluster.TTL.minusSeconds(5));
        b.machine.setChance(ALWAYS);
        Wire.Held claim = b.wire.holdRequest("claim");
        assertThat(b.cache.get("key", succeeding)).isEqualTo("old");
        claim.awaitReached();
        open(b);
        int backoffs = log.of("onBackoff");
        int rejected = log.of("onRejected");
        claim.release();
        b.awaitRest();
        assertThat(b.cache.getResult("key", succeeding).source()).isEqualTo(Source.L1);
        assertThat(runs).hasValue(0);
        assertThat(log.of("onRejected")).isEqualTo(rejected);
        assertThat(log.of("onBackoff")).isEqualTo(backoffs);
    }

    // ---- who is told -----------------------------------------------------------------------------------------------

    @Test
    void theListenerIsToldOfEachChangeOnce() {
        open(a);
        assertRefuses(a);
        assertThat(log.of("onSourceBreaker true")).isOne();
        assertThat(log.of("onRejected")).isOne();
        cluster.time.pass(JUST_AFTER);
        run(a, 1, failing);
        assertThat(log.of("onSourceBreaker true")).isEqualTo(2);
        assertThat(log.of("onSourceBreaker false")).isZero();
        cluster.time.pass(JUST_AFTER);
        assertOneProbeCloses(a);
        Threads.until(() -> assertThat(log.of("onSourceBreaker false")).isOne());
        assertThat(log.of("onSourceBreaker true")).isEqualTo(2);
    }
}
