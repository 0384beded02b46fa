package io.stampede.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stampede.Codec;
import io.stampede.Health;
import io.stampede.LoadTimeoutException;
import io.stampede.Loader;
import io.stampede.Result.Source;
import io.stampede.StampedeCache;
import io.stampede.StampedeCacheBuilder;
import io.stampede.WriteResult;
import io.stampede.spi.Environment;
import io.stampede.spi.RemoteConnection;
import io.stampede.testing.SimulatedCluster.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user of the simulated cluster may rely on; each fault shows its effect. */
class SimulatedClusterTest {

    private static final Duration LEASE = Duration.ofSeconds(5);

    private final SimulatedCluster cluster = new SimulatedCluster(7);
    private final List<String> loads = new ArrayList<>();

    @AfterEach
    void close() {
        cluster.close();
    }

    private static StampedeCacheBuilder<String, String> builder(Environment machine, RemoteConnection redis) {
        return StampedeCache.<String, String>builder("texts")
                .ttl(Duration.ofMinutes(10))
                .jitter(0)
                .earlyRefresh(0)
                .leaseTtl(LEASE)
                .environment(machine)
                .remote(redis, Codec.strings());
    }

    private static StampedeCache<String, String> cache(Environment machine, RemoteConnection redis) {
        return builder(machine, redis).build();
    }

    private Node<StampedeCache<String, String>> node() {
        return cluster.addNode(SimulatedClusterTest::cache);
    }

    private List<Node<StampedeCache<String, String>>> nodes(int count) {
        return cluster.addNodes(count, SimulatedClusterTest::cache);
    }

    private Loader<String, String> loading(String value) {
        return key -> {
            loads.add(value);
            cluster.sleep(Duration.ofMillis(200));
            return value;
        };
    }

    private Loader<String, String> failing() {
        return key -> {
            throw new AssertionError("nobody has to load");
        };
    }

    // ---- time and threads ---------------------------------------------------------------------------------------

    @Test
    void theTestsOwnThreadBlocksInVirtualTime() {
        assertThat(node().cache().get("k", loading("v"))).isEqualTo("v");
        assertThat(cluster.now()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(1));
    }

    @Test
    void callersThatBlockOnAllNodesShareOneLoad() {
        List<CompletableFuture<String>> answers = new ArrayList<>();
        int[] number = new int[1];
        for (Node<StampedeCache<String, String>> node : nodes(4)) {
            for (int caller = 0; caller < 3; caller++) {
                answers.add(node.start(cache -> cache.get("k", loading("v" + number[0]++))));
            }
        }
        assertThat(answers.stream().map(cluster::await).distinct()).hasSize(1);
        assertThat(loads).hasSize(1);
    }

    @Test
    void aLoaderMayAnswerLater() {
        CompletableFuture<String> answer =
                node().cache().getAsync("k", key -> cluster.after(Duration.ofSeconds(2), () -> "v of " + key));
        assertThat(cluster.await(answer)).isEqualTo("v of k");
        assertThat(cluster.now()).isGreaterThan(Duration.ofSeconds(2));
    }

    @Test
    void aBlockingLoaderMayRunBehindAnAsynchronousCall() {
        var loading = cluster.addNode(
                        (machine, redis) -> builder(machine, redis).build(loading("v")))
                .cache();
        assertThat(cluster.await(loading.refresh("k"))).isEqualTo("v");
    }

