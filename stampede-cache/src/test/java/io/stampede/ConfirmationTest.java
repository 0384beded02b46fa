package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P7, interleaving 10, KNOWN-BUGS 10: what doubt costs: a look at L2 for each key, and no more loads than keys. */
class ConfirmationTest {

    private static final String KEY = "key";
    private static final Duration SUSPECT_AFTER = TestCluster.SUSPECT_AFTER;
    private static final Loader<String, String> NEVER = key -> {
        throw new AssertionError("The loader of " + key + " is not needed");
    };

    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Source source(TestCluster.Node node, String key) {
        return node.cache.getResult(key, NEVER).source();
    }

    /** By version: the value isn't decoded again, so it is the same object, and the source isn't asked. */
    @Test
    void anotherServerMakesEverythingBeConfirmedByVersion() {
        var a = cluster.node(options -> options.failoverWindow(Duration.ZERO)); // tells nothing again
        var b = cluster.node();
        List<String> keys = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            keys.add("key" + i);
            a.cache.put("key" + i, "value");
            values.add(Objects.requireNonNull(b.cache.get("key" + i, NEVER)));
        }
        cluster.server.becomeAnotherServer();
        long gets = cluster.server.count("get");
        cluster.time.pass(SUSPECT_AFTER.dividedBy(3));
        for (int i = 0; i < 20; i++) {
            assertThat(b.local(keys.get(i))).isNull();
            Result<String> read = b.cache.getResult(keys.get(i), NEVER);
            assertThat(read.source()).isEqualTo(Source.L2);
            assertThat(read.value()).isSameAs(values.get(i));
            assertThat(source(b, keys.get(i))).isEqualTo(Source.L1);
        }
        assertThat(cluster.server.count("get")).isEqualTo(gets + 20);
        assertThat(cluster.server.count("claim")).isZero();
    }

    /** Interleaving 10: a primary had lost a write when it was read; the next server to answer is believed. */
    @Test
    void whatAForgetfulServerHasSaidIsConfirmedByTheNextOne() {
        var a = cluster.node(options -> options.failoverWindow(Duration.ZERO)); // tells nothing again
        var b = cluster.node();
        a.cache.put(KEY, "old");
        byte[] lost = Objects.requireNonNull(cluster.server.rawEntry(TestCluster.NAME, KEY));
        long expiry = cluster.server.expiresAtMillis(TestCluster.NAME, KEY);
        a.cache.put(KEY, "new");
        byte[] kept = Objects.requireNonNull(cluster.server.rawEntry(TestCluster.NAME, KEY));
        cluster.server.putRaw(TestCluster.NAME, KEY, lost, expiry);
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("old");
        cluster.server.putRaw(TestCluster.NAME, KEY, kept, expiry);
        cluster.server.becomeAnotherServer();
        cluster.time.pass(SUSPECT_AFTER.dividedBy(3));
        assertThat(b.cache.get(KEY, NEVER)).isEqualTo("new");
    }

    /** One load of each key in the whole cluster, not one on each node. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStoreThatHasForgottenEverythingCostsOneLoadOfAKey(boolean all) {
        List<TestCluster.Node> nodes = List.of(cluster.node(), cluster.node(), cluster.node());
        for (int i = 0; i < 5; i++) {
            for (TestCluster.Node node : nodes) {
                node.cache.get("key" + i);
                node.awaitRest();
            }
        }
        assertThat(cluster.loads).hasValue(5);
        if (all) {
            cluster.server.wipe();
        } else {
            cluster.server.loseGeneration(TestCluster.NAME);
        }
        cluster.time.pass(SUSPECT_AFTER.dividedBy(3));
        List<Threads.Call<String>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String key = "key" + i;
            for (TestCluster.Node node : nodes) {
                assertThat(node.local(key)).isNull();
                calls.add(cluster.threads.start(() -> node.cache.get(key)));
            }
        }
        calls.forEach(call -> assertThat(call.value()).isEqualTo("value"));
        nodes.forEach(TestCluster.Node::awaitRest);
        assertThat(cluster.loads).hasValue(10);
    }

    /** KNOWN-BUGS 10: all nodes hear of it at once, each looks once, and one of them loads. */
    @Test
    void anInvalidatedHotKeyIsLoadedOnceAndReadOnceByEachNode() {
        List<TestCluster.Node> nodes = List.of(cluster.node(), cluster.node(), cluster.node());
        for (TestCluster.Node node : nodes) {
            node.cache.get(KEY);
            node.awaitRest();
        }
        assertThat(cluster.loads).hasValue(1);
        nodes.get(1).cache.invalidate(KEY);
        long gets = cluster.server.count("get");
        long claims = cluster.server.count("claim");
        Hold inLoader = new Hold();
        List<Threads.Call<String>> calls = new ArrayList<>();
        for (TestCluster.Node node : nodes) {
            calls.addAll(cluster.threads.start(
                    8,
                    () -> node.cache.get(KEY, key -> {
                        cluster.loads.incrementAndGet();
                        inLoader.arrive();
                        return "new";
                    })));
        }
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(claims + 3));
        calls.forEach(Threads.Call::awaitWaiting);
        assertThat(cluster.server.count("get")).isEqualTo(gets + 3);
        inLoader.release();
        calls.forEach(call -> assertThat(call.value()).isEqualTo("new"));
        nodes.forEach(TestCluster.Node::awaitRest);
        assertThat(cluster.loads).hasValue(2);
        assertThat(cluster.server.count("get"))
                .as("and those who waited, once more")
                .isEqualTo(gets + 5);
    }
}
