package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stampede.testing.InMemoryRemote;
import java.net.URI;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes are told when the cache is built: the option, what it was set to, and what is allowed. */
class BuilderTest {

    private final InMemoryRemote remote = new InMemoryRemote(() -> 1);

    private interface Option {
        void set(StampedeCacheBuilder<String, String> builder, @Nullable Duration value);
    }

    static Stream<Arguments> durationsOutOfRange() {
        Option ttl = (builder, value) -> builder.ttl(value);
        Option deadline = (builder, value) -> builder.loaderDeadline(value);
        Option timeout = (builder, value) -> builder.remoteTimeout(value);
        Option lease = (builder, value) -> builder.leaseTtl(value);
        return Stream.of(
                Arguments.of("ttl", ttl, Duration.ZERO, "1 ms to 100 years"),
                Arguments.of("ttl", ttl, Duration.ofNanos(999_999), "1 ms to 100 years"),
                Arguments.of("ttl", ttl, Duration.ofSeconds(-1), "1 ms to 100 years"),
                Arguments.of("ttl", ttl, Duration.ofDays(36_501), "1 ms to 100 years"),
                Arguments.of("ttl", ttl, Duration.ofSeconds(Long.MAX_VALUE), "1 ms to 100 years"),
                Arguments.of("loaderDeadline", deadline, Duration.ZERO, "1 ms to 24 h"),
                Arguments.of("loaderDeadline", deadline, Duration.ofHours(25), "1 ms to 24 h"),
                Arguments.of("remoteTimeout", timeout, Duration.ZERO, "1 ms to 24 h"),
                Arguments.of("remoteTimeout", timeout, Duration.ofHours(25), "1 ms to 24 h"),
                Arguments.of("leaseTtl", lease, Duration.ofMillis(9), "10 ms to 24 h"),
                Arguments.of("leaseTtl", lease, Duration.ofHours(25), "10 ms to 24 h"));
    }

    private static StampedeCacheBuilder<String, String> builder() {
        return StampedeCache.<String, String>builder("products").ttl(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @MethodSource("durationsOutOfRange")
    void aDurationOutOfRangeIsNamed(String name, Option option, Duration value, String allowed) {
        StampedeCacheBuilder<String, String> builder = builder();
        option.set(builder, value);
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageContainingAll("products", name, value.toString(), allowed);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.build(key -> key));
    }

    @ParameterizedTest
    @MethodSource("durationsOutOfRange")
    void aDurationThatIsNullIsNamed(String name, Option option, Duration value, String allowed) {
        StampedeCacheBuilder<String, String> builder = builder();
        option.set(builder, null);
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageContainingAll("products", name, allowed);
    }

    @Test
    void theTtlIsRequired() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> StampedeCache.<String, String>builder("products").build())
                .withMessageContainingAll("products", "ttl", "not set", "required", "1 ms to 100 years");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void aMaximumSizeBelowOneIsNamed(long size) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maximumSize(size).build())
                .withMessageContainingAll("products", "maximumSize", Long.toString(size), "at least 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "{a}", "ä", "a\n"})
    void aNameWithOtherCharactersIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StampedeCache.<String, String>builder(name)
                        .ttl(Duration.ofMinutes(1))
                        .build())
                .withMessageContainingAll("name = '" + name + "'", "1 to 100");
    }

    @Test
    void aNameMayHaveAHundredCharactersAndNoMore() {
        String longest = "a.b_c:d-".repeat(12) + "1234";
        StampedeCache.<String, String>builder(longest)
                .ttl(Duration.ofMinutes(1))
                .build()
                .close();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StampedeCache.<String, String>builder(longest + "5")
                        .ttl(Duration.ofMinutes(1))
                        .build());
    }

    @Test
    void theEndsOfTheRangesAreAllowed() {
        builder()
                .ttl(Duration.ofMillis(1))
                .loaderDeadline(Duration.ofMillis(1))
                .remoteTimeout(Duration.ofMillis(1))
                .leaseTtl(Duration.ofMillis(10))
                .maximumSize(1)
                .build()
                .close();
        builder()
                .ttl(Duration.ofDays(36_500))
                .loaderDeadline(Duration.ofHours(24))
                .remoteTimeout(Duration.ofHours(24))
                .leaseTtl(Duration.ofHours(24))
                .maximumSize(Long.MAX_VALUE)
                .build()
                .close();
    }

    /** The issue: {@code toString} is never used for keys. KNOWN-BUGS 43 */
    @Test
    void aKeyTypeWithoutACodecFailsWithARemoteTierOnly() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StampedeCache.<URI, String>builder("products")
                        .ttl(Duration.ofMinutes(1))
                        .remote(remote, Codec.strings())
                        .build())
                .withMessageContainingAll("products", "keyCodec", "not set", "java.net.URI");
        var alone = StampedeCache.<URI, String>builder("products")
                .ttl(Duration.ofMinutes(1))
                .build();
        assertThat(alone.get(URI.create("a:b"), Object::toString)).isEqualTo("a:b");
        alone.close();
        StampedeCache.<URI, String>builder("products")
                .ttl(Duration.ofMinutes(1))
                .remote(remote, Codec.strings())
                .keyCodec(KeyCodec.of(URI::toString, URI::create))
                .build()
                .close();
    }

    @Test
    void aKeyTypeThatTheCompilerDoesNotKnowFails() {
        StampedeCacheBuilder<Object, String> builder = StampedeCache.builder("products");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.ttl(Duration.ofMinutes(1))
                        .remote(remote, Codec.strings())
                        .build())
                .withMessageContainingAll("java.lang.Object", "StampedeCache.<Long, Product>builder");
    }

    @Test
    void onlyTheNameIsToBePassed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StampedeCache.<String, String>builder("products", "surplus"))
                .withMessageContaining("only the name");
    }

    @Test
    void nullPartsAreRefusedByName() {
        assertThatThrownBy(() -> builder().remote(null, Codec.strings())).hasMessage("connection");
        assertThatThrownBy(() -> builder().remote(remote, null)).hasMessage("codec");
        assertThatThrownBy(() -> builder().keyCodec(null)).hasMessage("keyCodec");
        assertThatThrownBy(() -> builder().environment(null)).hasMessage("environment");
        assertThatThrownBy(() -> builder().build(null)).hasMessage("loader");
    }
}
