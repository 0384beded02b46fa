package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** P15, KNOWN-BUGS 41: bytes in the store that can't be read are a miss and are replaced, whatever they are. */
class UnreadableEntriesTest {

    private static final String KEY = "key";
    private static final Token VERSION = new Token(7, 7);

    private final TestCluster cluster = new TestCluster();

    record Before(String name) {}

    record After(int name) {}

    @AfterEach
    void close() {
        cluster.close();
    }

    static Stream<Arguments> garbage() {
        byte[] random = new byte[500];
        new Random(1).nextBytes(random);
        random[0] = Envelope.FORMAT;
        return Stream.of(
                Arguments.of("nothing", edit(bytes -> new byte[0])),
                Arguments.of("one byte", edit(bytes -> new byte[] {1})),
                Arguments.of("shorter than a stamp", edit(bytes -> Arrays.copyOf(bytes, 16))),
                Arguments.of("a stamp", edit(bytes -> Arrays.copyOf(bytes, 17))),
                Arguments.of(
                        "a header but for one byte", edit(bytes -> Arrays.copyOf(bytes, Envelope.HEADER_BYTES - 1))),
                Arguments.of("a header alone", edit(bytes -> Arrays.copyOf(bytes, Envelope.HEADER_BYTES))),
                Arguments.of("a payload cut short", edit(bytes -> Arrays.copyOf(bytes, bytes.length - 1))),
                Arguments.of("a byte too many", edit(bytes -> Arrays.copyOf(bytes, bytes.length + 1))),
                Arguments.of("another format", edit(bytes -> set(bytes, 0, (byte) 1))),
                Arguments.of("an unknown flag", edit(bytes -> set(bytes, 65, (byte) 8))),
                Arguments.of("a huge payload", edit(bytes -> setInt(bytes, 78, Integer.MAX_VALUE))),
                Arguments.of("a negative payload", edit(bytes -> setInt(bytes, 78, -1))),
                Arguments.of("huge tags", edit(bytes -> setInt(bytes, 74, Integer.MAX_VALUE))),
                Arguments.of("negative tags", edit(bytes -> setInt(bytes, 74, Integer.MIN_VALUE))),
                Arguments.of(
                        "lengths that overflow to the right sum",
                        edit(bytes -> setInt(setInt(bytes, 74, Integer.MAX_VALUE), 78, Integer.MIN_VALUE + 6))),
                Arguments.of(
                        "a payload that is no text", edit(bytes -> set(bytes, Envelope.HEADER_BYTES, (byte) 0xff))),
                Arguments.of("noise", edit(bytes -> random)),
                Arguments.of(
                        "text of another program",
                        edit(bytes -> "{\"a\":1}".repeat(20).getBytes(UTF_8))));
    }

    private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;

    private static UnaryOperator<byte[]> edit(UnaryOperator<byte[]> edit) {
        return edit;
    }

    private static byte[] set(byte[] bytes, int at, byte value) {
        bytes[at] = value;
        return bytes;
    }

    private static byte[] setInt(byte[] bytes, int at, int value) {
        ByteBuffer.wrap(bytes).putInt(at, value);
        return bytes;
    }

    /** An entry as a node of the same cache would have written it. */
    private byte[] soundEntry() {
        return soundEntry(Map.of());
    }

    private byte[] soundEntry(Map<String, Token> tags) {
        Token generation = cluster.server.generationOf(TestCluster.NAME);
        long until = cluster.time.serverMicros() + 60_000_000;
        Envelope.Header header = new Envelope.Header(VERSION, until, until, until, 0, generation, 0, 0);
        return Envelope.encode(header, tags, "stored".getBytes(UTF_8));
    }

    private void store(byte[] bytes) {
        cluster.server.putRaw(TestCluster.NAME, KEY, bytes, cluster.time.serverMillis() + 60_000);
    }

    @Test
    void theEntryThatTheOthersAreMadeFromIsSound() {
        var a = cluster.node();
        store(soundEntry());
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("stored");
    }

