package io.stampede.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.Health;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.RedisSentinels;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.BusMessage;
import io.stampede.spi.RemoteNamespace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * P2, P5, KNOWN-BUG 29: Redis fails over while a node loads. The lease may be lost by that, or outlive what has revoked it,
 * or its holder may die meanwhile. Then a key may be loaded twice, but never are two of its values left.
 */
@Tag("topology")
@Timeout(value = 150, unit = TimeUnit.SECONDS)
class LeaseFailoverTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Does not end by itself before a test is over. */
    private static final Duration LONG_LEASE = Duration.ofMinutes(2);

    private final RedisKeys keys = RedisKeys.onOneServer(NodeProcess.CACHE);
    private final AtomicInteger loads = new AtomicInteger();
    private final List<Node> nodes = new ArrayList<>();
    private final RedisSentinels redis = RedisSentinels.start();
    private final RedisServer primary = redis.primary();

    @AfterEach
    void close() {
        nodes.forEach(Node::close);
        redis.close();
    }

    /** A node with connections of its own. */
    private final class Node implements AutoCloseable {

        final ThreeNodes.Told told = new ThreeNodes.Told();
        final StampedeCache<String, String> cache;
        private final RedisTier tier = RedisTier.connect(redis.uri());

        Node(Duration leaseTtl) {
            cache = NodeProcess.cache(tier, leaseTtl, told);
            nodes.add(this);
            awaitConnected();
        }

        /** Returns when it writes to the primary of now, and has been told by it all that it has to know. */
        void awaitConnected() {
            await().atMost(PATIENCE).until(() -> cache.put("any", "value") == WriteResult.EVERYWHERE);
            await().atMost(PATIENCE).until(() -> cache.deepHealth().status() == Health.Status.UP);
        }

        String load(String key) {
            return cache.get(key, missing -> "loaded " + loads.incrementAndGet());
        }

        @Override
        public void close() {
            cache.close();
            tier.close();
        }
    }

    /** A call whose load, if it comes to one, lasts until it is ended. */
    private static final class Call {

        private final CompletableFuture<Void> loading = new CompletableFuture<>();
        private final CompletableFuture<String> source = new CompletableFuture<>();
        private final CompletableFuture<@Nullable String> answer;

        /** It has joined what is going on with the key, or begun something, when this returns. */
        Call(Node node, String key, AtomicInteger loads) {
            answer = node.cache.getAsync(key, missing -> {
                loads.incrementAndGet();
                loading.complete(null);
                return source;
            });
        }

        Call awaitLoading() {
            await().atMost(PATIENCE).until(loading::isDone);
            return this;
        }

        Call end(String value) {
            source.complete(value);
            return this;
        }

        @Nullable
        String answer() {
            await().atMost(PATIENCE).until(answer::isDone);
            return answer.join();
        }
    }

    // ---- a lease that the failover has lost -----------------------------------------------------------------------

    @Test
    void whatTheHolderOfALostLeaseLoadsIsNotKeptOverWhatTheNextOneHasLoaded() throws Exception {
        Node b = new Node(LONG_LEASE);
        try (NodeProcess holder = new NodeProcess(redis.uri(), LONG_LEASE)) {
            awaitConnected(holder);
            RedisServer next = cutOffReplicas();
            holder.order("load key first");
            assertThat(holder.answer()).isEqualTo("loading");
            assertThat(has(primary, keys.lease("key"))).as("a lease").isTrue();
            holder.signal("STOP"); // so that it does not hear of the second load, and nothing but L2 refuses the first
            failOverTo(next);
            assertThat(has(next, keys.lease("key")))
                    .as("a lease after the failover")
                    .isFalse();
            b.awaitConnected();
            assertThat(new Call(b, "key", loads).end("second").answer()).isEqualTo("second");
            assertThat(loads).as("loads beside the first").hasValue(1);

            holder.signal("CONT");
            awaitConnected(holder);
            holder.order("go");
            assertThat(holder.answer()).as("what its own caller gets").isEqualTo("got first");
            assertThat(answer(holder, "peek key")).isEqualTo("peeked second");
            assertOnly("second", b);
        }
    }

    @Test
    @Tag("long")
    void whoAsksAfterTheFailoverDoesNotGetWhatTheHolderOfALostLeaseLoads() {
        Node a = new Node(LONG_LEASE);
        Node b = new Node(LONG_LEASE);
        Call first = loseTheLeaseOf(a);
        a.awaitConnected();
        Call later = new Call(a, "key", loads);
        assertThat(loads).as("loads: the later caller waits for the first").hasValue(1);

        assertThat(first.end("first").answer()).as("what its own caller gets").isEqualTo("first");
        assertThat(later.end("second").answer()).isEqualTo("second");
        assertOnly("second", a, b);
        assertThat(loads).as("loads").hasValue(2);
    }

    @Test
    @Tag("long")
    void aRenewalThatFindsTheLeaseLostEndsTheLoadsBeingCurrent() {
        Node a = new Node(Duration.ofSeconds(9)); // renewed every 3
        Node b = new Node(LONG_LEASE);
        Call first = loseTheLeaseOf(a);
        a.awaitConnected();

        // Whether it came before that renewal or has joined the first and is sent away by it.
        Call later = new Call(a, "key", loads).awaitLoading();
        assertThat(first.answer).as("the first one's answer").isNotDone();
        assertThat(later.end("second").answer()).isEqualTo("second");
        assertThat(first.end("first").answer()).as("what its own caller gets").isEqualTo("first");
        assertOnly("second", a, b);
        assertThat(loads).as("loads").hasValue(2);
    }

    /** The call's load goes on, by a lease that the new primary does not know of. */
    private Call loseTheLeaseOf(Node holder) {
        RedisServer next = cutOffReplicas();
        Call load = new Call(holder, "key", loads).awaitLoading();
        assertThat(has(primary, keys.lease("key"))).as("a lease").isTrue();
        failOverTo(next);
        assertThat(has(next, keys.lease("key")))
                .as("a lease after the failover")
                .isFalse();
        return load;
    }

    private void assertOnly(String value, Node... known) {
        for (Node node : known) {
            assertThat(node.cache.getIfPresent("key"))
                    .as("what a node serves that was there")
                    .isEqualTo(value);
        }
        assertThat(new Node(LONG_LEASE).cache.getIfPresent("key"))
                .as("what L2 has")
                .isEqualTo(value);
    }

    // ---- a lease that has outlived its revocation -----------------------------------------------------------------

    @Test
    void whatIsPublishedByALeaseWhoseRevocationWasLostIsServedNoMoreOnceThatIsToldAgain() throws Exception {
        Node other = new Node(LONG_LEASE);
        try (NodeProcess holder = new NodeProcess(redis.uri(), LONG_LEASE);
                NodeProcess invalidating = new NodeProcess(redis.uri(), LONG_LEASE)) {
            awaitConnected(invalidating);
            awaitConnected(holder);
            holder.order("load key old");
            assertThat(holder.answer()).isEqualTo("loading");
            redis.replicas().forEach(replica -> awaitHas(replica, keys.lease("key")));
            RedisServer next = cutOffReplicas();
            // So that the holder does not hear of the invalidation: its bus is cut, and it has no chance to see that.
            holder.signal("STOP");
            primary.command("CLIENT", "KILL", "TYPE", "pubsub");
            invalidating.order("invalidate key");
            assertThat(invalidating.answer()).isEqualTo("invalidated EVERYWHERE");
            assertThat(has(primary, keys.lease("key")))
                    .as("a lease once revoked")
                    .isFalse();
            invalidating.signal("STOP"); // so that the holder comes first
            failOverTo(next);
            assertThat(has(next, keys.lease("key")))
                    .as("a lease after the failover")
                    .isTrue();

            holder.signal("CONT");
            awaitConnected(holder);
            holder.order("go");
            assertThat(holder.answer()).isEqualTo("got old");
            awaitHas(next, keys.value("key"));
            other.awaitConnected();
            assertThat(other.cache.getIfPresent("key"))
                    .as("until it is told again")
                    .isEqualTo("old");
            other.cache.put("mark", "before");
            holder.order("peek mark");
            assertThat(holder.answer()).isEqualTo("peeked before");

            invalidating.signal("CONT");
            await().atMost(PATIENCE).until(() -> !has(next, keys.value("key")));
            // Messages keep their order: who has heard of the mark has heard of the key.
            invalidating.order("put mark after");
            assertThat(invalidating.answer()).isEqualTo("put EVERYWHERE");
            await().atMost(PATIENCE).until(() -> "after".equals(other.cache.getIfPresent("mark")));
            await().atMost(PATIENCE).until(() -> answer(holder, "peek mark").equals("peeked after"));
            assertThat(other.cache.getIfPresent("key")).isNull();
            assertThat(answer(holder, "peek key")).isEqualTo("peeked null");
            assertThat(answer(invalidating, "peek key")).isEqualTo("peeked null");
        }
    }

    /** Else it would load alone. */
    private static void awaitConnected(NodeProcess node) {
        await().atMost(PATIENCE).until(() -> answer(node, "put any value").equals("put EVERYWHERE"));
    }

    private static String answer(NodeProcess node, String order) throws Exception {
        node.order(order);
        return node.answer();
    }

    // ---- a holder that dies in it ---------------------------------------------------------------------------------

    @Test
    @Tag("long")
    void whenTheHolderIsKilledDuringTheFailoverTheOthersLoad() throws Exception {
        Duration lease = Duration.ofSeconds(5);
        Node b = new Node(lease);
        Node c = new Node(lease);
        try (NodeProcess holder = new NodeProcess(redis.uri(), lease)) {
            awaitConnected(holder);
            holder.order("load key never");
            assertThat(holder.answer()).isEqualTo("loading");
            redis.replicas().forEach(replica -> awaitHas(replica, keys.lease("key")));
            List<Call> waiting = List.of(new Call(b, "key", loads), new Call(c, "key", loads));
            await().atMost(PATIENCE).until(() -> b.told.claims() > 0 && c.told.claims() > 0);
            waiting.forEach(call -> call.end("loaded alone"));
            assertThat(loads).as("loads while the holder lives").hasValue(0);
            primary.kill();
            holder.kill();
            long killed = System.nanoTime();

            waiting.forEach(call -> assertThat(call.answer()).isEqualTo("loaded alone"));
            long answered = System.nanoTime();
            int alone = loads.get();
            RedisServer next = redis.awaitPrimaryOtherThan(primary);
            long promoted = System.nanoTime();
            b.awaitConnected();
            c.awaitConnected();
            String value = b.load("key");
            long free = System.nanoTime();
            assertThat(c.load("key")).isEqualTo(value);
            awaitHas(next, keys.value("key"));
            assertThat(has(next, keys.lease("key"))).as("a lease at the end").isFalse();
            assertOnly(value, b, c);
            assertThat(alone).as("loads while Redis is away").isBetween(1, 2);
            assertThat(loads.get() - alone)
                    .as("loads in the cluster after that")
                    .isBetween(0, 1);
            System.out.printf(
                    "The holder and the primary were killed: two waiting nodes had a value after %d ms by %d loads; the"
                            + " primary was promoted after %d ms, and both nodes had the same value after %d ms by %d"
                            + " more, with a lease TTL of %d ms%n",
                    millis(killed, answered),
                    alone,
                    millis(killed, promoted),
                    millis(killed, free),
                    loads.get() - alone,
                    lease.toMillis());
        }
    }

    // ---- all of it at a time --------------------------------------------------------------------------------------

    @Test
    void ofAllThatIsLoadedDuringAFailoverOneValueIsLeft() {
        loadDuringAFailover();
    }

    @Tag("long")
    @RepeatedTest(10)
    void norIsMoreLeftByAnyOfManyFailovers() {
        loadDuringAFailover();
    }

    /**
     * One node holds the leases of many keys when the primary dies, some of which the next one knows. Its loads end when
     * there is no primary, or while another node loads the same key; two others want all of them.
     */
    private void loadDuringAFailover() {
        Duration lease = Duration.ofSeconds(5);
        Node a = new Node(lease);
        List<Node> others = List.of(new Node(lease), new Node(lease));
        Map<String, AtomicInteger> loadsOf = new TreeMap<>();
        Map<String, Call> held = new TreeMap<>();
        Function<String, Call> hold =
                key -> new Call(a, key, loadsOf.computeIfAbsent(key, one -> new AtomicInteger())).awaitLoading();
        List<String> copied = named("copied");
        List<String> missing = named("missing");
        copied.forEach(key -> held.put(key, hold.apply(key)));
        copied.forEach(key -> redis.replicas().forEach(replica -> awaitHas(replica, keys.lease(key))));
        RedisServer next = cutOffReplicas();
        missing.forEach(key -> held.put(key, hold.apply(key)));
        List<CompletableFuture<@Nullable String>> waiting = new ArrayList<>();
        held.keySet()
                .forEach(key ->
                        others.forEach(node -> waiting.add(new Call(node, key, loadsOf.get(key)).end("other").answer)));

        primary.kill();
        held.forEach((key, call) -> {
            if (isEven(key)) {
                call.end("held");
            }
        });
        next.resume();
        BusLog published = new BusLog();
        try (RedisTier direct = RedisTier.connect(next.uri())) {
            direct.bus(new RemoteNamespace(NodeProcess.CACHE, Samples.token())).subscribe(published);
            redis.awaitPrimaryOtherThan(primary);
            await().atMost(PATIENCE).until(() -> waiting.stream().allMatch(CompletableFuture::isDone));
            nodes.forEach(Node::awaitConnected);
            // One of the others is granted the lease that was lost; so the holder's value comes between.
            List<Call> late = held.keySet().stream()
                    .filter(key -> !isEven(key))
                    .map(key -> new Call(others.get(0), key, loadsOf.get(key)))
                    .toList();
            await().atMost(PATIENCE)
                    .until(() ->
                            late.stream().filter(call -> call.loading.isDone()).count() >= missing.size() / 2);
            held.values().forEach(call -> call.end("held"));
            held.values().forEach(call -> assertThat(call.answer()).isEqualTo("held"));
            late.forEach(call -> call.end("late").answer());

            for (String key : held.keySet()) {
                List<@Nullable String> values = nodes.stream()
                        .map(node -> node.cache.get(
                                key, absent -> "after " + loadsOf.get(key).incrementAndGet()))
                        .toList();
                assertThat(values).as("what the nodes have of " + key).containsOnly(values.get(0));
                if (missing.contains(key)) {
                    assertThat(values.get(0))
                            .as("by a lease that was lost, " + key)
                            .isNotEqualTo("held");
                }
                awaitHas(next, keys.value(key));
                assertThat(String.valueOf(next.command("GET", name(keys.value(key)))))
                        .as("what L2 has of " + key)
                        .endsWith(values.get(0));
            }
            Map<String, Long> publishedOf = published.messages().stream()
                    .filter(message -> message.kind() == BusMessage.Kind.PUBLISHED)
                    .collect(Collectors.groupingBy(BusMessage::key, TreeMap::new, Collectors.counting()));
            assertThat(publishedOf.values())
                    .as("loads that the new primary has taken")
                    .containsOnly(1L);
            loadsOf.values()
                    .forEach(count -> assertThat(count.get())
                            .as("loads of a key: one on each node, and one in the cluster after that")
                            .isBetween(1, nodes.size() + 1));
            System.out.println("Loads per key during a failover: its lease on the replica, "
                    + histogram(copied, loadsOf) + "; not there, " + histogram(missing, loadsOf));
        }
    }

    private static List<String> named(String prefix) {
        return List.of(prefix + "0", prefix + "1", prefix + "2", prefix + "3", prefix + "4", prefix + "5");
    }

    private static boolean isEven(String key) {
        return key.charAt(key.length() - 1) % 2 == 0;
    }

    private static String histogram(List<String> keys, Map<String, AtomicInteger> loadsOf) {
        return keys.stream()
                .collect(Collectors.groupingBy(key -> loadsOf.get(key).get(), TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> entry.getValue() + " keys " + entry.getKey() + " times")
                .collect(Collectors.joining(", "));
    }

    // ---- the failover ---------------------------------------------------------------------------------------------

    /** What is written from now on comes to no replica; what was written before has. One is left and returned, paused. */
    private RedisServer cutOffReplicas() {
        primary.command("SET", "last", "written");
        redis.replicas().forEach(replica -> awaitHas(replica, "last".getBytes(US_ASCII)));
        List<RedisServer> replicas = redis.pauseReplicas();
        RedisServer next = replicas.get(0);
        replicas.get(1).kill(); // a sentinel that has not noticed the pause yet might promote that one
        // What is sent to a paused replica would wait for it in its socket.
        primary.command("CLIENT", "KILL", "TYPE", "replica");
        return next;
    }

    private void failOverTo(RedisServer next) {
        primary.kill();
        next.resume();
        assertThat(redis.awaitPrimaryOtherThan(primary)).isSameAs(next);
    }

    private static void awaitHas(RedisServer server, byte[] key) {
        await().atMost(PATIENCE).until(() -> has(server, key));
    }

    private static boolean has(RedisServer server, byte[] key) {
        return Long.valueOf(1).equals(server.command("EXISTS", name(key)));
    }

    private static String name(byte[] key) {
        return new String(key, US_ASCII);
    }

    private static long millis(long from, long to) {
        return (to - from) / 1_000_000;
    }
}
