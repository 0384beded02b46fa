package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.CallOptions;
import io.stampede.Codec;
import io.stampede.LoadingStampedeCache;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.SickRedis.State;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * P10, P12: whatever Redis answers, each operation gives its caller what it would have without Redis, and what was
 * written meanwhile is not undone when Redis is well again. How long the operations take is printed beside the state OK.
 */
class EveryOperationTest {

    private static final SickRedis REDIS = new SickRedis();
    private static final RedisTier ONE_TIER = RedisTier.connect(REDIS.server.uri());
    private static final RedisTier OTHER_TIER = RedisTier.connect(REDIS.server.uri());
    private static final LoadingStampedeCache<String, String> ONE = cache("every-operation", ONE_TIER);
    private static final LoadingStampedeCache<String, String> OTHER = cache("every-operation", OTHER_TIER);

    /** A cache by itself, as a clear would take along what the other operations are to show. */
    private static final LoadingStampedeCache<String, String> CLEARED = cache("cleared", ONE_TIER);

    private static final CallOptions TAGGED = CallOptions.none().tags("tag");

    private final Map<String, Long> nanos = new TreeMap<>();
    private final Map<WriteResult, Integer> writes = new TreeMap<>();

    private static LoadingStampedeCache<String, String> cache(String name, RedisTier tier) {
        return StampedeCache.<String, String>builder(name)
                .ttl(Duration.ofMinutes(10))
                .remote(tier, Codec.strings())
                .build(key -> "loaded");
    }

    @AfterAll
    static void close() {
        ONE.close();
        CLEARED.close();
        OTHER.close();
        ONE_TIER.close();
        OTHER_TIER.close();
        REDIS.close();
    }

    @ParameterizedTest
    @EnumSource
    void givesItsCallerAValue(State state) throws Exception {
        eventually().until(() -> isWell(state));
        List<String> keys = List.of("put", "invalidated", "expired", "cached");
        keys.forEach(key -> assertThat(ONE.put(key, "old")).isEqualTo(WriteResult.EVERYWHERE));
        ONE.put("tagged", "old", TAGGED);
        CLEARED.put("cached", "old");
        // It may still have what it loaded by itself in the state before, until it hears of the put.
        eventually()
                .untilAsserted(
                        () -> keys.forEach(key -> assertThat(OTHER.get(key)).isEqualTo("old")));
        OTHER.get("tagged");

        state.begin(REDIS);
        timed("get of what L1 has", "old", () -> ONE.get("cached"));
        timed("get", "loaded a", () -> ONE.get(state + " a", key -> "loaded a"));
        timed(
                "getAsync",
                "loaded b",
                () -> ONE.getAsync(state + " b", key -> CompletableFuture.completedFuture("loaded b"))
                        .get(20, TimeUnit.SECONDS));
        timed(
                "getAll",
                Map.of(state + " c", "loaded", state + " d", "loaded"),
                () -> ONE.getAll(
                        List.of(state + " c", state + " d"),
                        missing -> missing.stream().collect(Collectors.toMap(Function.identity(), key -> "loaded"))));
        timed("getIfPresent", null, () -> ONE.getIfPresent(state + " e"));
        timed("refresh", "loaded", () -> ONE.refresh(state + " f").get(20, TimeUnit.SECONDS));
        timed("put", true, () -> written(ONE.put("put", "new")));
        timed("put with a tag", true, () -> written(ONE.put(state + " g", "new", TAGGED)));
        timed("invalidate", true, () -> written(ONE.invalidate("invalidated")));
        timed("expire", true, () -> written(ONE.expire("expired")));
        timed("invalidateByTag", true, () -> written(ONE.invalidateByTag("tag")));
        timed("get after put", "new", () -> ONE.get("put"));
        timed("get after invalidate", "loaded", () -> ONE.get("invalidated"));
        timed("get after expire", "loaded", () -> ONE.get("expired"));
        timed("get after invalidateByTag", "loaded", () -> ONE.get("tagged"));
        timed("clear", true, () -> written(CLEARED.clear()));
        timed("get after clear", "loaded", () -> CLEARED.get("cached"));
        state.end(REDIS);

        long ended = System.nanoTime();
        List<String> written = List.of("put", "invalidated", "expired", "tagged");
        eventually().until(() -> {
            written.forEach(key ->
                    assertThat(ONE.get(key)).as("%s where it was written", key).isNotEqualTo("old"));
            return isWell(state) && written.stream().noneMatch(key -> "old".equals(OTHER.get(key)));
        });
        print(state, System.nanoTime() - ended);
        written.forEach(key -> assertThat(ONE.get(key)).as("%s on both", key).isEqualTo(OTHER.get(key)));
    }

    private <T extends @Nullable Object> void timed(String operation, T expected, Callable<T> call) throws Exception {
        long begun = System.nanoTime();
        T got = call.call();
        nanos.put(operation, System.nanoTime() - begun);
        assertThat(got).as(operation).isEqualTo(expected);
    }

    private boolean written(WriteResult result) {
        writes.merge(result, 1, Integer::sum);
        return true;
    }

    /** The nodes hear of each other's writes. */
    private static boolean isWell(State state) {
        String value = state + " " + System.nanoTime();
        return ONE.put("probe", value) == WriteResult.EVERYWHERE
                && value.equals(OTHER.get("probe"))
                && OTHER.put("probe", "other " + value) == WriteResult.EVERYWHERE
                && ("other " + value).equals(ONE.get("probe"));
    }

    private void print(State state, long nanosUntilWell) {
        var slowest =
                nanos.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        System.out.printf(
                Locale.ROOT,
                "Redis answers %s: %d operations in %.1f ms, the slowest %s %.1f ms; writes %s; all nodes know them %.0f ms after%n",
                state,
                nanos.size(),
                nanos.values().stream().mapToLong(Long::longValue).sum() / 1e6,
                slowest.getKey(),
                slowest.getValue() / 1e6,
                writes,
                nanosUntilWell / 1e6);
    }
}
