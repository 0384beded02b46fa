package io.stampede.benchmarks.contender;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is measured is a cache: without that a figure says nothing. */
@Tag("long")
class ContenderTest {

    private static final RedisServer REDIS = RedisServer.startEmbedded();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Setup SETUP = new Setup(REDIS.uri(), Duration.ofMinutes(1), Duration.ofMinutes(1), 10_000);

    private final Loads loads = new Loads();

    @AfterAll
    static void stop() {
        REDIS.close();
    }

    @BeforeEach
    void empty() {
        REDIS.command("FLUSHALL");
    }

    static Stream<ContenderKind> shared() {
        return ContenderKind.shared().stream();
    }

    /** All but {@link ContenderKind#REDISSON_MAP}, which can't. */
    static Stream<ContenderKind> expiringInRedis() {
        return shared().filter(kind -> kind != ContenderKind.REDISSON_MAP);
    }

    @ParameterizedTest
    @EnumSource
    void aValueIsLoadedOnceAndFoundFromThenOn(ContenderKind kind) {
        try (Contender node = kind.create(SETUP, loads)) {
            assertThat(node.get("a")).isEqualTo("a loaded");
            assertThat(node.get("a")).isEqualTo("a loaded");
            assertThat(node.get("b")).isEqualTo("b loaded");
            assertThat(loads).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPutReplacesWhatWasLoaded(ContenderKind kind) {
        try (Contender node = kind.create(SETUP, loads)) {
            node.get("a");
            node.put("a", "put");
            assertThat(node.get("a")).isEqualTo("put");
            assertThat(loads).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsInvalidatedIsLoadedAnew(ContenderKind kind) {
        try (Contender node = kind.create(SETUP, loads)) {
            node.get("a");
            node.invalidate("a");
            assertThat(node.get("a")).isEqualTo("a loaded");
            assertThat(loads).containsExactly("a", "a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyValuesAreLoadedAndFoundLikeOne(ContenderKind kind) {
        try (Contender node = kind.create(SETUP, loads)) {
            node.get("a");
            Map<String, String> all = Map.of("a", "a loaded", "b", "b loaded", "c", "c loaded");
            assertThat(node.getAll(List.of("a", "b", "c"))).isEqualTo(all);
            assertThat(node.getAll(List.of("a", "b", "c"))).isEqualTo(all);
            assertThat(loads).containsExactlyInAnyOrder("a", "b", "c");
        }
    }

    @ParameterizedTest
    @MethodSource("shared")
    void aSecondNodeFindsWhatTheFirstHasLoadedOrPut(ContenderKind kind) {
        try (Contender one = kind.create(SETUP, loads);
                Contender other = kind.create(SETUP, loads)) {
            one.get("a");
            one.put("b", "put");
            // Stampede writes behind its callers.
            awaitThat(() -> keysInRedis().size() >= (kind == ContenderKind.REDISSON_MAP ? 1 : 2));
            assertThat(other.get("a")).isEqualTo("a loaded");
            assertThat(other.get("b")).isEqualTo("put");
            assertThat(loads).containsExactly("a");
        }
    }

    @ParameterizedTest
    @MethodSource("shared")
    void withoutAFirstTierANodeSeesWhatAnotherHasPut(ContenderKind kind) {
        try (Contender one = kind.create(SETUP.withoutLocal(), loads);
                Contender other = kind.create(SETUP.withoutLocal(), loads)) {
            other.get("a");
            one.put("a", "put");
            // Stampede and JetCache tell the others a moment later.
            awaitThat(() -> {
                other.get("another key, so that a first tier of one entry holds that");
                return other.get("a").equals("put");
            });
        }
    }

    @ParameterizedTest
    @MethodSource("expiringInRedis")
    void whatHasExpiredIsLoadedAnewAndRedisKeepsNothingForEver(ContenderKind kind) {
        Duration ttl = Duration.ofMillis(200);
        try (Contender node = kind.create(new Setup(REDIS.uri(), ttl, ttl, 10_000), loads)) {
            node.get("a");
            awaitThat(() -> {
                node.get("a");
                return loads.size() > 1;
            });
            assertThat(keysInRedis())
                    .isNotEmpty()
                    .allSatisfy(
                            key -> assertThat((Long) REDIS.command("PTTL", key)).isNotEqualTo(-1));
        }
    }

    @Test
    void aCopyOfTheNodeExpiresBeforeTheValueInRedis() {
        Setup setup = new Setup(REDIS.uri(), Duration.ofMinutes(1), Duration.ofMillis(50), 10_000);
        for (ContenderKind kind : List.of(ContenderKind.BY_HAND, ContenderKind.REDISSON_MAP, ContenderKind.JETCACHE)) {
            empty();
            try (Contender node = kind.create(setup, loads);
                    Contender other = kind.create(setup, loads)) {
                node.get("a");
                other.put("a", "put");
                awaitThat(() -> node.get("a").equals("put"));
            }
        }
    }

    private static List<String> keysInRedis() {
        return ((List<?>) REDIS.command("KEYS", "*"))
                .stream().<String>map(String::valueOf).toList();
    }

    private static void awaitThat(BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - begun).isLessThan(PATIENCE.toNanos());
            Thread.onSpinWait();
        }
    }

    /** A source that remembers what it was asked for. */
    private static final class Loads extends ConcurrentLinkedQueue<String> implements Source {

        private static final long serialVersionUID = 1L;

        @Override
        public String load(String key) {
            add(key);
            return key + " loaded";
        }
    }
}