    @Test
    void anEntryOfATagsGenerationThatIsNotTheCurrentOneIsAMiss() {
        var a = cluster.node();
        store(soundEntry(Map.of("tag", VERSION)));
        assertThat(a.cache.getIfPresent(KEY)).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("garbage")
    void garbageIsAMissAndReplaced(String what, UnaryOperator<byte[]> edit) {
        var a = cluster.node();
        var b = cluster.node();
        store(edit.apply(soundEntry()));
        assertThat(a.cache.getIfPresent(KEY)).as(what).isNull();
        assertThat(a.cache.get(KEY)).isEqualTo("value");
        a.awaitRest();
        assertThat(cluster.envelope(KEY)).isNotNull();
        assertThat(b.cache.get(KEY, key -> "never")).isEqualTo("value");
        assertThat(cluster.loads).hasValue(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("garbage")
    void garbageCanBeWrittenOver(String what, UnaryOperator<byte[]> edit) {
        var a = cluster.node();
        byte[] garbage = edit.apply(soundEntry());
        store(garbage);
        assertThat(a.cache.expire(KEY)).as(what).isEqualTo(WriteResult.EVERYWHERE);
        store(garbage);
        assertThat(a.cache.invalidate(KEY)).isEqualTo(WriteResult.EVERYWHERE);
        store(garbage);
        assertThat(a.cache.put(KEY, "put")).isEqualTo(WriteResult.EVERYWHERE);
        assertThat(cluster.remote(KEY)).isEqualTo("put");
    }

    @Test
    void aTimeBeforeAllTimeIsNotTheFuture() {
        var a = cluster.node();
        byte[] bytes = soundEntry();
        ByteBuffer.wrap(bytes).putLong(17, Long.MIN_VALUE).putLong(25, Long.MIN_VALUE);
        store(bytes);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
    }

    /** KNOWN-BUGS 41: a class was changed in a rolling deploy. */
    @Test
    void aValueOfAChangedClassIsAMissAndReplaced() {
        var wire = new Wire(cluster.server);
        try (var before = StampedeCache.<String, Before>builder("deploy")
                        .ttl(Duration.ofMinutes(1))
                        .environment(cluster.time.node(Duration.ZERO))
                        .remote(wire, JsonCodec.of(Before.class))
                        .build();
                var after = StampedeCache.<String, After>builder("deploy")
                        .ttl(Duration.ofMinutes(1))
                        .environment(cluster.time.node(Duration.ZERO))
                        .remote(new Wire(cluster.server), JsonCodec.of(After.class))
                        .build()) {
            before.put(KEY, new Before("not a number"));
            assertThat(after.getIfPresent(KEY)).isNull();
            assertThat(after.get(KEY, key -> new After(5))).isEqualTo(new After(5));
            Threads.until(
                    () -> assertThat(((ClusterCache<?, ?>) after).busyKeys()).isEmpty());
            assertThat(cluster.server.count("publish")).isOne();
        }
    }

    /** Whatever a codec throws on reading, up to errors of a class that is no longer there. */
    @Test
    void aCodecThatThrowsOnReadingIsAMiss() {
        for (Throwable failure : new Throwable[] {
            new java.io.IOException("checked"), new NoClassDefFoundError("gone"), new StackOverflowError()
        }) {
            Codec<String> codec = new Codec<>() {
                @Override
                public byte[] encode(String value) {
                    return value.getBytes(UTF_8);
                }

                @Override
                public String decode(ByteBuffer bytes) throws Exception {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (Exception) failure;
                }
            };
            try (var cache = StampedeCache.<String, String>builder(TestCluster.NAME)
                    .ttl(Duration.ofMinutes(1))
                    .environment(cluster.time.node(Duration.ZERO))
                    .remote(new Wire(cluster.server), codec)
                    .build()) {
                cluster.node().cache.put(KEY, "stored");
                assertThat(cache.getIfPresent(KEY)).isNull();
                assertThat(cache.get(KEY, key -> "loaded")).isEqualTo("loaded");
            }
        }
    }
}
