package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P19: how values stand in L2 is the cache's affair, and what can't be read there, or must not be, is a miss. */
class ValuesTest {

    private static final String LONG_TEXT = "so long, ".repeat(100);
    private static final byte[] KEY_1 = new byte[32];
    private static final byte[] KEY_2 = new byte[32];

    static {
        Arrays.fill(KEY_1, (byte) 1);
        Arrays.fill(KEY_2, (byte) 2);
    }

    private final TestCluster cluster = new TestCluster();
    private final AtomicInteger undecodable = new AtomicInteger();
    private final AtomicInteger notStorable = new AtomicInteger();

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node(UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        return cluster.node(builder -> options.apply(builder.listener(new CacheListener() {
            @Override
            public void onUndecodable() {
                undecodable.incrementAndGet();
            }

            @Override
            public void onNotStorable() {
                notStorable.incrementAndGet();
            }
        })));
    }

    private boolean has(String key, int flag) {
        return cluster.envelope(key).header().has(flag);
    }

    // ---- compression and size -------------------------------------------------------------------------------------

    @Test
    void whatIsLargeIsCompressedAndReadByAll() {
        var compressing = node(options -> options.compression(100));
        compressing.cache.put("large", LONG_TEXT);
        compressing.cache.put("at the limit", "x".repeat(100));
        assertThat(has("large", Envelope.COMPRESSED)).isTrue();
        assertThat(cluster.envelope("large").payload().remaining()).isLessThan(LONG_TEXT.length() / 5);
        assertThat(has("at the limit", Envelope.COMPRESSED)).isFalse();
        assertThat(cluster.remote("large")).isEqualTo(LONG_TEXT);
        assertThat(cluster.remote("at the limit")).isEqualTo("x".repeat(100));
        var plain = node(options -> options);
        plain.cache.put("large", LONG_TEXT + "!");
        assertThat(has("large", Envelope.COMPRESSED)).isFalse();
        assertThat(compressing.cache.getIfPresent("large")).isEqualTo(LONG_TEXT + "!");
        assertThat(undecodable).hasValue(0);
    }

    @Test
    void aPutThatIsTooLargeChangesNothing() {
        var node = node(options -> options.maxValueSize(10));
        assertThat(node.cache.put("x", "0123456789")).isEqualTo(WriteResult.EVERYWHERE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> node.cache.put("x", "0123456789A"))
                .withMessageContainingAll("'x'", "nothing was changed")
                .withCauseInstanceOf(ValueTooLargeException.class);
        assertThat(node.local("x")).isEqualTo("0123456789");
        assertThat(cluster.remote("x")).isEqualTo("0123456789");
        assertThat(cluster.server.count("put")).isOne();
        assertThat(node.cache.busyKeys()).isEmpty();
    }

    /** Its bytes count, not its characters; and what it is compressed to does not. */
    @Test
    void theSizeIsThatOfWhatTheCodecWrites() {
        var node = node(options -> options.maxValueSize(10).compression(0));
        assertThatIllegalArgumentException().isThrownBy(() -> node.cache.put("x", "éééééé"));
        assertThatIllegalArgumentException().isThrownBy(() -> node.cache.put("x", "a".repeat(11)));
        assertThat(node.cache.put("x", "ééééé")).isEqualTo(WriteResult.EVERYWHERE);
    }

