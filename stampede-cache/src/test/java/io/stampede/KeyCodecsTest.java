package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stampede.testing.InMemoryRemote;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** KNOWN-BUGS 43: two keys never share a text, and each text reads back as its key. */
class KeyCodecsTest {

    enum WithBodies {
        PLAIN,
        SPECIAL {
            @Override
            public String toString() {
                return "PLAIN";
            }
        }
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of(
                        String.class, List.of("", " ", "a", "A", "ä", "a\u0308", "\ud83d\ude00", "a:b", "{a}b", "\0")),
                Arguments.of(Long.class, List.of(0L, 1L, -1L, 10L, Long.MIN_VALUE, Long.MAX_VALUE)),
                Arguments.of(Integer.class, List.of(0, 1, -1, 11, Integer.MIN_VALUE, Integer.MAX_VALUE)),
                Arguments.of(Short.class, List.of((short) 0, (short) -1, Short.MIN_VALUE, Short.MAX_VALUE)),
                Arguments.of(Byte.class, List.of((byte) 0, (byte) -1, Byte.MIN_VALUE, Byte.MAX_VALUE)),
                Arguments.of(
                        Double.class,
                        List.of(0.0, -0.0, 1.0, Math.nextUp(1.0), Double.NaN, Double.MIN_VALUE, -1e300, 1.0 / 0)),
                Arguments.of(Float.class, List.of(0f, -0f, 1f, Math.nextUp(1f), Float.NaN, Float.MIN_VALUE, -1f / 0)),
                Arguments.of(
                        BigInteger.class, List.of(BigInteger.ZERO, BigInteger.TEN.pow(50), BigInteger.TEN.negate())),
                Arguments.of(
                        BigDecimal.class,
                        List.of(
                                new BigDecimal("1.0"),
                                new BigDecimal("1.00"),
                                new BigDecimal("10"),
                                new BigDecimal("1E+1"),
                                new BigDecimal("-1.5e-400"),
                                BigDecimal.ZERO,
                                new BigDecimal("0.00"))),
                Arguments.of(UUID.class, List.of(new UUID(0, 0), new UUID(-1, 1), new UUID(1, -1))),
                Arguments.of(TimeUnit.class, List.of(TimeUnit.values())),
                Arguments.of(WithBodies.class, List.of(WithBodies.values())));
    }

    @ParameterizedTest
    @MethodSource("keys")
    <K> void eachKeyHasATextOfItsOwnAndReadsBack(Class<K> type, List<K> keys) {
        KeyCodec<K> codec = Objects.requireNonNull(KeyCodecs.<K>builtIn(type));
        Set<String> texts = new HashSet<>();
        for (K key : keys) {
            String text = codec.encode(key);
            assertThat(texts.add(text)).as("text %s is new", text).isTrue();
            assertThat(codec.decode(text)).isEqualTo(key);
        }
    }

    @Test
    void theDefaultLocaleChangesNothing() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(Objects.requireNonNull(KeyCodecs.<Long>builtIn(Long.class))
                            .encode(42L))
                    .isEqualTo("42");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void otherTypesHaveNone() {
        assertThat(KeyCodecs.<Object>builtIn(Object.class)).isNull();
        assertThat(KeyCodecs.<Object>builtIn(Number.class)).isNull();
        assertThat(KeyCodecs.<Object>builtIn(byte[].class)).isNull();
    }

    @Test
    void aKeyWithALoneSurrogateIsRefusedBeforeAnythingHappens() {
        InMemoryRemote remote = new InMemoryRemote(() -> 1_000_000);
        try (var cache = StampedeCache.<String, String>builder("keys")
                .ttl(Duration.ofMinutes(1))
                .remote(remote, Codec.strings())
                .build()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cache.get("a\ud83d", key -> "value"))
                    .withMessageContainingAll("keys", "surrogate");
            assertThatIllegalArgumentException().isThrownBy(() -> cache.put("\ude00", "value"));
            assertThatIllegalArgumentException().isThrownBy(() -> cache.invalidate("\ude00"));
            assertThatIllegalArgumentException().isThrownBy(() -> cache.expire("\ude00"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cache.getAsync("\ude00", key -> {
                        throw new IllegalStateException("must not be loaded");
                    }));
            assertThat(((ClusterCache<String, String>) cache).busyKeys()).isEmpty();
            assertThat(remote.count("get") + remote.count("put") + remote.count("invalidate"))
                    .isZero();
        }
    }

    @Test
    void aKeyThatReadsBackAsAnotherIsRefused() {
        InMemoryRemote remote = new InMemoryRemote(() -> 1_000_000);
        try (var cache = StampedeCache.<String, String>builder("keys")
                .ttl(Duration.ofMinutes(1))
                .remote(remote, Codec.strings())
                .keyCodec(KeyCodec.of(key -> key.toLowerCase(Locale.ROOT), text -> text))
                .build()) {
            assertThat(cache.get("lower", key -> "value")).isEqualTo("value");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cache.get("Upper", key -> "value"))
                    .withMessageContainingAll("keys", "Upper", "different key");
        }
    }
}
