package io.stampede.testing.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Codec;
import io.stampede.Result;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.spi.Environment;
import io.stampede.spi.RemoteConnection;
import io.stampede.testing.SimulatedCluster;
import io.stampede.testing.SimulatedCluster.Node;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The tests that TESTING.md shows. */
class NamesTest {

    private final SimulatedCluster cluster = new SimulatedCluster(42);
    private final Shop shop = new Shop(cluster);

    private StampedeCache<Long, String> names(Environment machine, RemoteConnection redis) {
        return StampedeCache.<Long, String>builder("names")
                .ttl(Duration.ofMinutes(10))
                .staleOnError(Duration.ofHours(1))
                .environment(machine)
                .remote(redis, Codec.strings())
                .build();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void anOldNameIsBetterThanNone() {
        StampedeCache<Long, String> names = cluster.addNode(this::names).cache();
        names.get(42L, shop::name);
        shop.outOfOrder = true;
        cluster.advance(Duration.ofMinutes(11));

        Result<String> found = names.getResult(42L, shop::name);

        assertThat(found.value()).isEqualTo("product 42");
        assertThat(found.source()).isEqualTo(Result.Source.STALE);
        assertThat(shop.reads).isEqualTo(2);
    }

    @Test
    void fourNodesAskTheShopOnce() {
        List<Node<StampedeCache<Long, String>>> nodes = cluster.addNodes(4, this::names);
        nodes.get(0).cache().get(42L, shop::name);
        cluster.advance(Duration.ofMinutes(11));
        shop.reads = 0;

        List<CompletableFuture<String>> answers = nodes.stream()
                .map(node -> node.start(names -> names.get(42L, shop::name)))
                .toList();

        answers.forEach(answer -> assertThat(cluster.await(answer)).isEqualTo("product 42"));
        assertThat(shop.reads).isEqualTo(1);
    }

    @Test
    void nobodyMeetsAnErrorWhileRedisIsAway() {
        StampedeCache<Long, String> one = cluster.addNode(this::names).cache();
        StampedeCache<Long, String> two = cluster.addNode(this::names).cache();
        one.get(42L, shop::name);
        cluster.advance(Duration.ofSeconds(1)); // a value is answered first, and then published
        assertThat(two.get(42L, shop::name)).isEqualTo("product 42");
        assertThat(shop.reads).isEqualTo(1);

        cluster.redisDown();
        assertThat(one.put(42L, "a new name")).isEqualTo(WriteResult.QUEUED);
        assertThat(two.get(42L, shop::name)).as("until it can be told").isEqualTo("product 42");
        assertThat(cluster.await(two.getAsync(43L, shop::nameLater))).isEqualTo("product 43");

        cluster.redisUp();
        cluster.advance(Duration.ofSeconds(30));
        two.get(42L, shop::name);
        assertThat(shop.reads).as("42 was told to have changed").isEqualTo(3);
    }

    @Test
    void anotherNodeTakesOverTheLoadOfOneThatCrashed() {
        Node<StampedeCache<Long, String>> one = cluster.addNode(this::names);
        Node<StampedeCache<Long, String>> two = cluster.addNode(this::names);
        CompletableFuture<String> lost = one.start(names -> names.get(42L, shop::name));
        cluster.await(() -> shop.reads == 1);
        one.crash();
        Duration before = cluster.now();

        assertThat(two.cache().get(42L, shop::name)).isEqualTo("product 42");

        assertThat(cluster.now().minus(before)).isLessThan(Duration.ofSeconds(6)); // leaseTtl and the load itself
        assertThat(lost).isNotDone();
    }
}
