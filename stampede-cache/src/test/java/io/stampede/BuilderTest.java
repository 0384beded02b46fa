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
        Option negative = (builder, value) -> builder.negativeTtl(value);
        Option local = (builder, value) -> builder.localTtl(value).remote(new InMemoryRemote(() -> 1), Codec.strings());
        Option revalidate = (builder, value) -> builder.staleWhileRevalidate(value);
        Option onError = (builder, value) -> builder.staleOnError(value);
        Option onOutage = (builder, value) -> builder.staleOnError(value, failure -> true);
        Option soft = (builder, value) -> builder.softTimeout(value);
        Option hard = (builder, value) -> builder.hardTimeout(value);
        Option loadWait = (builder, value) -> builder.maxLoadWait(value);
        Option firstBackoff = (builder, value) -> builder.backoff(value, Duration.ofHours(24));
        Option longestBackoff = (builder, value) -> builder.backoff(Duration.ZERO, value);
        Option breaker = (builder, value) -> builder.sourceBreaker(0.5, value);
        Option suspect = (builder, value) -> builder.suspectAfter(value);
        Duration minus = Duration.ofMillis(-1);
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
                Arguments.of("leaseTtl", lease, Duration.ofHours(25), "10 ms to 24 h"),
                Arguments.of("negativeTtl", negative, minus, "zero, or 1 ms to 100 years"),
                Arguments.of("negativeTtl", negative, Duration.ofNanos(999_999), "zero, or 1 ms to 100 years"),
                Arguments.of("negativeTtl", negative, Duration.ofDays(36_501), "zero, or 1 ms to 100 years"),
                Arguments.of("localTtl", local, Duration.ZERO, "1 ms to 100 years"),
                Arguments.of("localTtl", local, Duration.ofDays(36_501), "1 ms to 100 years"),
                Arguments.of("staleWhileRevalidate", revalidate, minus, "0 to 100 years"),
                Arguments.of("staleWhileRevalidate", revalidate, Duration.ofDays(36_501), "0 to 100 years"),
                Arguments.of("staleOnError", onError, minus, "0 to 100 years"),
                Arguments.of("staleOnError", onOutage, Duration.ofDays(36_501), "0 to 100 years"),
                Arguments.of("softTimeout", soft, Duration.ZERO, "1 ms to 24 h"),
                Arguments.of("softTimeout", soft, Duration.ofHours(25), "1 ms to 24 h"),
                Arguments.of("hardTimeout", hard, Duration.ZERO, "1 ms to 24 h"),
                Arguments.of("hardTimeout", hard, Duration.ofHours(25), "1 ms to 24 h"),
                Arguments.of("maxLoadWait", loadWait, Duration.ZERO, "1 ms to 24 h"),
                Arguments.of("maxLoadWait", loadWait, Duration.ofHours(25), "1 ms to 24 h"),
                Arguments.of("suspectAfter", suspect, Duration.ofNanos(99_999_999), "100 ms to 1 h"),
                Arguments.of("suspectAfter", suspect, Duration.ofHours(1).plusNanos(1), "100 ms to 1 h"),
                Arguments.of("sourceBreaker(pause)", breaker, Duration.ZERO, "1 ms to 24 h"),
                Arguments.of("sourceBreaker(pause)", breaker, Duration.ofNanos(999_999), "1 ms to 24 h"),
                Arguments.of("sourceBreaker(pause)", breaker, Duration.ofHours(25), "1 ms to 24 h"),
                Arguments.of("backoff(first)", firstBackoff, minus, "0 to 24 h"),
                Arguments.of("backoff(first)", firstBackoff, Duration.ofHours(25), "0 to 24 h"),
                Arguments.of("backoff(longest)", longestBackoff, minus, "0 to 24 h"),
                Arguments.of("backoff(longest)", longestBackoff, Duration.ofHours(25), "0 to 24 h"));
    }

    /** Those whose default is "none" may be set back to it. */
    private static final java.util.Set<String> MAY_BE_NULL = java.util.Set.of("localTtl", "softTimeout", "hardTimeout");

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
        if (MAY_BE_NULL.contains(name)) {
            builder.build().close();
            return;
        }
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

    @ParameterizedTest
    @ValueSource(doubles = {-0.001, 0.901, 1, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void aJitterOutOfRangeIsNamed(double jitter) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().jitter(jitter).build())
                .withMessageContainingAll("products", "jitter", Double.toString(jitter), "0 to 0.9");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.001, 100.001, Double.NaN, Double.POSITIVE_INFINITY})
    void anEagernessOutOfRangeIsNamed(double beta) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().earlyRefresh(beta).build())
                .withMessageContainingAll("products", "earlyRefresh", Double.toString(beta), "0 to 100");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void aNumberOfLoadsBelowOneIsNamed(int loads) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxConcurrentLoads(loads).build())
                .withMessageContainingAll("products", "maxConcurrentLoads", Integer.toString(loads), "at least 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-0.001S", "P36501D"})
    void aCutOffTtlOutOfRangeIsNamed(Duration cutOffTtl) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().cutOffTtl(cutOffTtl).build())
                .withMessageContainingAll("products", "cutOffTtl", cutOffTtl.toString(), "0 to 100 years");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void aNumberOfRemoteCallsBelowOneIsNamed(int calls) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxConcurrentRemoteCalls(calls).build())
                .withMessageContainingAll(
                        "products", "maxConcurrentRemoteCalls", Integer.toString(calls), "at least 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1_000_001})
    void aNumberOfQueuedInvalidationsOutOfRangeIsNamed(int queued) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxQueuedInvalidations(queued).build())
                .withMessageContainingAll(
                        "products", "maxQueuedInvalidations", Integer.toString(queued), "1 to 1000000");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.009, 1.001, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void aFailureRateOutOfRangeIsNamed(double rate) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        builder().sourceBreaker(rate, Duration.ofSeconds(1)).build())
                .withMessageContainingAll("products", "sourceBreaker(failureRate)", Double.toString(rate), "0.01 to 1");
    }

    @Test
    void aLongestBackoffBelowTheFirstIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder()
                        .backoff(Duration.ofSeconds(2), Duration.ofSeconds(1))
                        .build())
                .withMessageContainingAll("products", "backoff(longest)", "PT1S", "backoff(first)", "PT2S");
    }

    @Test
    void aLocalTtlNeedsARemoteTier() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().localTtl(Duration.ofSeconds(1)).build())
                .withMessageContainingAll("products", "localTtl", "PT1S", "remote tier");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, (1 << 30) + 1})
    void aValueSizeOutOfRangeIsNamed(int bytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder()
                        .remote(remote, Codec.strings())
                        .maxValueSize(bytes)
                        .build())
                .withMessageContainingAll("products", "maxValueSize", Integer.toString(bytes), "1 byte to 1 GiB");
    }

    @Test
    void aCompressionBelowZeroIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder()
                        .remote(remote, Codec.strings())
                        .compression(-1)
                        .build())
                .withMessageContainingAll("products", "compression", "-1", "at least 0");
    }

    /** The ends of the ranges are in them, and all of them together work. */
    @Test
    void theEndsOfTheOtherRangesAreAllowedToo() {
        Duration century = Duration.ofDays(36_500);
        Duration day = Duration.ofHours(24);
        for (Duration least : new Duration[] {Duration.ofMillis(1), null}) {
            boolean least0 = least != null;
            var cache = builder()
                    .ttl(least0 ? least : century)
                    .negativeTtl(least0 ? least : century)
                    .localTtl(least0 ? least : century)
                    .jitter(least0 ? 0 : 0.9)
                    .earlyRefresh(least0 ? 0 : 100)
                    .staleWhileRevalidate(least0 ? Duration.ZERO : century)
                    .staleOnError(least0 ? Duration.ZERO : century)
                    .softTimeout(least0 ? least : day)
                    .hardTimeout(day)
                    .maxConcurrentLoads(least0 ? 1 : Integer.MAX_VALUE)
                    .maxLoadWait(least0 ? least : day)
                    .backoff(least0 ? Duration.ZERO : day, least0 ? Duration.ZERO : day)
                    .sourceBreaker(least0 ? 0.01 : 1, least0 ? least : day)
                    .suspectAfter(least0 ? Duration.ofMillis(100) : Duration.ofHours(1))
                    .cutOffTtl(least0 ? Duration.ZERO : century)
                    .maxConcurrentRemoteCalls(least0 ? 1 : Integer.MAX_VALUE)
                    .maxQueuedInvalidations(least0 ? 1 : 1_000_000)
                    .compression(least0 ? 0 : Integer.MAX_VALUE)
                    .maxValueSize(least0 ? 1 : 1 << 30)
                    .remote(remote, Codec.strings())
                    .build();
            assertThat(cache.get("key" + least0, key -> "v")).isEqualTo("v");
            assertThat(cache.get("none" + least0, key -> null)).isNull();
            cache.close();
        }
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
        assertThatThrownBy(() -> builder().fallback(null)).hasMessage("fallback");
        assertThatThrownBy(() -> builder().copyValues(null)).hasMessage("copier");
        assertThatThrownBy(() -> builder().staleOnError(Duration.ZERO, null)).hasMessage("isOutage");
        assertThatThrownBy(() -> builder().listener(null)).hasMessage("listener");
        assertThatThrownBy(() -> builder().cutOffTtl(null)).hasMessage("cutOffTtl");
        assertThatThrownBy(() -> builder().encryption(null)).hasMessage("keys");
    }
}