    /** Those who wait on other nodes are told, and load for themselves. */
    @Test
    void aLoadedValueThatIsTooLargeStaysOnItsNode() {
        var a = node(options -> options.maxValueSize(10));
        var b = node(options -> options.maxValueSize(10));
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> a.cache.get("x", key -> {
            inLoader.arrive();
            return "more than ten bytes";
        }));
        inLoader.awaitReached();
        var waiter = cluster.threads.start(() -> b.cache.get("x", key -> "b's own large value"));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiter.awaitWaiting();
        inLoader.release();
        assertThat(load.value()).isEqualTo("more than ten bytes");
        assertThat(waiter.value()).isEqualTo("b's own large value");
        a.awaitRest();
        b.awaitRest();
        assertThat(notStorable).hasValue(1);
        assertThat(a.local("x")).isEqualTo("more than ten bytes");
        assertThat(a.cache.get("x", key -> "never")).isEqualTo("more than ten bytes");
        assertThat(b.cache.get("x", key -> "never")).isEqualTo("b's own large value");
        assertThat(cluster.server.rawEntry(TestCluster.NAME, "x")).isNull();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, "x")).isNull();
        b.cache.invalidate("x");
        assertThat(a.local("x")).isNull();
    }

    @Test
    void whatIsFoundAndIsTooLargeIsAMissAndReplaced() {
        node(options -> options).cache.put("x", "more than ten bytes");
        var small = node(options -> options.maxValueSize(10));
        assertThat(small.cache.get("x", key -> "small")).isEqualTo("small");
        small.awaitRest();
        assertThat(undecodable).hasPositiveValue();
        assertThat(cluster.remote("x")).isEqualTo("small");
    }

    @Test
    void oneValueOfManyThatIsTooLargeIsTheOnlyOneNotStored() {
        var node = node(options -> options.maxValueSize(10));
        assertThat(node.cache.getAll(List.of("x", "large"), keys -> Map.of("x", "vx", "large", LONG_TEXT)))
                .containsEntry("large", LONG_TEXT);
        node.awaitRest();
        assertThat(notStorable).hasValue(1);
        assertThat(cluster.remote("x")).isEqualTo("vx");
        assertThat(cluster.remote("large")).isNull();
        assertThat(node.local("large")).isEqualTo(LONG_TEXT);
    }

    // ---- encryption -----------------------------------------------------------------------------------------------

    private TestCluster.Node encrypting(EncryptionKeys keys) {
        return node(options -> options.encryption(keys).negativeTtl(TestCluster.TTL));
    }

    @Test
    void anEncryptedValueIsReadByThoseWithTheKey() {
        var a = encrypting(EncryptionKeys.aesGcm("one", KEY_1));
        var b = encrypting(EncryptionKeys.aesGcm("one", KEY_1));
        a.cache.put("x", LONG_TEXT);
        assertThat(has("x", Envelope.ENCRYPTED)).isTrue();
        assertThat(new String(cluster.server.rawEntry(TestCluster.NAME, "x"), StandardCharsets.ISO_8859_1))
                .doesNotContain("so long");
        assertThat(b.cache.getIfPresent("x")).isEqualTo(LONG_TEXT);
        a.cache.get("y", key -> "loaded");
        a.awaitRest();
        assertThat(has("y", Envelope.ENCRYPTED)).isTrue();
        assertThat(b.cache.getIfPresent("y")).isEqualTo("loaded");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoHasNotTheKeyFindsNothingAndLoads(boolean otherKey) {
        encrypting(EncryptionKeys.aesGcm("one", KEY_1)).cache.put("x", "secret");
        // The same id, so that it is not told by that.
        var stranger = otherKey ? encrypting(EncryptionKeys.aesGcm("one", KEY_2)) : node(options -> options);
        assertThat(stranger.cache.getIfPresent("x")).isNull();
        assertThat(undecodable).hasPositiveValue();
        assertThat(stranger.cache.get("x", key -> "own")).isEqualTo("own");
    }

    /** The three deployments that change a key, one node after the other. */
    @Test
    void aKeyIsChangedWithoutAMiss() {
        var old = encrypting(EncryptionKeys.aesGcm("one", KEY_1));
        old.cache.put("by old", "1");
        var prepared = encrypting(EncryptionKeys.aesGcm("one", KEY_1).alsoReads("two", KEY_2));
        assertThat(prepared.cache.getIfPresent("by old")).isEqualTo("1");
        prepared.cache.put("by prepared", "2");
        assertThat(old.cache.getIfPresent("by prepared")).isEqualTo("2");
        var changed = encrypting(EncryptionKeys.aesGcm("two", KEY_2).alsoReads("one", KEY_1));
        changed.cache.put("by changed", "3");
        assertThat(changed.cache.getIfPresent("by old")).isEqualTo("1");
        assertThat(changed.cache.getIfPresent("by prepared")).isEqualTo("2");
        assertThat(prepared.cache.getIfPresent("by changed")).isEqualTo("3");
        assertThat(undecodable).hasValue(0);
        var done = encrypting(EncryptionKeys.aesGcm("two", KEY_2));
        assertThat(done.cache.getIfPresent("by changed")).isEqualTo("3");
        assertThat(done.cache.getIfPresent("by old")).isNull();
        assertThat(undecodable).hasPositiveValue();
    }

    @Test
    void aPlainValueIsAMissForWhoEncrypts() {
        node(options -> options).cache.put("x", "planted");
        var a = encrypting(EncryptionKeys.aesGcm("one", KEY_1));
        assertThat(a.cache.getIfPresent("x")).isNull();
        assertThat(a.cache.get("x", key -> "own")).isEqualTo("own");
        a.awaitRest();
        assertThat(has("x", Envelope.ENCRYPTED)).isTrue();
    }

    /** Neither can "there is none" be planted. */
    @Test
    void thatThereIsNoValueIsEncryptedToo() {
        var a = encrypting(EncryptionKeys.aesGcm("one", KEY_1));
        var b = encrypting(EncryptionKeys.aesGcm("one", KEY_1));
        a.cache.get("x", key -> null);
        a.awaitRest();
        assertThat(has("x", Envelope.ENCRYPTED)).isTrue();
        assertThat(b.cache.get("x", key -> "never")).isNull();
        node(options -> options.negativeTtl(TestCluster.TTL)).cache.get("y", key -> null);
        Threads.until(() -> assertThat(cluster.envelope("y")).isNotNull());
        assertThat(b.cache.get("y", key -> "own")).isEqualTo("own");
    }

    @Test
    void anEncryptedValueIsReadUnderItsOwnKeyOnly() {
        var a = encrypting(EncryptionKeys.aesGcm("one", KEY_1));
        a.cache.put("x", "of x");
        cluster.server.putRaw(
                TestCluster.NAME,
                "y",
                cluster.server.rawEntry(TestCluster.NAME, "x"),
                cluster.server.expiresAtMillis(TestCluster.NAME, "x"));
        assertThat(a.cache.getIfPresent("y")).isNull();
        assertThat(undecodable).hasPositiveValue();
    }

    // ---- schemas --------------------------------------------------------------------------------------------------

    /** Text with a mark of its version, and no way to read another's. */
    private record Marked(String schemaId) implements Codec<String> {
        @Override
        public byte[] encode(String value) {
            return (schemaId + ":" + value).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(ByteBuffer bytes) {
            String text = StandardCharsets.UTF_8.decode(bytes).toString();
            if (!text.startsWith(schemaId + ":")) {
                throw new IllegalArgumentException(text);
            }
            return text.substring(schemaId.length() + 1);
        }
    }

    private TestCluster.Node version(String schemaId, UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        // The builder's connection is given anew together with the codec.
        return node(builder -> options.apply(builder.remote(cluster.server, new Marked(schemaId))));
    }

    private TestCluster.Node version(String schemaId) {
        return version(schemaId, UnaryOperator.identity());
    }

    @Test
    void twoVersionsKeepTheirOwnValuesSideBySide() {
        var v1 = version("v1");
        var v2 = version("v2");
        v1.cache.get("x", key -> "one");
        v1.awaitRest();
        assertThat(v2.cache.get("x", key -> "two")).isEqualTo("two");
        v2.awaitRest();
        assertThat(version("v1").cache.get("x", key -> "never")).isEqualTo("one");
        assertThat(version("v2").cache.get("x", key -> "never")).isEqualTo("two");
        assertThat(undecodable).hasValue(0);
    }

    @Test
    void anInvalidationByOneVersionConcernsTheOther() {
        var v1 = version("v1");
        var v2 = version("v2");
        v1.cache.get("x", key -> "one");
        v1.awaitRest();
        v2.cache.get("x", key -> "two");
        v2.awaitRest();
        v1.cache.invalidate("x");
        for (String id : List.of("v1", "v2")) {
            assertThat(version(id).cache.getIfPresent("x")).isNull();
        }
        assertThat(v2.local("x")).isNull();
    }

    @Test
    void aPutByOneVersionMakesTheOthersValueGoAway() {
        var v1 = version("v1");
        var v2 = version("v2");
        v2.cache.get("x", key -> "two");
        v2.awaitRest();
        v1.cache.put("x", "put");
        assertThat(v2.local("x")).isNull();
        assertThat(v2.cache.getIfPresent("x")).isNull();
        assertThat(v2.cache.get("x", key -> "two again")).isEqualTo("two again");
        v2.awaitRest();
        assertThat(version("v1").cache.getIfPresent("x")).isEqualTo("put");
    }

    @Test
    void anExpiryByOneVersionMakesTheOthersValueStale() {
        UnaryOperator<StampedeCacheBuilder<String, String>> stale =
                options -> options.staleOnError(Duration.ofMinutes(5));
        var v1 = version("v1", stale);
        var v2 = version("v2", stale);
        v1.cache.get("x", key -> "one");
        v1.awaitRest();
        v2.cache.get("x", key -> "two");
        v2.awaitRest();
        cluster.time.pass(Duration.ofMillis(1));
        v1.cache.expire("x");
        var call = cluster.threads.start(() -> v2.cache.getResult("x", key -> {
            throw new IllegalStateException("the source is down");
        }));
        assertThat(call.value().value()).isEqualTo("two");
        assertThat(call.value().source()).isEqualTo(Result.Source.STALE);
        assertThat(v1.cache.get("x", key -> "one again")).isEqualTo("one again");
    }

    /** The lease is one for all: a waiter of the other version loads its own value when its turn comes. */
    @Test
    void theTwoDoNotLoadAtTheSameTime() {
        var v1 = version("v1");
        var v2 = version("v2");
        Hold inLoader = new Hold();
        var one = cluster.threads.start(() -> v1.cache.get("x", key -> {
            inLoader.arrive();
            return "one";
        }));
        inLoader.awaitReached();
        AtomicInteger loads = new AtomicInteger();
        var two = cluster.threads.start(() -> v2.cache.get("x", key -> "two" + loads.incrementAndGet()));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        two.awaitWaiting();
        assertThat(loads).hasValue(0);
        inLoader.release();
        assertThat(one.value()).isEqualTo("one");
        assertThat(two.value()).isEqualTo("two1");
        assertThat(loads).hasValue(1);
        v2.awaitRest();
        assertThat(version("v1").cache.getIfPresent("x")).isEqualTo("one");
    }
}
