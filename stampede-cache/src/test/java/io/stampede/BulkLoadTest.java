package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.Token;
import io.stampede.testing.InMemoryRemote;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * P1, P5, P18 for keys that are loaded together: each is protected like any other, whoever else reads, writes or loads it,
 * and what goes wrong with a load goes wrong for those only whom it concerns.
 */
class BulkLoadTest {

    private static final List<String> KEYS = List.of("x", "y");

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();
    private final BulkSource source = new BulkSource("v");

    @AfterEach
    void close() {
        cluster.close();
    }

    private Threads.Call<Map<String, String>> getAll(TestCluster.Node node, List<String> keys, BulkSource from) {
        return cluster.threads.start(() -> node.cache.getAll(keys, from));
    }

    // ---- several who want the same --------------------------------------------------------------------------------

    /** The two overlap in all keys, the other way round; both are held in their loaders at the same time. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsOnesOwnIsLoadedBeforeAnythingIsWaitedFor(boolean onOneNode) {
        BulkSource second = new BulkSource("w");
        Hold inFirst = source.holdNextRun();
        Hold inSecond = second.holdNextRun();
        var one = getAll(a, List.of("x", "common"), source);
        inFirst.awaitReached();
        var other = getAll(onOneNode ? a : b, List.of("common", "x", "y"), second);
        inSecond.awaitReached();
        inFirst.release();
        assertThat(one.value()).containsExactly(entry("x", "vx"), entry("common", "vcommon"));
        assertThat(other.isDone()).isFalse();
        inSecond.release();
        assertThat(other.value()).containsExactly(entry("common", "vcommon"), entry("x", "vx"), entry("y", "wy"));
        assertThat(source.runs).containsExactly(Set.of("x", "common"));
        assertThat(second.runs).containsExactly(Set.of("y"));
    }

    /** Each has the lease of the key that the other one comes to second. */
    @Test
    void twoThatWaitForEachOthersKeysEnd() {
        CountDownLatch bothHaveOne = new CountDownLatch(2);
        Set<Token> haveOne = ConcurrentHashMap.newKeySet();
        cluster.server.intercept(new InMemoryRemote.Interceptor() {
            @Override
            public void before(RemoteNamespace asker, String operation, String key) {
                if (operation.equals("claim") && !haveOne.add(asker.node())) {
                    awaitQuietly(bothHaveOne);
                }
            }

            @Override
            public void after(RemoteNamespace asker, String operation, String key) {
                if (operation.equals("claim")) {
                    bothHaveOne.countDown();
                }
            }
        });
        BulkSource second = new BulkSource("w");
        var one = getAll(a, List.of("x", "y"), source);
        var other = getAll(b, List.of("y", "x"), second);
        assertThat(one.value()).containsExactly(entry("x", "vx"), entry("y", "wy"));
        assertThat(other.value()).containsExactly(entry("y", "wy"), entry("x", "vx"));
        assertThat(source.runs).containsExactly(Set.of("x"));
        assertThat(second.runs).containsExactly(Set.of("y"));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aKeyThatAnotherThreadLoadsIsWaitedFor() {
        Hold inLoader = new Hold();
        var single = cluster.threads.start(() -> a.cache.get("x", key -> {
            inLoader.arrive();
            return "single";
        }));
        inLoader.awaitReached();
        var batch = getAll(a, KEYS, source);
        Threads.until(() -> assertThat(source.runs).containsExactly(Set.of("y")));
        batch.awaitWaiting();
        assertThat(batch.isDone()).isFalse();
        inLoader.release();
        assertThat(single.value()).isEqualTo("single");
        assertThat(batch.value()).containsExactly(entry("x", "single"), entry("y", "vy"));
        assertThat(source.runs).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoWantsOneOfTheKeysJoinsTheLoad(boolean onSameNode) {
        Hold inLoader = source.holdNextRun();
        var batch = getAll(a, KEYS, source);
        inLoader.awaitReached();
        TestCluster.Node node = onSameNode ? a : b;
        var single = cluster.threads.start(() -> node.cache.getResult("y", key -> "never"));
        single.awaitWaiting();
        inLoader.release();
        assertThat(single.value().value()).isEqualTo("vy");
        assertThat(single.value().source()).isEqualTo(Result.Source.WAITED);
        batch.value();
    }

    // ---- writes in mid-load ---------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInvalidatedKeyAloneIsRefused(boolean onSameNode) {
        Hold inLoader = source.holdNextRun();
        var batch = getAll(a, List.of("x", "y", "z"), source);
        inLoader.awaitReached();
        (onSameNode ? a : b).cache.invalidate("y");
        inLoader.release();
        assertThat(batch.value()).containsOnlyKeys("x", "y", "z");
        a.awaitRest();
        assertThat(a.local("x")).isEqualTo("vx");
        assertThat(a.local("z")).isEqualTo("vz");
        assertThat(a.local("y")).isNull();
        assertThat(cluster.remote("x")).isEqualTo("vx");
        assertThat(cluster.remote("z")).isEqualTo("vz");
        assertThat(cluster.remote("y")).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aKeyThatIsPutKeepsWhatWasPut(boolean onSameNode) {
        Hold inLoader = source.holdNextRun();
        var batch = getAll(a, KEYS, source);
        inLoader.awaitReached();
        (onSameNode ? a : b).cache.put("y", "put");
        inLoader.release();
        batch.value();
        a.awaitRest();
        assertThat(a.cache.getAll(KEYS, source)).containsExactly(entry("x", "vx"), entry("y", "put"));
        assertThat(cluster.remote("x")).isEqualTo("vx");
        assertThat(cluster.remote("y")).isEqualTo("put");
        assertThat(source.runs).hasSize(1);
    }

    // ---- failures -------------------------------------------------------------------------------------------------

    @Test
    void aFailureIsThatOfEachKeyAndOfWhoWaitsForOne() {
        a.cache.put("hit", "hit");
        Hold inLoader = new Hold();
        IllegalStateException failure = new IllegalStateException("the source is down");
        var batch = cluster.threads.start(() -> a.cache.getAll(List.of("hit", "x", "y"), keys -> {
            inLoader.arrive();
            throw failure;
        }));
        inLoader.awaitReached();
        var here = cluster.threads.start(() -> a.cache.get("y", key -> "never"));
        var there = cluster.threads.start(() -> b.cache.get("x", key -> "never"));
        here.awaitWaiting();
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(3));
        there.awaitWaiting();
        inLoader.release();
        assertThat(batch.failure()).isSameAs(failure);
        assertThat(here.failure()).isSameAs(failure);
        assertThat(there.failure()).isInstanceOf(LoadFailedElsewhereException.class);
        a.awaitRest();
        assertThat(a.local("hit")).isEqualTo("hit");
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "x")).isNull();
        assertThat(a.cache.getAll(KEYS, source)).containsOnlyKeys("x", "y");
    }

    @Test
    void aCheckedFailureIsWrappedOnce() {
        Exception failure = new java.io.IOException("no line");
        var batch = cluster.threads.start(() -> a.cache.getAll(KEYS, keys -> {
            throw failure;
        }));
        assertThat(batch.failure())
                .isInstanceOf(LoadException.class)
                .hasCause(failure)
                .hasMessageContaining("'x'");
    }

    @Test
    void keysThatAreLeftAloneAfterAFailureAreNotLoaded() {
        var node = cluster.node(options -> options.backoff(Duration.ofSeconds(10), Duration.ofSeconds(10)));
        IllegalStateException failure = new IllegalStateException("the source is down");
        var failing = cluster.threads.start(() -> node.cache.get("x", key -> {
            throw failure;
        }));
        failing.failure();
        var batch = getAll(node, KEYS, source);
        assertThat(batch.failure()).isSameAs(failure);
        assertThat(source.runs).containsExactly(Set.of("y"));
    }

    // ---- the limit of loads ---------------------------------------------------------------------------------------

    @Test
    void manyKeysAreOneLoad() {
        var node = cluster.node(options -> options.maxConcurrentLoads(2));
        List<String> hundred =
                IntStream.range(0, 100).mapToObj(Integer::toString).toList();
        Hold inLoader = source.holdNextRun();
        var batch = getAll(node, hundred, source);
        inLoader.awaitReached();
        LoadPermits permits = node.cache.flights().loads.permits;
        assertThat(permits.taken()).isOne();
        assertThat(node.cache.get("another", key -> "there is room")).isEqualTo("there is room");
        inLoader.release();
        assertThat(batch.value()).hasSize(100);
        assertThat(source.runs).hasSize(1);
        Threads.until(() -> assertThat(permits.taken()).isZero());
    }

    @Test
    void itWaitsForItsTurnLikeAnyOther() {
        var node = cluster.node(options -> options.maxConcurrentLoads(1));
        Hold inLoader = new Hold();
        var single = cluster.threads.start(() -> node.cache.get("single", key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        var batch = getAll(node, KEYS, source);
        LoadPermits permits = node.cache.flights().loads.permits;
        Threads.until(() -> assertThat(permits.inLine()).isOne());
        assertThat(source.runs).isEmpty();
        inLoader.release();
        single.value();
        assertThat(batch.value()).containsOnlyKeys("x", "y");
        Threads.until(() -> assertThat(permits.taken()).isZero());
    }

    @Test
    void whatTimesOutBeforeItsTurnIsNotLoadedWhenItComes() {
        var node = cluster.node(options -> options.maxConcurrentLoads(1).maxLoadWait(Duration.ofHours(1)));
        Hold inLoader = new Hold();
        var stubborn = cluster.threads.start(() -> node.cache.get("single", key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        var batch = getAll(node, KEYS, source);
        LoadPermits permits = node.cache.flights().loads.permits;
        Threads.until(() -> assertThat(permits.inLine()).isOne());
        cluster.time.pass(TestCluster.DEADLINE);
        assertThat(batch.failure()).isInstanceOf(LoadTimeoutException.class);
        inLoader.release();
        stubborn.value();
        Threads.until(() -> assertThat(permits.taken()).isZero());
        assertThat(source.runs).isEmpty();
    }

    /** A rejection is no failure of the source: it is not told to others, who load for themselves. */
    @Test
    void whatIsRejectedHereIsLoadedByThoseWhoWaitElsewhere() {
        var full = cluster.node(options -> options.maxConcurrentLoads(1)
                .maxLoadWait(Duration.ofSeconds(2))
                .backoff(Duration.ofMinutes(1), Duration.ofMinutes(1)));
        Hold inLoader = new Hold();
        cluster.threads.start(() -> full.cache.get("single", key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        var batch = getAll(full, List.of("x"), source);
        Threads.until(
                () -> assertThat(full.cache.flights().loads.permits.inLine()).isOne());
        var elsewhere = cluster.threads.start(() -> b.cache.get("x", key -> "elsewhere"));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(3));
        elsewhere.awaitWaiting();
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(batch.failure()).isInstanceOf(LoadRejectedException.class);
        assertThat(elsewhere.value()).isEqualTo("elsewhere");
        inLoader.release();
        full.awaitRest();
        b.awaitRest();
        // Nor is the key left alone here.
        full.cache.invalidate("x");
        assertThat(full.cache.getAll(List.of("x"), source)).containsOnlyKeys("x");
    }

    // ---- loaders that use the cache -------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLoadInALoadNeedsNoPermitOfItsOwn(boolean impatient) {
        var node = cluster.node(options -> {
            options.maxConcurrentLoads(1);
            return impatient ? options.hardTimeout(Duration.ofSeconds(20)) : options;
        });
        var single = cluster.threads.start(() ->
                node.cache.get("outer", key -> node.cache.getAll(KEYS, source).toString()));
        assertThat(single.value()).isEqualTo("{x=vx, y=vy}");
        var batch = cluster.threads.start(() -> node.cache.getAll(
                List.of("more"),
                keys -> Map.of("more", node.cache.getAll(List.of("z"), source).toString())));
        assertThat(batch.value()).containsExactly(entry("more", "{z=vz}"));
        Threads.until(
                () -> assertThat(node.cache.flights().loads.permits.taken()).isZero());
    }

    @Test
    void aLoaderThatReadsOneOfItsKeysIsRefused() {
        var batch = cluster.threads.start(() ->
                a.cache.getAll(KEYS, keys -> Map.of("x", a.cache.get("y", key -> "never"))));
        assertThat(batch.failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining("'y'");
        a.awaitRest();
    }

    @Test
    void soIsOneThatReadsThemTogether() {
        var batch = cluster.threads.start(() -> a.cache.getAll(KEYS, keys -> a.cache.getAll(keys, source)));
        assertThat(batch.failure()).isInstanceOf(IllegalStateException.class);
        assertThat(source.runs).isEmpty();
        a.awaitRest();
    }

    @Test
    void soIsALoaderOfOneKeyThatReadsItTogetherWithOthers() {
        var single = cluster.threads.start(
                () -> a.cache.get("x", key -> a.cache.getAll(KEYS, source).toString()));
        assertThat(single.failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining("'x'");
        a.awaitRest();
    }

    // ---- time, interrupts and the end -----------------------------------------------------------------------------

    /** However the loader tells that it was interrupted. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInterruptOfItsThreadIsNobodyElsesFailure(boolean wrapped) {
        Hold inLoader = new Hold();
        var batch = cluster.threads.start(() -> a.cache.getAll(KEYS, keys -> {
            try {
                inLoader.arriveInterruptibly();
            } catch (InterruptedException e) {
                if (!wrapped) {
                    throw e;
                }
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted");
            }
            return Map.of();
        }));
        inLoader.awaitReached();
        AtomicInteger loads = new AtomicInteger();
        var here = cluster.threads.start(3, () -> a.cache.get("x", key -> "by " + loads.incrementAndGet()));
        var there = cluster.threads.start(() -> b.cache.get("y", key -> "there"));
        here.forEach(Threads.Call::awaitWaiting);
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(3));
        there.awaitWaiting();
        batch.thread().interrupt();
        assertThat(batch.failure())
                .isInstanceOf(wrapped ? IllegalStateException.class : LoadInterruptedException.class);
        assertThat(here).allSatisfy(call -> assertThat(call.value()).isEqualTo("by 1"));
        assertThat(there.value()).isEqualTo("there");
    }

    /** On a thread of the executor an InterruptedException is a failure like any other: it must not be tried for ever. */
    @Test
    void aLoaderOnTheExecutorThatWasInterruptedHasFailed() {
        var node = cluster.node(options -> options.hardTimeout(Duration.ofSeconds(20)));
        AtomicInteger runs = new AtomicInteger();
        var batch = cluster.threads.start(() -> node.cache.getAll(KEYS, keys -> {
            runs.incrementAndGet();
            throw new InterruptedException("of whatever the loader waits for");
        }));
        assertThat(batch.failure()).isInstanceOf(LoadInterruptedException.class);
        node.awaitRest();
        assertThat(runs).hasValue(1);
    }

    @Test
    void aLoadThatTakesTooLongIsInterruptedAndFreesItsKeys() {
        Hold never = source.holdNextRun();
        var batch = getAll(a, KEYS, source);
        never.awaitReached();
        var waiter = cluster.threads.start(() -> a.cache.get("y", key -> "never"));
        waiter.awaitWaiting();
        cluster.time.pass(TestCluster.DEADLINE);
        assertThat(batch.failure()).isInstanceOf(LoadTimeoutException.class);
        assertThat(waiter.failure()).isInstanceOf(LoadTimeoutException.class);
        a.awaitRest();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "x")).isNull();
        assertThat(a.cache.getAll(KEYS, source)).containsOnlyKeys("x", "y");
    }

    /** The interrupt was the cache's, so it is the cache's to take back. */
    @Test
    void theCallersThreadIsNotLeftInterrupted() {
        Hold inLoader = new Hold();
        var batch = cluster.threads.start(() -> {
            try {
                return a.cache.getAll(KEYS, keys -> {
                    try {
                        inLoader.arriveInterruptibly();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return Map.of();
                });
            } catch (LoadTimeoutException e) {
                return Map.of(
                        "interrupted", String.valueOf(Thread.currentThread().isInterrupted()));
            }
        });
        inLoader.awaitReached();
        cluster.time.pass(TestCluster.DEADLINE);
        assertThat(batch.value()).containsExactly(entry("interrupted", "false"));
    }

    /** The first deadline ends the run. To those of the other keys, too, that is a timeout. */
    @Test
    void aDeadlineOfOneKeyIsATimeoutOfAll() {
        Wire.Held claim = a.wire.holdReply("claim");
        Hold never = source.holdNextRun();
        var batch = getAll(a, KEYS, source);
        claim.awaitReached();
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        batch.awaitWaiting();
        cluster.time.pass(Duration.ofMillis(300)); // y has begun to count, x has not
        claim.release();
        never.awaitReached();
        var waiter = cluster.threads.start(() -> a.cache.get("x", key -> "never"));
        waiter.awaitWaiting();
        cluster.time.pass(TestCluster.DEADLINE.minusMillis(300));
        assertThat(waiter.failure()).isInstanceOf(LoadTimeoutException.class);
        assertThat(batch.failure()).isInstanceOf(LoadTimeoutException.class);
        a.awaitRest();
    }

    @Test
    void whoHasNoMorePatienceLeavesTheLoadToOthers() {
        var node = cluster.node(options -> options.hardTimeout(Duration.ofSeconds(2)));
        Hold inLoader = source.holdNextRun();
        var batch = getAll(node, KEYS, source);
        inLoader.awaitReached();
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(batch.failure()).isInstanceOf(LoadTimeoutException.class);
        assertThat(source.threads).doesNotContain(batch.thread());
        inLoader.release();
        node.awaitRest();
        assertThat(node.cache.getAll(KEYS, source)).containsOnlyKeys("x", "y");
        assertThat(source.runs).hasSize(1);
    }

    @Test
    void closingEndsItAndStoresNothing() {
        Hold inLoader = source.holdNextRun();
        var batch = getAll(a, KEYS, source);
        inLoader.awaitReached();
        var waiter = getAll(a, List.of("y"), source);
        waiter.awaitWaiting();
        a.cache.close();
        assertThat(waiter.failure()).isInstanceOf(CacheClosedException.class);
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "x")).isNull();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "y")).isNull();
        inLoader.release();
        Threads.until(() -> assertThat(batch.isDone()).isTrue());
        a.awaitRest();
        assertThat(cluster.remote("x")).isNull();
        assertThat(getAll(a, KEYS, source).failure()).isInstanceOf(CacheClosedException.class);
        assertThat(source.runs).hasSize(1);
    }

    // ---- L2 -------------------------------------------------------------------------------------------------------

    @Test
    void withoutL2EachNodeLoadsOnce() {
        cluster.server.failAll(true);
        for (TestCluster.Node node : List.of(a, b)) {
            assertThat(node.cache.getAll(KEYS, source)).containsOnlyKeys("x", "y");
            assertThat(node.cache.getAll(KEYS, source)).containsOnlyKeys("x", "y");
        }
        assertThat(source.runs).containsExactly(Set.of("x", "y"), Set.of("x", "y"));
    }

    /** Its commands one after the other share one remoteTimeout. */
    @Test
    void itsReadCountsAsTimeOfL2() {
        Wire.Held read = a.wire.holdReply("getAll");
        Wire.Held claim = a.wire.holdReply("claim");
        var batch = getAll(a, List.of("x"), source);
        read.awaitReached();
        cluster.time.pass(TestCluster.TIMEOUT.minusMillis(100));
        read.release();
        claim.awaitReached();
        cluster.time.pass(Duration.ofMillis(100));
        assertThat(batch.value()).containsExactly(entry("x", "vx"));
        claim.release();
    }

    /** The loader of another node is lost halfway. */
    @Test
    void keysWhoseHolderHasDiedAreGatheredOnceMore() {
        Hold never = source.holdNextRun();
        getAll(b, List.of("1", "2", "3", "4"), source);
        never.awaitReached();
        BulkSource second = new BulkSource("w");
        var heir = getAll(a, List.of("0", "1", "2", "3", "4"), second);
        Threads.until(() -> assertThat(second.runs).containsExactly(Set.of("0")));
        heir.awaitWaiting();
        b.wire.cut();
        b.machine.stop(true);
        Hold firstClaim = a.machine.holdBeforeStep(MissFlight.class, "claimed");
        cluster.time.pass(TestCluster.LEASE.plusMillis(10));
        firstClaim.awaitReached(); // the other three are in line behind it
        firstClaim.release();
        assertThat(heir.value()).hasSize(5).containsEntry("3", "w3");
        assertThat(second.runs).containsExactly(Set.of("0"), Set.of("1", "2", "3", "4"));
        never.release();
        b.wire.mend();
        b.machine.stop(false);
    }
}
