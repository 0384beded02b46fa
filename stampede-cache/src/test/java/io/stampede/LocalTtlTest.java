package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Result.Source;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code localTtl}: the longest time for which a node relies on the bus alone. */
class LocalTtlTest {

    private static final String KEY = "key";
    private static final Duration LOCAL = Duration.ofSeconds(5);

    private final TestCluster cluster = new TestCluster();
    private final AtomicInteger decoded = new AtomicInteger();
    private final TestCluster.Node a = node();
    private final TestCluster.Node b = cluster.node();
    private final Loader<String, String> never = key -> {
        throw new AssertionError("no load was expected");
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node() {
        return cluster.node(options -> options.localTtl(LOCAL).remote(new Wire(cluster.server), counting()));
    }

    private Codec<String> counting() {
        Codec<String> strings = Codec.strings();
        return new Codec<>() {
            @Override
            public byte[] encode(String value) throws Exception {
                return strings.encode(value);
            }

            @Override
            public String decode(ByteBuffer bytes) throws Exception {
                decoded.incrementAndGet();
                return StandardCharsets.UTF_8.decode(bytes).toString();
            }
        };
    }

    private void assertOneGet(TestCluster.Node node, Source source) {
        long gets = cluster.server.count("get");
        long claims = cluster.server.count("claim");
        assertThat(node.cache.getResult(KEY, never))
                .extracting(Result::value, Result::source)
                .containsExactly("value", source);
        assertThat(cluster.server.count("get")).isEqualTo(gets + 1);
        assertThat(cluster.server.count("claim")).isEqualTo(claims);
    }

    @Test
    void afterItL1AsksL2AndKeepsWhatIsTheSame() {
        a.cache.put(KEY, "value");
        for (int round = 0; round < 3; round++) {
            cluster.time.pass(LOCAL.minusMillis(2));
            assertThat(a.local(KEY)).isEqualTo("value");
            cluster.time.pass(Duration.ofMillis(3));
            assertThat(a.local(KEY)).isNull();
            assertOneGet(a, Source.L2);
            assertThat(a.cache.getResult(KEY, never).source()).isEqualTo(Source.L1);
        }
        assertThat(decoded).as("the same version is not decoded again").hasValue(0);
    }

    @Test
    void whatWasReadFromL2IsBoundByItToo() {
        b.cache.put(KEY, "value");
        assertThat(a.cache.get(KEY, never)).isEqualTo("value");
        cluster.time.pass(LOCAL);
        assertOneGet(a, Source.L2);
        assertThat(decoded).hasValue(1);
        assertThat(b.local(KEY)).as("without localTtl").isEqualTo("value");
    }

    @Test
    void soIsWhatWasLoaded() {
        a.cache.get(KEY, key -> "value");
        a.awaitRest();
        cluster.time.pass(LOCAL);
        assertOneGet(a, Source.L2);
    }

    @Test
    void whoOnlyLooksFindsItStill() {
        a.cache.put(KEY, "value");
        cluster.time.pass(LOCAL);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("value");
    }

    /** What it is for: a message that got lost without anybody noticing. */
    @Test
    void aChangeThatNobodyToldIsNoticed() {
        a.cache.put(KEY, "value");
        cluster.server.dropMessages(true);
        b.cache.put(KEY, "changed");
        cluster.server.dropMessages(false);
        assertThat(a.cache.get(KEY, never)).isEqualTo("value");
        cluster.time.pass(LOCAL);
        assertThat(a.cache.get(KEY, never)).isEqualTo("changed");
    }

    @Test
    void aRemovalThatNobodyToldToo() {
        a.cache.put(KEY, "value");
        cluster.server.dropMessages(true);
        b.cache.invalidate(KEY);
        cluster.server.dropMessages(false);
        cluster.time.pass(LOCAL);
        assertThat(a.cache.getResult(KEY, key -> "loaded"))
                .extracting(Result::value, Result::source)
                .containsExactly("loaded", Source.LOADED);
    }

    /** P12 */
    @Test
    void whileL2IsAwayItIsServedAsSuspect() {
        var c = cluster.node(options -> options.localTtl(LOCAL));
        c.cache.put(KEY, "value");
        c.wire.cut();
        cluster.server.failAll(true);
        cluster.time.pass(LOCAL);
        for (int i = 0; i < 2; i++) { // the first notices that L2 is away, the second knows
            assertThat(c.cache.getResult(KEY, never))
                    .extracting(Result::value, Result::source)
                    .containsExactly("value", Source.SUSPECT);
        }
        cluster.server.failAll(false);
    }

    @Test
    void itDoesNotProlongTheTtl() {
        var c = cluster.node(options -> options.localTtl(TestCluster.TTL.multipliedBy(2)));
        c.cache.put(KEY, "value");
        cluster.time.pass(TestCluster.TTL);
        assertThat(c.cache.getResult(KEY, key -> "new").source()).isEqualTo(Source.LOADED);
    }

    /** P1: many who come then make one question of it. */
    @Test
    void severalReadersAskOnce() {
        var c = cluster.node(options -> options.localTtl(LOCAL));
        c.cache.put(KEY, "value");
        cluster.time.pass(LOCAL);
        Wire.Held get = c.wire.holdReply("get");
        var one = cluster.threads.start(() -> c.cache.get(KEY, never));
        get.awaitReached();
        var others = cluster.threads.start(5, () -> c.cache.get(KEY, never));
        others.forEach(Threads.Call::awaitWaiting);
        get.release();
        assertThat(one.value()).isEqualTo("value");
        assertThat(others).allSatisfy(other -> assertThat(other.value()).isEqualTo("value"));
        assertThat(cluster.server.count("get")).isOne();
    }
}
