package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import io.stampede.spi.RemoteCutOffException;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteRefusedException;
import io.stampede.testing.InMemoryRemote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P10, KNOWN-BUGS 38, 39, 40: an L2 that has failed or become slow costs callers nothing, until it is well again. */
class RemoteBreakerTest {

    private static final String KEY = "key";
    private static final Duration SLOW = TestCluster.TIMEOUT.dividedBy(2).plusMillis(1);
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final List<String> OPERATIONS = List.of(
            "get",
            "getAll",
            "claim",
            "renew",
            "publish",
            "release",
            "put",
            "invalidate",
            "expire",
            "clear",
            "tag",
            "invalidateTag");

    private final TestCluster cluster = new TestCluster();
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        cluster.close();
    }

    private String count(String key) {
        return key + runs.incrementAndGet();
    }

    private static boolean isOpen(TestCluster.Node node) {
        return !remote(node).gate.isOpenToCallers();
    }

    private static Remote<?> remote(TestCluster.Node node) {
        return Objects.requireNonNull(node.cache.flights().remote);
    }

    /** What callers have asked of L2, all nodes together. */
    private long asked() {
        return OPERATIONS.stream().mapToLong(cluster.server::count).sum();
    }

    private long beats() {
        return cluster.server.count("generation");
    }

    /** From now on, what these operations ask is answered after a while. */
    private void slowDown(Duration by, List<String> operations) {
        cluster.server.intercept(new InMemoryRemote.Interceptor() {
            @Override
            public void before(RemoteNamespace asker, String operation, String key) {
                if (operations.contains(operation)) {
                    cluster.time.pass(by);
                }
            }
        });
    }

    private void failBeats(int... numbers) {
        AtomicInteger number = new AtomicInteger();
        cluster.server.intercept(new InMemoryRemote.Interceptor() {
            @Override
            public void before(RemoteNamespace asker, String operation, String key) {
                if (operation.equals("generation")) {
                    int now = number.incrementAndGet();
                    for (int failing : numbers) {
                        if (failing == now) {
                            throw new IllegalStateException("this one fails");
                        }
                    }
                }
            }
        });
    }

    private void healthyAgain() {
        cluster.server.intercept(new InMemoryRemote.Interceptor() {});
        cluster.server.failAll(false);
    }

    /** A node whose breaker is open, because L2 fails. */
    private TestCluster.Node nodeWithOpenBreaker() {
        var a = cluster.node();
        open(a);
        return a;
    }

    private void open(TestCluster.Node a) {
        cluster.server.failAll(true);
        for (int i = 0; i < 20; i++) {
            a.cache.getIfPresent("opening" + i);
        }
        assertThat(isOpen(a)).isTrue();
        assertThat(a.cache.isTroubled()).isTrue();
    }

    /** The fault table's split brain: an old primary whose replicas have gone to a new one. */
    @Test
    void aStoreThatSaysItMayHaveBeenReplacedIsNotBelieved() {
        var a = cluster.node();
        var b = cluster.node();
        b.cache.put(KEY, "old");
        cluster.server.intercept(new InMemoryRemote.Interceptor() {
            @Override
            public void before(RemoteNamespace asker, String operation, String key) {
                if (!operation.startsWith("get")) {
                    throw new RemoteCutOffException("no replicas", new IllegalStateException());
                }
            }
        });
        cluster.time.pass(TestCluster.SUSPECT_AFTER.dividedBy(3).plusSeconds(1));
        assertThat(isOpen(a)).isTrue();
        assertThat(a.cache.get(KEY, key -> "new")).isEqualTo("new");
        healthyAgain();
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(isOpen(a)).isFalse();
    }

    // ---- what opens it --------------------------------------------------------------------------------------------

    @Test
    void itOpensOnFailuresButNotBeforeTenCalls() {
        var a = cluster.node();
        long before = beats();
        cluster.server.failAll(true);
        for (int i = 0; before + asked() < 10; i++) {
            assertThat(isOpen(a)).as("after %s calls", before + asked()).isFalse();
            a.cache.getIfPresent("key" + i);
        }
        assertThat(isOpen(a)).isTrue();
        assertThat(a.cache.isTroubled()).isTrue();
    }

    @Test
    void itOpensWhenHalfOfTheCallsAreSlowThoughAllSucceed() {
        var a = cluster.node();
        slowDown(SLOW, List.of("get"));
        for (int i = 0; i < 10; i++) {
            a.cache.getIfPresent("key" + i);
        }
        assertThat(isOpen(a)).isTrue();
        assertThat(a.cache.isTroubled()).as("an open breaker is trouble").isTrue();
    }

    @Test
    void callsThatTakeHalfOfTheTimeoutAreNotSlow() {
        var a = cluster.node();
        slowDown(SLOW.minusMillis(1), List.of("get"));
        for (int i = 0; i < 40; i++) {
            a.cache.getIfPresent("key" + i);
        }
        assertThat(isOpen(a)).isFalse();
        assertThat(a.cache.isTroubled()).isFalse();
    }

    @Test
    void itOpensOnAnswersThatDoNotCome() {
        var a = cluster.node();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            a.wire.holdReply("get");
            calls.add(a.cache.getAsync("key" + i, key -> CompletableFuture.completedFuture(key)));
        }
        cluster.time.pass(TestCluster.TIMEOUT.minusMillis(1));
        assertThat(isOpen(a)).isFalse();
        cluster.server.failAll(true);
        cluster.time.pass(Duration.ofMillis(1));
        assertThat(isOpen(a)).isTrue();
        calls.forEach(call -> assertThat(Threads.value(call)).startsWith("key"));
    }

    /** A call that has spent its time in line, or on the question before, is given up soon after it was sent. */
    @Test
    void thatAnAnswerDoesNotComeInTheLittleTimeLeftSaysNothing() {
        ManualTime.Node machine = cluster.time.node(Duration.ZERO);
        RemoteBreaker breaker = new RemoteBreaker("tests", machine, TestCluster.TIMEOUT.toNanos());
        long little = TestCluster.TIMEOUT.dividedBy(2).minusNanos(1).toNanos();
        cluster.time.pass(TestCluster.TIMEOUT);
        for (int i = 0; i < 40; i++) {
            breaker.unanswered(machine.nanoTime() - little, new IllegalStateException("silence"), false);
        }
        assertThat(breaker.isClosed()).isTrue();
        for (int i = 0; i < 10; i++) {
            assertThat(breaker.isClosed()).isTrue();
            breaker.unanswered(machine.nanoTime() - little - 1, new IllegalStateException("silence"), false);
        }
        assertThat(breaker.isClosed()).isFalse();
    }

    /** KNOWN-BUGS 38 */
    @Test
    void aSlowLoaderOpensNothing() {
        var a = cluster.node(options -> options.loaderDeadline(Duration.ofHours(2)));
        for (int i = 0; i < 25; i++) {
            a.cache.get("key" + i, key -> {
                cluster.time.pass(Duration.ofHours(1));
                return "value";
            });
            a.awaitRest();
            assertThat(isOpen(a)).isFalse();
        }
        assertThat(cluster.server.count("publish")).isEqualTo(25);
        assertThat(a.cache.isTroubled()).isFalse();
    }

    /** An L2 that is full, say, answers at once: that costs nobody anything. */
    @Test
    void refusalsOpenNothing() {
        var a = cluster.node();
        cluster.server.intercept(new InMemoryRemote.Interceptor() {
            @Override
            public void before(RemoteNamespace asker, String operation, String key) {
                if (!operation.equals("generation")) {
                    throw new RemoteRefusedException("out of memory", new IllegalStateException());
                }
            }
        });
        for (int i = 0; i < 50; i++) {
            assertThat(a.cache.get("key" + i, this::count)).startsWith("key");
            assertThat(a.cache.put("key" + i, "put")).isEqualTo(WriteResult.QUEUED);
        }
        assertThat(isOpen(a)).isFalse();
    }

    // ---- while it is open -----------------------------------------------------------------------------------------

    /** No virtual time passes: a caller who waited would wait for ever. */
    @Test
    void whileItIsOpenNoCallReachesTheStoreAndNobodyWaits() {
        var a = cluster.node();
        a.cache.put("held", "value");
        open(a);
        long asked = asked();
        for (int i = 0; i < 30; i++) {
            String key = "key" + i;
            String other = "all" + i;
            assertThat(a.cache.get("held", this::count)).isEqualTo("value");
            assertThat(a.cache.get(key, any -> "loaded")).isEqualTo("loaded");
            assertThat(a.cache.getIfPresent("nothing" + i)).isNull();
            assertThat(Threads.value(a.cache.getAsync("async" + i, any -> CompletableFuture.completedFuture("loaded"))))
                    .isEqualTo("loaded");
            assertThat(a.cache.getAll(List.of(other, key), keys -> Map.of(other, "loaded")))
                    .isEqualTo(Map.of(other, "loaded", key, "loaded"));
            assertThat(a.cache.put(key, "put")).isEqualTo(WriteResult.QUEUED);
            assertThat(a.cache.get(key, this::count)).isEqualTo("put");
            assertThat(a.cache.invalidate(key)).isEqualTo(WriteResult.QUEUED);
            assertThat(a.cache.getIfPresent(key)).isNull();
            assertThat(a.cache.expire("held" + i)).isEqualTo(WriteResult.QUEUED);
            assertThat(a.cache.invalidateByTag("tag" + i)).isEqualTo(WriteResult.QUEUED);
        }
        assertThat(a.cache.clear()).isEqualTo(WriteResult.QUEUED);
        assertThat(asked()).isEqualTo(asked);
        assertThat(runs).hasValue(0);
        assertThat(isOpen(a) && a.cache.isTroubled()).isTrue();
    }

    @Test
    void itStaysOpenForAsLongAsTheStoreFails() {
        var a = nodeWithOpenBreaker();
        long asked = asked();
        for (int i = 0; i < 60; i++) {
            cluster.time.pass(Duration.ofMinutes(1));
            assertThat(isOpen(a) && a.cache.isTroubled()).isTrue();
            assertThat(a.cache.get(KEY, this::count)).startsWith(KEY);
        }
        assertThat(asked()).isEqualTo(asked);
    }

    /** KNOWN-BUGS 39: L2 fails while the loader runs. */
    @Test
    void theLoaderIsNotRunAgainWhenItOpensAfterAGoodLoad() {
        var a = cluster.node();
        assertThat(a.cache.get(KEY, key -> {
                    open(a);
                    return count(key);
                }))
                .isEqualTo("key1");
        cluster.passUntil(
                Duration.ofMillis(30), () -> assertThat(a.cache.busyKeys()).isEmpty());
        Result<String> read = a.cache.getResult(KEY, this::count);
        assertThat(read.value()).isEqualTo("key1");
        assertThat(read.source()).isEqualTo(Source.SUSPECT);
        assertThat(runs).hasValue(1);
    }

    // ---- what closes it -------------------------------------------------------------------------------------------

    @Test
    void threeHeartbeatsInARowCloseItAndNobodyElseIsAProbe() {
        var a = nodeWithOpenBreaker();
        healthyAgain();
        long asked = asked();
        long beats = beats();
        Wire.Held third = null;
        for (int i = 0; i < 3; i++) {
            third = a.wire.holdReply("generation");
            if (i < 2) {
                third.release();
            }
        }
        cluster.time.pass(RETRY);
        assertThat(beats()).isEqualTo(beats + 3);
        List<Threads.Call<String>> calls = cluster.threads.start(16, () -> a.cache.get(KEY, this::count));
        calls.forEach(call -> assertThat(call.value()).isEqualTo("key1"));
        assertThat(a.cache.put("put", "value")).isEqualTo(WriteResult.QUEUED);
        assertThat(isOpen(a)).as("two have gone well").isTrue();
        assertThat(asked()).isEqualTo(asked);
        Objects.requireNonNull(third).release();
        assertThat(isOpen(a)).isFalse();
        assertThat(a.cache.put("other", "value")).isEqualTo(WriteResult.EVERYWHERE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aProbeThatFailsOpensItAgain(int failing) {
        var a = nodeWithOpenBreaker();
        healthyAgain();
        failBeats(failing);
        long beats = beats();
        cluster.time.pass(RETRY);
        assertThat(isOpen(a) && a.cache.isTroubled()).isTrue();
        assertThat(beats()).as("not those that fail on the way").isEqualTo(beats + failing - 1);
        cluster.time.pass(Duration.ofSeconds(1));
        assertThat(isOpen(a) || a.cache.isTroubled()).isFalse();
        assertThat(beats()).as("three in a row").isEqualTo(beats + failing - 1 + 3);
    }

    @Test
    void whileTheStoreIsStillSlowItStaysOpen() {
        var a = nodeWithOpenBreaker();
        healthyAgain();
        slowDown(SLOW, List.of("generation"));
        long asked = asked();
        for (int i = 0; i < 20; i++) {
            cluster.time.pass(Duration.ofSeconds(10));
            assertThat(isOpen(a) && a.cache.isTroubled()).isTrue();
            assertThat(a.cache.get(KEY, this::count)).isEqualTo("key1");
        }
        assertThat(asked()).isEqualTo(asked);
        healthyAgain();
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(isOpen(a) || a.cache.isTroubled()).isFalse();
    }

    @Test
    void onceItIsClosedTheStoreIsUsedAgainByReadsAndWrites() {
        var a = nodeWithOpenBreaker();
        var b = cluster.node();
        a.cache.put(KEY, "away");
        healthyAgain();
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(isOpen(a) || a.cache.isTroubled()).isFalse();
        assertThat(a.cache.put("put", "value")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(b.cache.getIfPresent("put")).isEqualTo("value");
        long gets = cluster.server.count("get");
        assertThat(a.cache.get("loaded", this::count)).isEqualTo("loaded1");
        a.awaitRest();
        assertThat(cluster.server.count("get")).isEqualTo(gets + 1);
        assertThat(b.cache.get("loaded", this::count)).isEqualTo("loaded1");
    }

    /** Calls that had been sent while L2 hung time out when it is well again: that is news from before. */
    @Test
    void whatWasSentBeforeItClosedDoesNotOpenItAgain() {
        var a = cluster.node();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            a.wire.holdReply("get"); // never let go
            calls.add(a.cache.getAsync("key" + i, CompletableFuture::completedFuture));
        }
        cluster.server.failAll(true);
        for (int i = 0; i < 20; i++) {
            a.cache.put("opening" + i, "value");
        }
        assertThat(isOpen(a)).isTrue();
        a.cache.clear(); // which takes with it what waits for those puts
        cluster.time.pass(Duration.ofMillis(50));
        healthyAgain();
        cluster.time.pass(Duration.ofMillis(100));
        assertThat(isOpen(a)).isFalse();
        assertThat(calls).noneMatch(CompletableFuture::isDone);
        cluster.time.pass(TestCluster.TIMEOUT);
        calls.forEach(call -> assertThat(Threads.value(call)).startsWith("key"));
        assertThat(isOpen(a)).isFalse();
        cluster.time.pass(Duration.ofSeconds(1));
        assertThat(a.cache.isTroubled()).isFalse();
    }

    /** Its owner can rely on that: in trouble nobody waits for another node's lease. */
    @Test
    void anOpenBreakerIsAlwaysTrouble() {
        var a = cluster.node();
        slowDown(SLOW, List.of("get", "put", "invalidate", "generation"));
        for (int i = 0; i < 200; i++) {
            switch (i % 4) {
                case 0 -> a.cache.getIfPresent("key" + i);
                case 1 -> a.cache.put("key" + i, "value");
                case 2 -> a.cache.invalidate("key" + i);
                default -> cluster.time.pass(Duration.ofSeconds(i % 7));
            }
            if (isOpen(a)) {
                assertThat(a.cache.isTroubled()).as("step %s", i).isTrue();
            }
            if (i % 60 == 59) {
                healthyAgain();
                cluster.time.pass(Duration.ofSeconds(2));
                assertThat(isOpen(a) || a.cache.isTroubled()).isFalse();
                slowDown(SLOW, List.of("get", "put", "invalidate", "generation"));
            }
        }
    }
}
