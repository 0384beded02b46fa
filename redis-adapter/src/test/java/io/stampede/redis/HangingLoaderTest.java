package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stampede.LoadFailedElsewhereException;
import io.stampede.LoadRejectedException;
import io.stampede.LoadTimeoutException;
import io.stampede.Loader;
import io.stampede.StampedeCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** P14 on a real Redis: a loader hangs on one of three nodes. The distances to its deadline are printed. */
class HangingLoaderTest {

    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final Duration LOAD_WAIT = Duration.ofMillis(100);
    private static final int KEY = 1;

    @Test
    void whoWaitsForALoaderThatHangsIsFreedAtItsDeadline() throws Exception {
        try (Hang hang = new Hang()) {
            CompletableFuture<String> own = hang.read(0, key -> {
                hang.begins();
                new CountDownLatch(1).await();
                return "never";
            });
            CompletableFuture<String> sameNode = hang.waiterOn(0);
            CompletableFuture<String> otherNode = hang.waiterOn(1);

            assertThatThrownBy(own::join).hasCauseInstanceOf(LoadTimeoutException.class);
            assertThatThrownBy(sameNode::join).hasCauseInstanceOf(LoadTimeoutException.class);
            hang.assertToldOfATimeout(otherNode);
            hang.printDistances("A loader that obeys the interrupt", "its own caller", "a waiter", "one elsewhere");
            await().until(() -> hang.nodes.told.overdue() == 1);
            assertThat(hang.nodes.all())
                    .allSatisfy(node -> assertThat(node.getIfPresent(KEY)).isNull());
            assertThat(hang.nodes.node(2).get(KEY, key -> "new")).isEqualTo("new");
        }
    }

    @Test
    void aLoaderThatIgnoresItsDeadlineHoldsOnlyItsOwnCallerAndItsPermit() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (Hang hang = new Hang()) {
            CompletableFuture<String> own = hang.read(0, key -> {
                hang.begins();
                awaitIgnoringInterrupts(end);
                return "late";
            });
            CompletableFuture<String> sameNode = hang.waiterOn(0);
            CompletableFuture<String> otherNode = hang.waiterOn(1);

            assertThatThrownBy(sameNode::join).hasCauseInstanceOf(LoadTimeoutException.class);
            hang.assertToldOfATimeout(otherNode);
            StampedeCache<Integer, String> node = hang.nodes.node(0);
            assertThatThrownBy(() -> node.get(2, key -> "of another key"))
                    .as("the only permit is taken as long as the loader runs")
                    .isInstanceOf(LoadRejectedException.class);
            assertThat(hang.nodes.told.rejected()).isEqualTo(1);
            assertThat(hang.nodes.told.overdue()).as("loads that have ended").isZero();
            assertThat(own).isNotDone();

            end.countDown();
            assertThat(own.join()).as("what its own caller gets").isEqualTo("late");
            hang.printDistances("A loader that ignores the interrupt", "a waiter", "one elsewhere");
            assertThat(hang.nodes.told.overdue()).isEqualTo(1);
            assertThat(hang.nodes.all())
                    .allSatisfy(each -> assertThat(each.getIfPresent(KEY)).isNull());
            assertThat(hang.nodes.told.published()).isZero();
            assertThat(node.get(2, key -> "of another key")).isEqualTo("of another key");
        } finally {
            end.countDown();
        }
    }

    @Test
    void aValueLoadedMeanwhileIsNotReplacedByTheLateOne() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (Hang hang = new Hang()) {
            CompletableFuture<String> own = hang.read(0, key -> {
                hang.begins();
                awaitIgnoringInterrupts(end);
                return "late";
            });
            hang.assertToldOfATimeout(hang.waiterOn(1));
            assertThat(hang.nodes.node(1).get(KEY, key -> "new")).isEqualTo("new");
            await().until(() -> hang.nodes.told.published() == 1);

            end.countDown();
            assertThat(own.join()).isEqualTo("late");
            assertThat(hang.nodes.all())
                    .allSatisfy(node -> assertThat(node.getIfPresent(KEY)).isEqualTo("new"));
        } finally {
            end.countDown();
        }
    }

    private static void awaitIgnoringInterrupts(CountDownLatch end) {
        while (end.getCount() > 0) {
            try {
                end.await();
            } catch (InterruptedException ignored) {
                Thread.onSpinWait();
            }
        }
    }

    /** Three nodes that load one key at a time, and callers on threads of their own. */
    private static final class Hang implements AutoCloseable {

        final ThreeNodes nodes = new ThreeNodes(options -> options.loaderDeadline(DEADLINE)
                .maxConcurrentLoads(1)
                .maxLoadWait(LOAD_WAIT)
                .backoff(Duration.ZERO, Duration.ZERO));
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final CountDownLatch begun = new CountDownLatch(1);
        private final AtomicLong begunAt = new AtomicLong();
        private final List<CompletableFuture<Long>> ends = new ArrayList<>();

        void begins() {
            begunAt.set(System.nanoTime());
            begun.countDown();
        }

        CompletableFuture<String> read(int node, Loader<Integer, String> loader) {
            CompletableFuture<String> read =
                    CompletableFuture.supplyAsync(() -> nodes.node(node).get(KEY, loader), threads);
            ends.add(read.handle((value, failure) -> System.nanoTime()));
            return read;
        }

        CompletableFuture<String> waiterOn(int node) throws InterruptedException {
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            return read(node, key -> {
                throw new AssertionError("The key is being loaded already");
            });
        }

        void assertToldOfATimeout(CompletableFuture<String> waiter) {
            assertThatThrownBy(waiter::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(LoadFailedElsewhereException.class)
                    .cause()
                    .extracting("exceptionType")
                    .isEqualTo(LoadTimeoutException.class.getName());
        }

        void printDistances(String what, String... callers) {
            StringBuilder line = new StringBuilder(what).append(", freed after its deadline of 1 s:");
            for (int i = 0; i < callers.length; i++) {
                long end = ends.get(ends.size() - callers.length + i).join();
                line.append(String.format(
                        " %s %+.1f ms%s",
                        callers[i],
                        (end - begunAt.get() - DEADLINE.toNanos()) / 1e6,
                        i < callers.length - 1 ? "," : ""));
            }
            System.out.println(line);
        }

        @Override
        public void close() {
            nodes.close();
            threads.shutdownNow();
        }
    }
}