    @Test
    void severalKeysAreLoadedInOneCall() {
        Map<String, String> found = cluster.await(node().start(cache -> cache.getAll(List.of("a", "b"), keys -> {
            cluster.sleep(Duration.ofSeconds(1));
            return Map.of("a", "1", "b", "2");
        })));
        assertThat(found).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void aValueExpires() {
        StampedeCache<String, String> cache = node().cache();
        cache.get("k", loading("old"));
        cluster.advance(Duration.ofMinutes(9));
        assertThat(cache.get("k", loading("new"))).isEqualTo("old");
        cluster.advance(Duration.ofMinutes(2));
        assertThat(cache.get("k", loading("new"))).isEqualTo("new");
    }

    @Test
    void anOverdueLoadIsInterruptedInItsSleep() {
        CompletableFuture<String> answer = node().start(cache -> cache.get("k", key -> {
            try {
                cluster.sleep(Duration.ofHours(1));
            } catch (InterruptedException e) {
                loads.add("interrupted after " + cluster.now().toSeconds() + " s");
                throw e;
            }
            return "v";
        }));
        assertThatThrownBy(() -> cluster.await(answer)).isInstanceOf(LoadTimeoutException.class);
        assertThat(loads).containsExactly("interrupted after 30 s");
    }

    @Test
    void failuresComeOutAsTheyAre() {
        IllegalStateException failure = new IllegalStateException("the source fails");
        Node<StampedeCache<String, String>> node = node();
        assertThatThrownBy(() -> cluster.await(node.start(cache -> cache.get("k", key -> {
                    throw failure;
                }))))
                .isSameAs(failure);
        assertThatThrownBy(() -> cluster.await(node.start(cache -> {
                    throw new IOException("not of the cache");
                })))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void whatNeverComesIsToldWithTheSeed() {
        assertThatThrownBy(() -> cluster.await(new CompletableFuture<>()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 7");
    }

    @Test
    void aThreadFromOutsideIsNoticed() throws InterruptedException {
        CompletableFuture<String> outside = new CompletableFuture<>();
        CompletableFuture<String> answer = node().cache().getAsync("k", key -> outside);
        cluster.advance(Duration.ofSeconds(1));
        Thread pool = new Thread(() -> outside.complete("v"), "a-pool");
        pool.start();
        pool.join();
        assertThatThrownBy(() -> cluster.await(answer))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a-pool");
    }

    @Test
    void aThreadFromOutsideCannotWait() throws InterruptedException {
        StampedeCache<String, String> cache = node().cache();
        List<Throwable> thrown = new ArrayList<>();
        Thread other = new Thread(() -> {
            try {
                cluster.sleep(Duration.ofSeconds(1));
            } catch (IllegalStateException | InterruptedException e) {
                thrown.add(e);
            }
        });
        other.start();
        other.join();
        assertThat(thrown).hasSize(1).first().isInstanceOf(IllegalStateException.class);
        assertThat(cache.get("k", loading("v"))).isEqualTo("v");
    }

    @Test
    void whatHappensAtOneMomentCannotWait() {
        Simulation simulation = new Simulation(1);
        simulation.in(1, () -> assertThatThrownBy(() -> simulation.sleep(1)).isInstanceOf(IllegalStateException.class));
        assertThat(simulation.step(1)).isTrue();
    }

    @Test
    void aLoaderCannotDriveTheCluster() {
        Node<StampedeCache<String, String>> node = node();
        assertThatThrownBy(() -> cluster.await(node.start(cache -> cache.get("k", key -> {
                    cluster.advance(Duration.ofSeconds(1));
                    return "v";
                }))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sleep");
    }

    @Test
    void writesWaitInVirtualTime() {
        var nodes = nodes(2);
        CompletableFuture<WriteResult> written = nodes.get(0).start(cache -> cache.put("k", "v"));
        assertThat(cluster.await(written)).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(cluster.now()).isPositive();
        assertThat(nodes.get(1).cache().get("k", failing())).isEqualTo("v");
    }

    @Test
    void closingEndsWhatBlocks() {
        Node<StampedeCache<String, String>> node = node();
        node.start(cache -> cache.get("k", key -> {
            try {
                cluster.sleep(Duration.ofHours(1));
                return "v";
            } finally {
                loads.add("ended");
            }
        }));
        cluster.advance(Duration.ofSeconds(1));
        cluster.close();
        assertThat(loads).containsExactly("ended");
    }

    @Test
    void aSeedRepeatsARunToTheLastBit() {
        assertThat(hashOfRun(3)).isEqualTo(hashOfRun(3)).isNotEqualTo(hashOfRun(4));
    }

    private static long hashOfRun(long seed) {
        try (SimulatedCluster cluster = new SimulatedCluster(seed)) {
            var nodes = cluster.addNodes(3, SimulatedClusterTest::cache);
            for (int round = 0; round < 20; round++) {
                String key = "k" + round % 3;
                var answers = nodes.stream()
                        .map(node -> node.start(cache -> cache.get(key, each -> {
                            cluster.sleep(Duration.ofSeconds(1));
                            return each;
                        })))
                        .toList();
                nodes.get(round % 3).pause(Duration.ofSeconds(8));
                answers.forEach(cluster::await);
                nodes.get(0).cache().invalidate(key);
            }
            return cluster.traceHash();
        }
    }

    // ---- faults -------------------------------------------------------------------------------------------------

    @Test
    void whileRedisIsDownNobodyMeetsAnErrorAndWritesAreToldLater() {
        var nodes = nodes(2);
        StampedeCache<String, String> one = nodes.get(0).cache();
        StampedeCache<String, String> two = nodes.get(1).cache();
        one.put("k", "old");
        assertThat(two.get("k", failing())).isEqualTo("old");
        cluster.redisDown();
        assertThat(one.put("k", "new")).isEqualTo(WriteResult.QUEUED);
        assertThat(one.get("other", loading("loaded"))).isEqualTo("loaded");
        assertThat(two.get("k", failing())).isEqualTo("old");
        assertThat(two.deepHealth().status()).isEqualTo(Health.Status.DEGRADED);
        cluster.redisUp();
        cluster.advance(Duration.ofMinutes(1));
        assertThat(two.get("k", loading("newer"))).isEqualTo("newer");
        assertThat(two.deepHealth().status()).isEqualTo(Health.Status.UP);
    }

    @Test
    void aNodeThatStartsWithoutRedisWorks() {
        cluster.redisDown();
        StampedeCache<String, String> cache = node().cache();
        assertThat(cache.get("k", loading("v"))).isEqualTo("v");
        assertThat(cache.deepHealth().status()).isEqualTo(Health.Status.DEGRADED);
        cluster.redisUp();
        cluster.advance(Duration.ofSeconds(30));
        assertThat(cache.deepHealth().status()).isEqualTo(Health.Status.UP);
    }

    @Test
    void aNodeThatIsCutOffGoesOnAloneUntilItIsBack() {
        var nodes = nodes(2);
        StampedeCache<String, String> one = nodes.get(0).cache();
        StampedeCache<String, String> two = nodes.get(1).cache();
        one.put("k", "old");
        two.get("k", failing());
        nodes.get(1).cutOff();
        one.put("k", "new");
        cluster.advance(Duration.ofSeconds(10));
        assertThat(two.getResult("k", failing()).source()).isEqualTo(Source.SUSPECT);
        cluster.redisDown();
        cluster.redisUp();
        cluster.advance(Duration.ofSeconds(30));
        assertThat(two.get("k", failing())).as("still cut off").isEqualTo("old");
        nodes.get(1).reconnect();
        cluster.advance(Duration.ofSeconds(30));
        assertThat(two.get("k", failing())).isEqualTo("new");
    }

    @Test
    void theLeaseOfANodeThatHasCrashedEnds() {
        var nodes = nodes(2);
        CompletableFuture<String> lost = nodes.get(0).start(cache -> cache.get("k", loading("of one")));
        cluster.await(() -> !loads.isEmpty());
        nodes.get(0).crash();
        Duration crashed = cluster.now();
        assertThat(nodes.get(1).cache().get("k", loading("of two"))).isEqualTo("of two");
        assertThat(cluster.now().minus(crashed)).isGreaterThan(LEASE.dividedBy(2));
        assertThat(lost).isNotDone();
    }

    @Test
    void aNodeThatStartsAnewFindsWhatIsInRedis() {
        var node = node();
        node.cache().put("k", "v");
        StampedeCache<String, String> before = node.cache();
        node.restart();
        assertThat(node.cache()).isNotSameAs(before);
        assertThat(node.cache().getResult("k", failing()).source()).isEqualTo(Source.L2);
    }

    @Test
    void aNodeThatWasPausedBeyondItsLeaseStoresNothing() {
        var nodes = nodes(2);
        CompletableFuture<String> late = nodes.get(0).start(cache -> cache.get("k", loading("late")));
        cluster.await(() -> !loads.isEmpty());
        nodes.get(0).pause(LEASE.multipliedBy(2));
        assertThat(nodes.get(1).cache().get("k", loading("current"))).isEqualTo("current");
        assertThat(late).isNotDone();
        cluster.await(late);
        cluster.advance(Duration.ofSeconds(1));
        assertThat(nodes.get(0).cache().get("k", failing())).isEqualTo("current");
    }

    @Test
    void whatTheReplicaHasNotHeardOfIsLost() {
        var nodes = nodes(2);
        nodes.get(0).cache().put("k", "old");
        cluster.stopReplication();
        nodes.get(0).cache().put("k", "new");
        nodes.get(0).crash(); // else it would tell the replica
        cluster.failOver();
        nodes.get(1).restart();
        assertThat(nodes.get(1).cache().getIfPresent("k")).isEqualTo("old");
    }

    @Test
    void whoHasWrittenOfLateTellsTheReplica() {
        var nodes = nodes(2);
        nodes.get(0).cache().put("k", "old");
        cluster.stopReplication();
        nodes.get(0).cache().put("k", "new");
        cluster.failOver();
        cluster.advance(Duration.ofSeconds(10));
        assertThat(cluster.redis().count("invalidate")).as("at the replica").isPositive();
        assertThat(nodes.get(1).cache().get("k", loading("newest"))).isEqualTo("newest");
    }

    @Test
    void aReplicaThatHasHeardOfEverythingGoesOnWithIt() {
        var nodes = nodes(2);
        nodes.get(0).cache().put("k", "v");
        cluster.advance(Duration.ofMinutes(1)); // nobody takes so old a write for one that may be lost
        cluster.failOver();
        nodes.get(1).restart();
        assertThat(nodes.get(1).cache().get("k", failing())).isEqualTo("v");
    }

    @Test
    void aRedisThatForgetsEverythingIsFilledAnew() {
        var nodes = nodes(2);
        nodes.get(0).cache().put("k", "v");
        cluster.forgetEverything();
        assertThat(nodes.get(1).cache().get("k", loading("loaded"))).isEqualTo("loaded");
    }

    @Test
    void singleCommandsCanBeCounted() {
        var node = node();
        node.cache().get("k", loading("v"));
        cluster.advance(Duration.ofSeconds(1));
        assertThat(cluster.redis().count("claim")).isOne();
        assertThat(cluster.redis().count("publish")).isOne();
    }
}
