package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P18: several writes are so many single ones, of which none waits for another of its thousand. */
class WriteAllTest {

    /** Half of a character, which no key codec can write. */
    private static final String UNWRITABLE = "\ud800";

    /** How many writes of one call are under way at most. */
    private static final int MOST = 1_000;

    private static final int MANY = 2 * MOST + 1;

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();

    @AfterEach
    void close() {
        cluster.close();
    }

    private static Map<String, String> ordered(String... keys) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String key : keys) {
            values.put(key, "v" + key);
        }
        return values;
    }

    private static Map<String, String> many() {
        return ordered(IntStream.range(0, MANY).mapToObj(i -> "k" + i).toArray(String[]::new));
    }

    private static List<Wire.Held> holdReplies(TestCluster.Node node, String operation, int count) {
        return Stream.generate(() -> node.wire.holdReply(operation))
                .limit(count)
                .toList();
    }

    @Test
    void putAllStoresEverythingEverywhere() {
        b.cache.put("x", "old");
        assertThat(a.cache.putAll(ordered("x", "y"))).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(a.local("x")).isEqualTo("vx");
        assertThat(b.local("x")).isNull();
        assertThat(b.cache.getIfPresent("x")).isEqualTo("vx");
        assertThat(b.cache.getIfPresent("y")).isEqualTo("vy");
    }

    @Test
    void invalidateAllRemovesEverythingEverywhere() {
        a.cache.putAll(ordered("x", "y", "z"));
        b.cache.getAll(List.of("x", "y", "z"), keys -> Map.of());
        assertThat(a.cache.invalidateAll(List.of("x", "y", "x"))).isEqualTo(WriteResult.EVERYWHERE);
        for (TestCluster.Node node : List.of(a, b)) {
            assertThat(node.local("x")).isNull();
            assertThat(node.local("y")).isNull();
            assertThat(node.local("z")).isEqualTo("vz");
        }
        assertThat(cluster.remote("x")).isNull();
        assertThat(cluster.server.count("invalidate")).isEqualTo(2);
    }

    @Test
    void nothingToWriteIsWritten() {
        assertThat(a.cache.putAll(Map.of())).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(a.cache.invalidateAll(List.of())).isEqualTo(WriteResult.EVERYWHERE);
    }

    @Test
    void allAreSentBeforeAnyIsWaitedFor() {
        Wire.Held first = a.wire.holdReply("put");
        var call = cluster.threads.start(() -> a.cache.putAll(ordered("x", "y", "z")));
        first.awaitReached();
        Threads.until(() -> assertThat(cluster.server.count("put")).isEqualTo(3));
        assertThat(call.isDone()).isFalse();
        first.release();
        assertThat(call.value()).isEqualTo(WriteResult.EVERYWHERE);

        Wire.Held one = a.wire.holdReply("invalidate");
        call = cluster.threads.start(() -> a.cache.invalidateAll(List.of("x", "y", "z")));
        one.awaitReached();
        Threads.until(() -> assertThat(cluster.server.count("invalidate")).isEqualTo(3));
        assertThat(call.isDone()).isFalse();
        one.release();
        assertThat(call.value()).isEqualTo(WriteResult.EVERYWHERE);
    }

    @Test
    void noMoreThanAThousandArePutAtATime() {
        Map<String, String> values = many();
        assertAThousandAtATime("put", node -> node.cache.putAll(values));
        assertThat(cluster.remote("k" + (MANY - 1))).isEqualTo("vk" + (MANY - 1));
    }

    @Test
    void noMoreThanAThousandAreInvalidatedAtATime() {
        List<String> keys = List.copyOf(many().keySet());
        assertAThousandAtATime("invalidate", node -> node.cache.invalidateAll(keys));
    }

    private void assertAThousandAtATime(String operation, Function<TestCluster.Node, WriteResult> write) {
        EventLog log = new EventLog();
        var node = cluster.node(options -> options.listener(log.listener));
        List<Wire.Held> held = holdReplies(node, operation, MANY);
        var call = cluster.threads.start(() -> write.apply(node));
        for (int answered = 0; answered < MANY; answered += MOST) {
            int sent = Math.min(MANY, answered + MOST);
            held.get(sent - 1).awaitReached();
            call.awaitWaiting();
            assertThat(cluster.server.count(operation)).isEqualTo(sent);
            held.subList(answered, sent - 1).forEach(Wire.Held::release);
            call.awaitWaiting();
            assertThat(cluster.server.count(operation)).as("one is unanswered").isEqualTo(sent);
            held.get(sent - 1).release();
        }
        assertThat(call.value()).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(log.of("onWrite EVERYWHERE")).isOne();
    }

    @Test
    void oneOfTheFirstThousandThatIsQueuedMakesTheResultQueued() {
        Wire.Held lost = a.wire.holdRequest("put");
        var call = cluster.threads.start(() -> a.cache.putAll(many()));
        lost.awaitReached();
        Threads.until(() -> assertThat(cluster.server.count("put")).isEqualTo(MOST - 1));
        cluster.time.pass(TestCluster.TIMEOUT);
        assertThat(call.value()).isEqualTo(WriteResult.QUEUED);
        assertThat(cluster.remote("k" + (MANY - 1))).isEqualTo("vk" + (MANY - 1));
    }

    /** P10: the first thousand open the breaker. */
    @Test
    void aStoreThatHangsIsWaitedForOnce() {
        List<Wire.Held> held = holdReplies(a, "put", MANY); // never let go
        var call = cluster.threads.start(() -> a.cache.putAll(many()));
        held.get(MOST - 1).awaitReached();
        call.awaitWaiting();
        cluster.time.pass(TestCluster.TIMEOUT);
        assertThat(call.value()).isEqualTo(WriteResult.QUEUED);
        assertThat(cluster.server.count("put")).isEqualTo(MOST);
        assertThat(a.cache.getIfPresent("k" + (MANY - 1))).isEqualTo("vk" + (MANY - 1));
    }

    @Test
    void whatCantBeWrittenEndsTheWritesBehindItOnlyAlsoAfterAThousand() {
        Map<String, String> values = many();
        values.put(UNWRITABLE, "value");
        values.put("behind", "value");
        List<Wire.Held> held = holdReplies(a, "put", MANY);
        var call = cluster.threads.start(() -> a.cache.putAll(values));
        held.get(MOST - 1).awaitReached();
        held.subList(0, MANY - 1).forEach(Wire.Held::release);
        held.get(MANY - 1).awaitReached();
        call.awaitWaiting();
        assertThat(call.isDone()).as("the one before it is unanswered").isFalse();
        held.get(MANY - 1).release();
        assertThat(call.failure()).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("Unicode");
        assertThat(a.cache.busyKeys()).isEmpty();
        assertThat(cluster.server.count("put")).isEqualTo(MANY);
    }

    @Test
    void whoIsInterruptedWritesThemAll() {
        List<Wire.Held> held = holdReplies(a, "put", MOST);
        var call = cluster.threads.start(() -> {
            a.cache.putAll(many());
            return Thread.interrupted();
        });
        held.get(MOST - 1).awaitReached();
        call.thread().interrupt();
        held.forEach(Wire.Held::release);
        assertThat(call.value()).as("is still interrupted").isTrue();
        assertThat(cluster.server.count("put")).isEqualTo(MANY);
    }

    @Test
    void nothingMoreIsSentOnceTheCacheIsClosed() {
        List<Wire.Held> held = holdReplies(a, "put", MOST);
        var call = cluster.threads.start(() -> a.cache.putAll(many()));
        held.get(MOST - 1).awaitReached();
        call.awaitWaiting();
        a.cache.close();
        assertThat(call.failure()).isInstanceOf(CacheClosedException.class);
        held.forEach(Wire.Held::release);
        assertThat(cluster.server.count("put")).isEqualTo(MOST);
    }

    @Test
    void oneThatIsQueuedMakesTheResultQueued() {
        Wire.Held lost = a.wire.holdRequest("put");
        var call = cluster.threads.start(() -> a.cache.putAll(ordered("x", "y")));
        lost.awaitReached();
        Threads.until(() -> assertThat(cluster.server.count("put")).isOne());
        cluster.time.pass(TestCluster.TIMEOUT);
        assertThat(call.value()).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.getIfPresent("x")).isEqualTo("vx");
        assertThat(cluster.remote("y")).isEqualTo("vy");
        cluster.server.failAll(true);
        assertThat(a.cache.invalidateAll(List.of("x", "y"))).isEqualTo(WriteResult.QUEUED);
        assertThat(a.cache.getIfPresent("y")).isNull();
    }

    /** Those before it are complete: in both tiers, and nothing goes on with their keys. */
    @Test
    void aValueThatCantBeWrittenEndsThePutsBehindItOnly() {
        var node = cluster.node(options -> options.maxValueSize(10));
        Map<String, String> values = ordered("x");
        values.put("large", "more than ten bytes");
        values.put("y", "vy");
        Wire.Held put = node.wire.holdReply("put");
        var call = cluster.threads.start(() -> node.cache.putAll(values));
        put.awaitReached();
        put.release();
        assertThat(call.failure()).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'large'");
        assertThat(node.cache.busyKeys()).isEmpty();
        assertThat(node.local("x")).isEqualTo("vx");
        assertThat(cluster.remote("x")).isEqualTo("vx");
        assertThat(cluster.remote("large")).isNull();
        assertThat(cluster.remote("y")).isNull();
    }

    @Test
    void aKeyThatCantBeWrittenEndsTheInvalidationsBehindItOnly() {
        a.cache.putAll(ordered("x", "y"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> a.cache.invalidateAll(List.of("x", UNWRITABLE, "y")))
                .withMessageContaining("Unicode");
        assertThat(a.local("x")).isNull();
        assertThat(cluster.remote("x")).isNull();
        assertThat(a.local("y")).isEqualTo("vy");
    }

    @Test
    void aPutEndsTheLoadOfItsKeyAlone() {
        BulkSource source = new BulkSource("loaded ");
        Hold inLoader = source.holdNextRun();
        var load = cluster.threads.start(() -> a.cache.getAll(List.of("x", "y"), source));
        inLoader.awaitReached();
        a.cache.putAll(ordered("x", "z"));
        inLoader.release();
        load.value();
        a.awaitRest();
        assertThat(a.local("x")).isEqualTo("vx");
        assertThat(a.local("y")).isEqualTo("loaded y");
        assertThat(a.local("z")).isEqualTo("vz");
    }
}
