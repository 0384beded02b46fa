package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P1, P2: many callers, one load. KNOWN-BUGS 15, 19, 20, 21, 25 */
class SingleFlightTest {

    private static final String KEY = "key";
    private static final int CALLERS = 64;

    private final TestCluster cluster = new TestCluster();
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        cluster.close();
    }

    private String count(String key) {
        return key + runs.incrementAndGet();
    }

    /** Starts that many calls at once and waits for their values. */
    private <T> Set<T> together(int count, Callable<T> call) {
        CyclicBarrier barrier = new CyclicBarrier(count);
        List<Threads.Call<T>> calls = cluster.threads.start(count, () -> {
            barrier.await(20, TimeUnit.SECONDS);
            return call.call();
        });
        Set<T> values = new HashSet<>();
        calls.forEach(each -> values.add(each.value()));
        return values;
    }

    /** A key at which something happens in the middle of the step that begins its flight. */
    private static final class HookedKey {

        private @Nullable Runnable hook;

        @Override
        public int hashCode() {
            Runnable now = hook;
            if (now != null && isInTheStepThatBegins()) {
                hook = null;
                now.run();
            }
            return 1;
        }

        private static boolean isInTheStepThatBegins() {
            return StackWalker.getInstance()
                    .walk(frames ->
                            frames.map(StackWalker.StackFrame::getMethodName).anyMatch("usable"::equals));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }
    }

    /** Until that step has ended nobody finds the flight, who looks for what a clear has to end. */
    @Test
    void aFlightThatBeginsJustAsTheCacheIsClearedLoadsAfterTheClear() {
        try (StampedeCache<HookedKey, String> cache = StampedeCache.<HookedKey, String>builder("hooked")
                .ttl(Duration.ofMinutes(1))
                .build()) {
            HookedKey key = new HookedKey();
            key.hook = () -> cluster.threads.start(cache::clear).value();
            assertThat(cache.get(key, each -> count("loaded"))).isEqualTo("loaded1");
            assertThat(key.hook).as("cleared meanwhile").isNull();
            assertThat(cache.get(key, each -> count("loaded"))).isEqualTo("loaded1");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void allWhoAskAtOnceGetTheOneValue(int nodeCount) {
        List<TestCluster.Node> nodes = new ArrayList<>();
        for (int i = 0; i < nodeCount; i++) {
            nodes.add(cluster.node());
        }
        for (int round = 1; round <= 30; round++) {
            String key = "key" + round + "-";
            AtomicInteger next = new AtomicInteger();
            Set<String> values = together(
                    CALLERS,
                    () -> nodes.get(next.getAndIncrement() % nodeCount).cache.get(key, this::count));
            assertThat(values).containsExactly(key + round);
            assertThat(runs).hasValue(round);
        }
    }

    @Test
    void theSameWithoutARemoteTier() {
        try (var cache = StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .build()) {
            assertThat(together(CALLERS, () -> cache.get(KEY, this::count))).containsExactly("key1");
        }
    }

    @Test
    void blockingAndAsynchronousCallersShareALoad() {
        var node = cluster.node();
        Hold inLoader = new Hold();
        var blocking = cluster.threads.start(() -> node.cache.get(KEY, key -> {
            inLoader.arriveInterruptibly();
            return count(key);
        }));
        inLoader.awaitReached();
        var async = node.cache.getAsync(KEY, key -> CompletableFuture.completedFuture(count(key)));
        assertThat(async).isNotDone();
        inLoader.release();
        assertThat(blocking.value()).isSameAs(Threads.value(async)); // KNOWN-BUGS 15
        assertThat(runs).hasValue(1);
    }

    @Test
    void allWhoWaitShareNull() {
        var node = cluster.node();
        Hold inLoader = new Hold();
        Loader<String, String> nothing = key -> {
            runs.incrementAndGet();
            inLoader.arriveInterruptibly();
            return null;
        };
        var calls = new ArrayList<>(cluster.threads.start(1, () -> node.cache.get(KEY, nothing)));
        inLoader.awaitReached();
        calls.addAll(cluster.threads.start(16, () -> node.cache.get(KEY, nothing)));
        calls.forEach(Threads.Call::awaitWaiting);
        inLoader.release();
        assertThat(calls).allSatisfy(call -> assertThat(call.value()).isNull());
        assertThat(runs).hasValue(1);
    }

    /** KNOWN-BUGS 19: from the moment the loader has returned somebody can be given its value. */
    @ParameterizedTest
    @ValueSource(strings = {"publish request", "publish reply", "land"})
    void betweenTheLoadAndL1NobodyLoadsAgain(String where) {
        var node = cluster.node();
        Runnable reached;
        Runnable release;
        if (where.equals("land")) {
            Hold hold = node.machine.holdBeforeStep(MissFlight.class, "land");
            reached = hold::awaitReached;
            release = hold::release;
        } else {
            Wire.Held held =
                    where.endsWith("request") ? node.wire.holdRequest("publish") : node.wire.holdReply("publish");
            reached = held::awaitReached;
            release = held::release;
        }
        assertThat(node.cache.get(KEY, this::count)).isEqualTo("key1");
        reached.run();
        assertThat(node.cache.get(KEY, this::count)).isEqualTo("key1");
        assertThat(node.cache.getIfPresent(KEY)).isEqualTo("key1");
        release.run();
        node.awaitRest();
        assertThat(node.local(KEY)).isEqualTo("key1");
        assertThat(runs).hasValue(1);
    }

    /** KNOWN-BUGS 20: who has missed L1 before a flight landed looks again before it starts another. */
    @Test
    void aMissFromBeforeTheFlightEndedFindsItsValue() {
        var node = cluster.node();
        Hold missed = node.machine.holdBeforeStep(Flights.class, "enter");
        var late = cluster.threads.start(() -> node.cache.get(KEY, this::count));
        missed.awaitReached();
        assertThat(node.cache.get(KEY, this::count)).isEqualTo("key1");
        node.awaitRest();
        long commands = cluster.server.count("get") + cluster.server.count("claim");
        missed.release();
        assertThat(late.value()).isEqualTo("key1");
        assertThat(runs).hasValue(1);
        assertThat(cluster.server.count("get") + cluster.server.count("claim")).isEqualTo(commands);
    }

    /** KNOWN-BUGS 21 */
    @Test
    void nothingIsKeptOfKeysThatAreDone() {
        var node = cluster.node(options -> options.maximumSize(10));
        for (int i = 0; i < 300; i++) {
            String key = "key" + i;
            switch (i % 6) {
                case 0 -> node.cache.get(key, this::count);
                case 1 ->
                    Threads.failure(node.cache.getAsync(key, any -> {
                        throw new IllegalStateException("fails");
                    }));
                case 2 -> node.cache.get(key, any -> null);
                case 3 -> node.cache.put(key, "put");
                case 4 -> node.cache.getIfPresent(key);
                default -> node.cache.invalidate(key);
            }
        }
        node.awaitRest();
        node.awaitAnswers();
        cluster.time.pass(TestCluster.TIMEOUT);
        // KNOWN-BUGS 46: only the heartbeat
        Threads.until(() -> assertThat(cluster.time.timersSet()).isEqualTo(1));
    }

    /** KNOWN-BUGS 25 */
    @Test
    void aTinyTtlDoesNotMakeTwoFlights() {
        var node = cluster.node(options -> options.ttl(Duration.ofMillis(1)));
        Hold inLoader = new Hold();
        Loader<String, String> loader = key -> {
            inLoader.arriveInterruptibly();
            return count(key);
        };
        var first = cluster.threads.start(() -> node.cache.get(KEY, loader));
        inLoader.awaitReached();
        var others = cluster.threads.start(8, () -> node.cache.get(KEY, loader));
        others.forEach(Threads.Call::awaitWaiting);
        cluster.time.pass(Duration.ofMillis(50)); // many ttls while it loads
        inLoader.release();
        assertThat(first.value()).isEqualTo("key1");
        assertThat(others).allSatisfy(other -> assertThat(other.value()).isEqualTo("key1"));
        assertThat(runs).hasValue(1);
    }

    /** P9 with P1: a value whose ttl has passed while it was being published is not handed to later callers. */
    @Test
    void aValueThatGotStaleWhileItWasPublishedIsNotServed() {
        var node = cluster.node(options -> options.ttl(Duration.ofMillis(1)));
        Wire.Held publish = node.wire.holdReply("publish");
        assertThat(node.cache.get(KEY, this::count)).isEqualTo("key1");
        publish.awaitReached();
        cluster.time.pass(Duration.ofMillis(2));
        assertThat(node.cache.get(KEY, this::count)).isEqualTo("key2");
        publish.release();
        node.awaitRest();
    }

    /**
     * P2: a lease of this node's own is no reason to wait for a push: its own publish tells nobody here. (A clear has
     * ended the flight; its value is still on its way to L2 when the next caller comes.)
     */
    @Test
    void aNodeDoesNotWaitForItsOwnPublish() {
        var node = cluster.node();
        Wire.Held publish = node.wire.holdRequest("publish");
        assertThat(node.cache.get(KEY, this::count)).isEqualTo("key1");
        publish.awaitReached();
        node.cache.clear();
        var next = cluster.threads.start(() -> node.cache.get(KEY, this::count));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        publish.release();
        assertThat(next.value()).isEqualTo("key2"); // and no clock has moved
    }
}
