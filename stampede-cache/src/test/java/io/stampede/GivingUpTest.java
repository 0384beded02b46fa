package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P13, KNOWN-BUGS 14: who gives up harms nobody. */
class GivingUpTest {

    private static final String KEY = "key";
    private static final int WAITERS = 50;

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final AtomicInteger runs = new AtomicInteger();
    private final Hold inLoader = new Hold();

    @AfterEach
    void close() {
        cluster.close();
    }

    private String slow(String key) throws InterruptedException {
        int run = runs.incrementAndGet();
        inLoader.arriveInterruptibly();
        return key + run;
    }

    @Test
    void anInterruptedWaiterHarmsNobody() {
        var leader = cluster.threads.start(() -> a.cache.get(KEY, this::slow));
        inLoader.awaitReached();
        List<Threads.Call<String>> waiters = cluster.threads.start(WAITERS, () -> a.cache.get(KEY, this::slow));
        waiters.forEach(Threads.Call::awaitWaiting);
        var quitter = waiters.remove(17);
        quitter.thread().interrupt();
        assertThat(quitter.failure())
                .isInstanceOf(LoadInterruptedException.class)
                .hasMessageContaining(KEY);
        inLoader.release();
        assertThat(leader.value()).isEqualTo("key1");
        assertThat(waiters).allSatisfy(waiter -> assertThat(waiter.value()).isEqualTo("key1"));
        assertThat(runs).hasValue(1);
    }

    @Test
    void anInterruptedWaiterKeepsItsInterrupt() {
        var leader = cluster.threads.start(() -> a.cache.get(KEY, this::slow));
        inLoader.awaitReached();
        AtomicBoolean flag = new AtomicBoolean();
        var waiter = cluster.threads.start(() -> {
            try {
                return a.cache.get(KEY, this::slow);
            } finally {
                flag.set(Thread.currentThread().isInterrupted());
            }
        });
        waiter.awaitWaiting();
        waiter.thread().interrupt();
        assertThat(waiter.failure()).isInstanceOf(LoadInterruptedException.class);
        assertThat(flag).isTrue();
        inLoader.release();
        leader.value();
    }

    @Test
    void cancelledCompletedAndTimedOutFuturesHarmNobody() {
        CompletableFuture<String> source = new CompletableFuture<>();
        List<CompletableFuture<String>> futures = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            futures.add(a.cache.getAsync(KEY, key -> {
                runs.incrementAndGet();
                return source;
            }));
        }
        Threads.until(() -> assertThat(runs).hasValue(1));
        futures.remove(30).cancel(true);
        futures.remove(20).complete("somebody's own");
        futures.remove(10).completeExceptionally(new IllegalStateException("somebody's own"));
        CompletableFuture<String> timedOut = futures.remove(5).orTimeout(1, TimeUnit.MILLISECONDS);
        assertThat(Threads.failure(timedOut)).isInstanceOf(java.util.concurrent.TimeoutException.class);
        futures.remove(0).cancel(true); // the one whose loader runs
        assertThat(source).isNotDone();
        source.complete("value");
        assertThat(futures)
                .hasSize(WAITERS - 5)
                .allSatisfy(future -> assertThat(Threads.value(future)).isEqualTo("value"));
        assertThat(runs).hasValue(1);
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("value");
    }

    @Test
    void whenTheLoadingThreadIsInterruptedAWaiterTakesOverFlightAndLease() {
        var b = cluster.node();
        var leader = cluster.threads.start(() -> a.cache.get(KEY, this::slow));
        inLoader.awaitReached();
        var lease = cluster.server.leaseOf(TestCluster.NAME, KEY);
        Hold second = new Hold();
        List<Threads.Call<String>> waiters = cluster.threads.start(
                WAITERS,
                () -> a.cache.get(KEY, key -> {
                    second.arriveInterruptibly();
                    return "second" + runs.incrementAndGet();
                }));
        waiters.forEach(Threads.Call::awaitWaiting);
        var elsewhere = cluster.threads.start(() -> b.cache.get(KEY, this::slow));
        elsewhere.awaitWaiting();
        leader.thread().interrupt();
        assertThat(leader.failure()).isInstanceOf(LoadInterruptedException.class);
        second.awaitReached();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isEqualTo(lease);
        second.release();
        assertThat(waiters).allSatisfy(waiter -> assertThat(waiter.value()).isEqualTo("second2"));
        assertThat(elsewhere.value()).isEqualTo("second2");
        assertThat(runs).hasValue(2);
        assertThat(cluster.server.count("claim")).isEqualTo(2); // one of each node
    }

    @Test
    void whenTheOnlyCallerIsInterruptedTheKeyIsFree() {
        var leader = cluster.threads.start(() -> a.cache.get(KEY, this::slow));
        inLoader.awaitReached();
        var b = cluster.node();
        var elsewhere = cluster.threads.start(() -> b.cache.get(KEY, key -> "b" + runs.incrementAndGet()));
        elsewhere.awaitWaiting();
        leader.thread().interrupt();
        leader.failure();
        assertThat(elsewhere.value()).isEqualTo("b2"); // without a clock that moves: it was told
        a.awaitRest();
    }

    @Test
    void aLoaderThatAnswersItsInterruptWithAnotherExceptionHandsOverToo() {
        CountDownLatch never = new CountDownLatch(1);
        var leader = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("as JDBC drivers do", e);
            }
            return "never";
        }));
        inLoader.awaitReached();
        var waiter = cluster.threads.start(() -> a.cache.get(KEY, key -> "second"));
        waiter.awaitWaiting();
        inLoader.release();
        leader.thread().interrupt();
        assertThat(leader.failure()).hasMessage("as JDBC drivers do");
        assertThat(waiter.value()).isEqualTo("second");
    }

    /** A caller that comes interrupted still gets a value that needs no waiting. */
    @Test
    void anInterruptFromBeforeTheCallDoesNotKeepAValueFromIt() {
        a.cache.put(KEY, "value");
        var call = cluster.threads.start(() -> {
            Thread.currentThread().interrupt();
            return a.cache.getIfPresent(KEY) + Thread.currentThread().isInterrupted();
        });
        assertThat(call.value()).isEqualTo("valuetrue");
    }

    /** A write is never half done: an interrupt waits until it has ended. */
    @Test
    void anInterruptDoesNotCutAWriteShort() {
        Wire.Held put = a.wire.holdReply("put");
        AtomicBoolean flag = new AtomicBoolean();
        var call = cluster.threads.start(() -> {
            WriteResult result = a.cache.put(KEY, "value");
            flag.set(Thread.currentThread().isInterrupted());
            return result;
        });
        put.awaitReached();
        call.awaitWaiting();
        call.thread().interrupt();
        call.awaitWaiting();
        assertThat(call.isDone()).isFalse();
        put.release();
        assertThat(call.value()).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(flag).isTrue();
    }

    /** Those who had waited for a flight whose callers all left are not left behind with it. */
    @Test
    void allMayLeaveAndTheNextCallerLoads() {
        var leader = cluster.threads.start(() -> a.cache.get(KEY, this::slow));
        inLoader.awaitReached();
        var waiters = cluster.threads.start(5, () -> a.cache.get(KEY, this::slow));
        waiters.forEach(Threads.Call::awaitWaiting);
        waiters.forEach(waiter -> waiter.thread().interrupt());
        waiters.forEach(Threads.Call::failure);
        leader.thread().interrupt();
        leader.failure();
        a.awaitRest();
        assertThat(a.cache.get(KEY, key -> "anew")).isEqualTo("anew");
    }
}
