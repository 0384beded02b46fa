package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** KNOWN-BUGS 28: a codec that fails on writing costs its value a place in the store, and nobody anything else. */
class UnencodableValuesTest {

    private static final String KEY = "key";

    private final TestCluster cluster = new TestCluster();
    private volatile Throwable failure = new java.io.IOException("can't be written");

    private final Codec<String> codec = new Codec<>() {
        @Override
        public byte[] encode(String value) throws Exception {
            if (value.startsWith("sound")) {
                return value.getBytes(StandardCharsets.UTF_8);
            }
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        }

        @Override
        public String decode(ByteBuffer bytes) {
            return StandardCharsets.UTF_8.decode(bytes).toString();
        }
    };

    private final TestCluster.Node a = cluster.node();
    private final LoadingClusterCache<String, String> cache =
            (LoadingClusterCache<String, String>) StampedeCache.<String, String>builder("picky")
                    .ttl(TestCluster.TTL)
                    .environment(a.machine)
                    .remote(a.wire, codec)
                    .build(key -> "refused");

    @AfterEach
    void close() {
        cache.close();
        cluster.close();
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new java.io.IOException("checked"),
                new IllegalStateException("unchecked"),
                new StackOverflowError(),
                new NoClassDefFoundError("gone"),
                new AssertionError("any other error"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void theCallerGetsItsValueAndTheLeaseIsFree(Throwable thrown) {
        failure = thrown;
        assertThat(cache.get(KEY)).isEqualTo("refused");
        Threads.until(() -> assertThat(cache.busyKeys()).isEmpty());
        assertThat(cluster.server.leaseOf("picky", KEY)).isNull();
        assertThat(cluster.server.count("publish")).isZero();
        if (thrown instanceof Exception) {
            assertThat(cache.get(KEY, key -> "sound, but not needed")).isEqualTo("refused");
        }
    }

    @Test
    void aRefreshIsAnsweredToo() {
        assertThat(Threads.value(cache.refresh(KEY))).isEqualTo("refused");
    }

    @Test
    void aPutThatCantBeWrittenChangesNothing() {
        cache.put(KEY, "sound");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.put(KEY, "refused"))
                .withMessageContainingAll(KEY, "picky", "nothing was changed")
                .withCause(failure);
        assertThat(cache.getIfPresent(KEY)).isEqualTo("sound");
        assertThat(cluster.server.count("put")).isOne();
        assertThat(cache.busyKeys()).isEmpty();
    }

    @Test
    void soDoesOneWhoseCodecThrowsAnError() {
        cache.put(KEY, "sound");
        failure = new StackOverflowError();
        assertThatThrownBy(() -> cache.put(KEY, "refused")).isNotNull();
        assertThat(cache.getIfPresent(KEY)).isEqualTo("sound");
        assertThat(cache.busyKeys()).isEmpty();
    }

    /** A load under way when a put fails to be written goes on and is stored. */
    @Test
    void aPutThatCantBeWrittenEndsNoLoad() {
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> cache.get(KEY, key -> {
            inLoader.arrive();
            return "sound";
        }));
        inLoader.awaitReached();
        assertThatIllegalArgumentException().isThrownBy(() -> cache.put(KEY, "refused"));
        inLoader.release();
        assertThat(load.value()).isEqualTo("sound");
        Threads.until(() -> assertThat(cache.busyKeys()).isEmpty());
        assertThat(cluster.server.count("publish")).isOne();
        assertThat(cache.getIfPresent(KEY)).isEqualTo("sound");
    }
}
