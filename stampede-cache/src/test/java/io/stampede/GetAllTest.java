package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P18: several keys cost one read of L2 and one run of the loader, and what it answers is kept like any other value. */
class GetAllTest {

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();
    private final BulkSource source = new BulkSource("v");

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void hitsNeitherReadL2NorLoad() {
        a.cache.put("1", "one");
        a.cache.put("2", "two");
        assertThat(a.cache.getAll(List.of("2", "1"), source)).containsExactly(entry("2", "two"), entry("1", "one"));
        assertThat(source.runs).isEmpty();
        assertThat(cluster.server.count("getAll")).isZero();
        assertThat(cluster.server.count("get")).isZero();
    }

    /** One hit in L1, one in L2, two for the loader. */
    @Test
    void whatIsMissingIsReadOnceAndLoadedInOneRun() {
        a.cache.put("local", "L1");
        b.cache.put("remote", "L2");
        assertThat(a.cache.getAll(List.of("x", "local", "remote", "y"), source))
                .containsExactly(entry("x", "vx"), entry("local", "L1"), entry("remote", "L2"), entry("y", "vy"));
        assertThat(source.runs).containsExactly(Set.of("x", "y"));
        assertThat(cluster.server.count("getAll")).isOne();
        assertThat(cluster.server.count("get")).isZero();
    }

    @Test
    void whatWasLoadedIsInBothTiers() {
        a.cache.getAll(List.of("x", "y"), source);
        a.awaitRest();
        assertThat(List.of(a.local("x"), a.local("y"))).containsExactly("vx", "vy");
        assertThat(b.cache.getAll(List.of("y", "x"), source)).containsExactly(entry("y", "vy"), entry("x", "vx"));
        assertThat(source.runs).hasSize(1);
    }

