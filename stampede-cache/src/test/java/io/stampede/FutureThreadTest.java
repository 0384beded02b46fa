package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interleaving 19: what hangs on a caller's future never runs on a thread of the store, the bus or another caller. */
class FutureThreadTest {

    private static final String KEY = "key";

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    /** A continuation that blocks until the test lets it go. */
    private static Hold blockBehind(CompletableFuture<?> future) {
        Hold hold = new Hold();
        future.whenComplete((value, failure) -> hold.arrive());
        return hold;
    }

    private static void assertOnTheExecutor(CompletableFuture<Thread> thread) {
        assertThat(Threads.value(thread).getName()).isEqualTo("manual-executor");
    }

    @Test
    void aReplyOfTheStoreIsNotHeldUp() {
        b.cache.put(KEY, "value");
        Wire.Held reply = a.wire.holdReply("get");
        var future = a.cache.getAsync(KEY, key -> CompletableFuture.completedFuture("never"));
        CompletableFuture<Thread> thread = future.handle((value, failure) -> Thread.currentThread());
        Hold behind = blockBehind(future);
        reply.release(); // on this thread, as the store's; it returns
        behind.awaitReached();
        behind.release();
        assertOnTheExecutor(thread);
    }

    @Test
    void aPublishIsNotHeldUp() {
        Wire.Held reply = a.wire.holdReply("publish");
        var future = a.cache.refresh(KEY);
        CompletableFuture<Thread> thread = future.handle((value, failure) -> Thread.currentThread());
        Hold behind = blockBehind(future);
        reply.awaitReached();
        reply.release();
        behind.awaitReached();
        a.awaitRest();
        behind.release();
        assertOnTheExecutor(thread);
    }

    @Test
    void theBusIsNotHeldUp() {
        Hold inLoader = new Hold();
        cluster.threads.start(() -> b.cache.get(KEY, key -> {
            inLoader.arriveInterruptibly();
            throw new IllegalStateException("fails");
        }));
        inLoader.awaitReached();
        var future = a.cache.getAsync(KEY, key -> CompletableFuture.completedFuture("never"));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        CompletableFuture<Thread> thread = future.handle((value, failure) -> Thread.currentThread());
        Hold behind = blockBehind(future);
        inLoader.release();
        behind.awaitReached();
        // With the continuation still blocked, messages go on arriving.
        a.cache.put("other", "old");
        b.cache.invalidate("other");
        Threads.until(() -> assertThat(a.local("other")).isNull());
        behind.release();
        assertOnTheExecutor(thread);
    }

    @Test
    void aPutDoesNotRunOthersContinuations() {
        CompletableFuture<String> source = new CompletableFuture<>();
        var future = a.cache.getAsync(KEY, key -> source);
        Threads.until(() -> assertThat(source.getNumberOfDependents()).isPositive());
        var waiting = a.cache.getAsync(KEY, key -> source);
        CompletableFuture<Thread> thread = waiting.handle((value, failure) -> Thread.currentThread());
        Hold behind = blockBehind(waiting);
        assertThat(a.cache.put(KEY, "put")).isEqualTo(WriteResult.EVERYWHERE);
        behind.awaitReached();
        behind.release();
        assertOnTheExecutor(thread);
        source.complete("loaded");
        assertThat(Threads.value(future)).isEqualTo("loaded");
    }

    @Test
    void theSourcesThreadIsNotHeldUp() {
        CompletableFuture<String> source = new CompletableFuture<>();
        var future = a.cache.getAsync(KEY, key -> source);
        Threads.until(() -> assertThat(source.getNumberOfDependents()).isPositive());
        Hold behind = blockBehind(future);
        source.complete("value"); // on this thread, as the driver's of a database; it returns
        behind.awaitReached();
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("value");
        behind.release();
    }

    @Test
    void eachCallerHasAFutureOfItsOwn() {
        CompletableFuture<String> source = new CompletableFuture<>();
        List<CompletableFuture<String>> futures = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            futures.add(a.cache.getAsync(KEY, key -> source));
        }
        assertThat(futures).doesNotHaveDuplicates().doesNotContain(source);
        futures.forEach(FutureThreadTest::blockBehind); // none of them holds up another
        source.complete("value");
        Threads.until(() -> assertThat(futures).allMatch(CompletableFuture::isDone));
        cluster.threads.start(() -> a.cache.get(KEY)).value();
    }
}
