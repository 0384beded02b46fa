package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P10: no more than {@code maxConcurrentRemoteCalls} questions of a cache are open at L2; the others stand in line. */
class RemoteCallsTest {

    private static final int MOST = 3;

    private final TestCluster cluster = new TestCluster();
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node(int most) {
        return cluster.node(options -> options.maxConcurrentRemoteCalls(most));
    }

    private CompletableFuture<String> ask(TestCluster.Node node, String key) {
        return node.cache.getAsync(key, any -> {
            runs.incrementAndGet();
            return CompletableFuture.completedFuture(any);
        });
    }

    private static List<Wire.Held> hold(TestCluster.Node node, int count, String operation) {
        List<Wire.Held> held = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            held.add(node.wire.holdReply(operation));
        }
        return held;
    }

    private void awaitGets(long count) {
        Threads.until(() -> assertThat(cluster.server.count("get")).isEqualTo(count));
    }

    @Test
    void thoseInLineGetTheirAnswerInTurnAndEachKeyIsLoadedOnce() {
        var a = node(MOST);
        List<Wire.Held> held = hold(a, 12, "get");
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            calls.add(ask(a, "key" + i));
            calls.add(ask(a, "key" + i));
        }
        for (int round = 1; round <= 4; round++) {
            awaitGets(MOST * round);
            assertThat(runs).hasValueLessThanOrEqualTo(MOST * (round - 1));
            held.subList(MOST * (round - 1), MOST * round).forEach(Wire.Held::release);
        }
        calls.forEach(call -> assertThat(Threads.value(call)).startsWith("key"));
        a.awaitRest();
        assertThat(runs).hasValue(12);
        assertThat(cluster.server.count("publish")).isEqualTo(12);
        assertThat(a.cache.isTroubled()).isFalse();
    }

    /** Writes are bounded by their callers, what ends a load by the loads: they can't be made to wait by questions. */
    @Test
    void writesAndTheHeartbeatDoNotStandInLine() {
        var a = node(1);
        hold(a, 1, "get"); // never let go
        var call = ask(a, "key");
        awaitGets(1);
        assertThat(a.cache.put("put", "value")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(a.cache.invalidate("put")).isEqualTo(WriteResult.EVERYWHERE);
        long beats = cluster.server.count("generation");
        cluster.time.pass(TestCluster.SUSPECT_AFTER.dividedBy(3));
        assertThat(cluster.server.count("generation")).isGreaterThan(beats);
        assertThat(Threads.value(call)).isEqualTo("key");
    }

    @Test
    void theTimeInLineIsAPartOfTheTimeout() {
        var a = node(1);
        hold(a, 1, "get"); // never let go; the second is answered at once
        hold(a, 1, "claim"); // never let go
        var first = ask(a, "first");
        cluster.time.pass(Duration.ofMillis(200));
        var second = ask(a, "second");
        cluster.time.pass(TestCluster.TIMEOUT.minusMillis(200));
        assertThat(Threads.value(first)).isEqualTo("first");
        Threads.until(() -> assertThat(cluster.server.count("claim")).isOne());
        cluster.time.pass(Duration.ofMillis(199)); // it has stood in line for 300 ms
        assertThat(second).isNotDone();
        assertThat(runs).hasValue(1);
        cluster.time.pass(Duration.ofMillis(1));
        assertThat(Threads.value(second)).isEqualTo("second");
        assertThat(runs).hasValue(2);
    }

    @Test
    void whoStandsInLineForTooLongGoesOnWithoutTheStore() {
        var a = node(1);
        hold(a, 1, "get"); // never let go
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            calls.add(ask(a, "key" + i));
        }
        cluster.time.pass(TestCluster.TIMEOUT);
        calls.forEach(call -> assertThat(Threads.value(call)).startsWith("key"));
        assertThat(runs).hasValue(40);
        assertThat(a.cache.flights().remote.gate.isOpenToCallers())
                .as("what was not sent says nothing about L2")
                .isTrue();
    }

    @Test
    void aStoreThatHangsKeepsNoPlaces() {
        var a = node(MOST);
        List<Wire.Held> held = hold(a, MOST, "get");
        List<CompletableFuture<String>> hung = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            hung.add(ask(a, "hung" + i));
        }
        cluster.time.pass(TestCluster.TIMEOUT);
        hung.forEach(call -> assertThat(Threads.value(call)).startsWith("hung"));
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(a.cache.isTroubled()).isFalse();
        long gets = cluster.server.count("get");
        List<Wire.Held> now = hold(a, MOST, "get");
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            calls.add(ask(a, "well" + i));
        }
        awaitGets(gets + MOST);
        held.forEach(Wire.Held::release); // answers so late give nothing back that was not theirs
        for (int i = 0; i < MOST; i++) {
            calls.add(ask(a, "next" + i));
        }
        assertThat(cluster.server.count("get")).isEqualTo(gets + MOST);
        now.forEach(Wire.Held::release);
        calls.forEach(call -> assertThat(Threads.value(call)).isNotNull());
        a.awaitRest();
        assertThat(cluster.server.count("get")).isEqualTo(gets + 2 * MOST);
        assertThat(runs).hasValue(3 * MOST);
    }

    @Test
    void norDoesOneThatHangsAfterItsTimeInLine() {
        var a = node(1);
        hold(a, 2, "get"); // never let go
        var first = ask(a, "first");
        cluster.time.pass(Duration.ofMillis(200));
        var second = ask(a, "second");
        cluster.time.pass(Duration.ofMillis(300));
        assertThat(Threads.value(first)).isEqualTo("first");
        awaitGets(2);
        cluster.time.pass(Duration.ofMillis(200));
        assertThat(Threads.value(second)).isEqualTo("second");
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(Threads.value(ask(a, "third"))).isEqualTo("third");
        a.awaitRest();
        assertThat(cluster.remote("third")).isEqualTo("third");
    }

    @Test
    void aStoreThatFailsKeepsNoPlaces() {
        var a = node(1);
        cluster.server.failAll(true);
        for (int i = 0; i < 5; i++) {
            assertThat(Threads.value(ask(a, "failed" + i))).startsWith("failed");
        }
        cluster.server.failAll(false);
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(Threads.value(ask(a, "key"))).isEqualTo("key");
        a.awaitRest();
        assertThat(cluster.remote("key")).isEqualTo("key");
    }
}