    @Test
    void theLoaderRunsOnTheCallersThreadWithTheKeysInTheirOrder() {
        a.cache.getAll(List.of("c", "a", "b"), source);
        assertThat(source.threads).containsExactly(Thread.currentThread());
        assertThat(source.runs.get(0)).containsExactly("c", "a", "b");
        assertThatThrownBy(() -> source.runs.get(0).remove("c")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aKeyThatIsGivenTwiceIsOneKey() {
        assertThat(a.cache.getAll(List.of("x", "y", "x"), source)).containsExactly(entry("x", "vx"), entry("y", "vy"));
        assertThat(source.runs).containsExactly(Set.of("x", "y"));
    }

    @Test
    void noKeysCostNothing() {
        long before = cluster.server.count("getAll");
        assertThat(a.cache.getAll(List.of(), source)).isEmpty();
        assertThat(source.runs).isEmpty();
        assertThat(cluster.server.count("getAll")).isEqualTo(before);
    }

    @Test
    void theMapBelongsToTheCaller() {
        Map<String, String> values = a.cache.getAll(List.of("x"), source);
        values.put("mine", "mine");
        values.remove("x");
        assertThat(a.cache.getAll(List.of("x", "mine"), source)).containsOnlyKeys("x", "mine");
        assertThat(source.runs).containsExactly(Set.of("x"), Set.of("mine"));
    }

    @Test
    void whatTheSourceDoesNotHaveIsNotThere() {
        BulkLoader<String, String> poor = keys -> {
            Map<String, @Nullable String> values = new HashMap<>();
            values.put("null", null);
            values.put("there", "value");
            return values;
        };
        assertThat(a.cache.getAll(List.of("null", "missing", "there"), poor)).containsExactly(entry("there", "value"));
        a.awaitRest();
        // Without a negativeTtl that is not remembered.
        assertThat(a.cache.getAll(List.of("null", "missing"), source)).containsOnlyKeys("null", "missing");
    }

    @Test
    void thatTheSourceHasNoneIsRememberedIfSoAsked() {
        var patient = cluster.node(options -> options.negativeTtl(TestCluster.TTL));
        assertThat(patient.cache.getAll(List.of("x", "y"), keys -> Map.of())).isEmpty();
        patient.awaitRest();
        assertThat(patient.cache.getAll(List.of("x", "y"), source)).isEmpty();
        assertThat(b.cache.getAll(List.of("x", "y"), source)).isEmpty();
        assertThat(source.runs).isEmpty();
    }

    @Test
    void whatWasNotAskedForIsIgnored() {
        BulkLoader<String, String> generous = keys -> source.values(List.of("x", "surplus", "there already"));
        a.cache.put("there already", "old");
        assertThat(a.cache.getAll(List.of("x", "there already"), generous))
                .containsExactly(entry("x", "vx"), entry("there already", "old"));
        a.awaitRest();
        assertThat(a.local("surplus")).isNull();
        assertThat(cluster.remote("surplus")).isNull();
        assertThat(cluster.remote("there already")).isEqualTo("old");
    }

    @Test
    void theLoadersMapMayBeSorted() {
        assertThat(a.cache.getAll(List.of("b", "a"), keys -> new TreeMap<>(source.values(keys))))
                .containsExactly(entry("b", "vb"), entry("a", "va"));
    }

    @Test
    void aLoaderThatReturnsNoMapHasFailed() {
        assertThatThrownBy(() -> a.cache.getAll(List.of("x"), keys -> null)).isInstanceOf(NullPointerException.class);
        a.awaitRest();
        assertThat(a.cache.getAll(List.of("x"), source)).containsOnlyKeys("x");
    }

    @Test
    void sourcesWhoseValuesKnowTheirKeysAreReadByKey() {
        AtomicInteger calls = new AtomicInteger();
        BulkLoader<String, String> byKey = BulkLoader.byKey(
                keys -> {
                    calls.incrementAndGet();
                    return List.of("2:two", "3:three"); // in the source's order, without 1
                },
                (String value) -> value.substring(0, 1));
        assertThat(a.cache.getAll(List.of("3", "1", "2"), byKey))
                .containsExactly(entry("3", "3:three"), entry("2", "2:two"));
        assertThat(calls).hasValue(1);
    }

    @Test
    void eachReadIsCountedOnce() {
        Map<Result.Source, Integer> reads = new LinkedHashMap<>();
        var node = cluster.node(options -> options.listener(new CacheListener() {
            @Override
            public void onRead(Result.Source from) {
                synchronized (reads) {
                    reads.merge(from, 1, Integer::sum);
                }
            }
        }));
        a.cache.put("remote", "L2");
        node.cache.put("local", "L1");
        node.cache.getAll(List.of("local", "remote", "x", "y"), source);
        assertThat(reads)
                .containsOnly(entry(Result.Source.L1, 1), entry(Result.Source.L2, 1), entry(Result.Source.LOADED, 2));
    }

    @Test
    void eachCallerGetsCopiesIfSoAsked() {
        var node = cluster.node(options -> options.copyValues(String::new));
        node.cache.put("hit", "hit");
        String stored = node.local("hit");
        Map<String, String> values = node.cache.getAll(List.of("hit", "x"), source);
        node.awaitRest();
        assertThat(values.get("hit")).isEqualTo("hit").isNotSameAs(stored);
        assertThat(values.get("x")).isEqualTo("vx").isNotSameAs(node.local("x"));
    }

    @Test
    void itWorksWithoutAnL2() {
        try (var alone = StampedeCache.<String, String>builder("alone")
                .ttl(TestCluster.TTL)
                .environment(a.machine)
                .build()) {
            assertThat(alone.getAll(List.of("x", "y"), source)).containsOnlyKeys("x", "y");
            assertThat(alone.getAll(List.of("y", "z"), source)).containsExactly(entry("y", "vy"), entry("z", "vz"));
            assertThat(source.runs).containsExactly(Set.of("x", "y"), Set.of("z"));
        }
    }

    /** Values that are stale are served at once, and one run of the loader brings them all up to date. */
    @Test
    void staleValuesAreServedAtOnceAndRevalidatedTogether() {
        AtomicInteger begun = new AtomicInteger();
        var node = cluster.node(
                options -> options.staleWhileRevalidate(TestCluster.TTL).listener(new CacheListener() {
                    @Override
                    public void onLoadBegun() {
                        begun.incrementAndGet();
                    }
                }));
        node.cache.getAll(List.of("x", "y"), new BulkSource("old-"));
        node.awaitRest();
        cluster.time.pass(TestCluster.TTL);
        begun.set(0);
        Wire.Held lateClaim = node.wire.holdReply("claim");
        Hold inLoader = source.holdNextRun();
        var call = cluster.threads.start(() -> node.cache.getAll(List.of("x", "y"), source));
        assertThat(call.value()).containsExactly(entry("x", "old-x"), entry("y", "old-y"));
        lateClaim.awaitReached();
        Threads.until(() -> assertThat(begun).hasValue(1)); // the other one could begin, and waits
        lateClaim.release();
        inLoader.awaitReached();
        assertThat(source.threads).doesNotContain(call.thread());
        inLoader.release();
        node.awaitRest();
        assertThat(List.of(node.local("x"), node.local("y"))).containsExactly("vx", "vy");
        assertThat(source.runs).containsExactly(Set.of("x", "y"));
    }
}
