package io.stampede.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stampede.CacheListener.LoadEnd;
import io.stampede.Codec;
import io.stampede.Result.Source;
import io.stampede.Result.StaleReason;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.spi.RemoteTier;
import io.stampede.testing.InMemoryRemote;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the meters say. That each read is one of them is in {@code ReadCountTest}. */
class MicrometerListenerTest {

    private static final String NAME = "products";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerListener listener = new MicrometerListener(registry, Tags.of("region", "eu"));

    private StampedeCache<String, String> cache(String name, MicrometerListener its) {
        return StampedeCache.<String, String>builder(name)
                .ttl(Duration.ofMinutes(1))
                .listener(its)
                .build();
    }

    private RequiredSearch meter(String name, String... tags) {
        return registry.get(name).tags(tags).tag("cache", NAME).tag("region", "eu");
    }

    private double count(String name, String... tags) {
        return meter(name, tags).functionCounter().count();
    }

    private Set<String> names() {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getName)
                .collect(Collectors.toSet());
    }

    @Test
    void theUsualMeters() {
        try (var cache = cache(NAME, listener)) {
            cache.get("a", key -> "value");
            cache.get("a", key -> "value");
            cache.get("b", key -> null);
            cache.getIfPresent("c");
            assertThatThrownBy(() -> cache.get("d", key -> {
                        throw new IllegalStateException("fails");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(meter("cache.size").gauge().value()).isEqualTo(1);
        assertThat(count("cache.gets", "result", "hit")).isEqualTo(1);
        assertThat(count("cache.gets", "result", "miss")).isEqualTo(4);
        assertThat(count("cache.puts")).isEqualTo(1);
        assertThat(count("cache.evictions")).isZero();
        assertThat(count("cache.load", "result", "success")).isEqualTo(2);
        assertThat(count("cache.load", "result", "failure")).isEqualTo(1);
        assertThat(meter("stampede.loads.running").gauge().value()).isZero();
        assertThat(meter("stampede.loads", "end", "value").timer().count()).isEqualTo(1);
        assertThat(meter("stampede.loads", "end", "absent").timer().count()).isEqualTo(1);
        assertThat(meter("stampede.loads", "end", "failed").timer().count()).isEqualTo(1);
        assertThat(meter("stampede.read.wait", "source", "loaded").timer().count())
                .isEqualTo(2);
    }

    @Test
    void eachSourceIsEitherAHitOrAMiss() {
        listener.onBuilt(NAME, () -> 0);
        for (Source source : Source.values()) {
            listener.onRead(source);
            assertThat(count("stampede.reads", "source", source.name().toLowerCase(Locale.ROOT)))
                    .isEqualTo(1);
        }
        listener.onReadFailed(new IllegalStateException());
        assertThat(count("stampede.reads", "source", "failed")).isEqualTo(1);
        assertThat(count("cache.gets", "result", "hit")).isEqualTo(4);
        assertThat(count("cache.gets", "result", "miss")).isEqualTo(5);
    }

    @Test
    void eachEventHasItsMeter() {
        listener.onBuilt(NAME, () -> 7);
        listener.onLoadBegun();
        listener.onLoadBegun();
        listener.onLoad(LoadEnd.OVERDUE, 5_000_000);
        listener.onStale(StaleReason.TIMED_OUT);
        listener.onWait(Source.WAITED, 3_000_000);
        listener.onLeaseWait(2_000_000);
        listener.onEarlyRefresh();
        listener.onRejected();
        listener.onBackoff(1);
        listener.onPublishRefused();
        listener.onUndecodable();
        listener.onNotStorable();
        listener.onEviction();
        listener.onWrite(WriteResult.QUEUED);
        assertThat(meter("cache.size").gauge().value()).isEqualTo(7);
        assertThat(meter("stampede.loads.running").gauge().value()).isEqualTo(1);
        assertThat(meter("stampede.loads", "end", "overdue").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(5);
        assertThat(meter("cache.load.duration").timeGauge().value(TimeUnit.MILLISECONDS))
                .isEqualTo(5);
        assertThat(count("cache.load", "result", "failure")).isEqualTo(1);
        assertThat(count("stampede.stale", "reason", "timed_out")).isEqualTo(1);
        assertThat(meter("stampede.read.wait", "source", "waited").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(3);
        assertThat(meter("stampede.lease.waits").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(2);
        assertThat(count("stampede.early.refreshes")).isEqualTo(1);
        assertThat(count("stampede.rejected")).isEqualTo(1);
        assertThat(count("stampede.backoffs")).isEqualTo(1);
        assertThat(count("stampede.publish.refused")).isEqualTo(1);
        assertThat(count("stampede.undecodable")).isEqualTo(1);
        assertThat(count("stampede.not.storable")).isEqualTo(1);
        assertThat(count("cache.evictions")).isEqualTo(1);
        assertThat(count("stampede.writes", "result", "queued")).isEqualTo(1);
        assertThat(count("stampede.writes", "result", "everywhere")).isZero();
    }

    @Test
    void theBreakerOfTheSource() {
        listener.onBuilt(NAME, () -> 0);
        assertThat(meter("stampede.source.breaker.open").gauge().value()).isZero();
        listener.onSourceBreaker(true);
        listener.onSourceBreaker(true);
        assertThat(meter("stampede.source.breaker.open").gauge().value()).isOne();
        listener.onSourceBreaker(false);
        assertThat(meter("stampede.source.breaker.open").gauge().value()).isZero();
        assertThat(count("stampede.source.breaker.openings")).isEqualTo(2);
    }

    @Test
    void theRemoteTiersOperations() {
        InMemoryRemote server = new InMemoryRemote(() -> 1_790_000_000_000_000L);
        try (var cache = StampedeCache.<String, String>builder(NAME)
                .ttl(Duration.ofMinutes(1))
                .remote(server, Codec.strings())
                .listener(listener)
                .build()) {
            cache.put("a", "value");
            cache.getIfPresent("b");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(meter("stampede.remote", "operation", "get", "answered", "true")
                                    .timer()
                                    .count())
                            .isEqualTo(1));
            assertThat(meter("stampede.remote", "operation", "put", "answered", "true")
                            .timer()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void noOperationOfTheRemoteTierIsUnknown() {
        assertThat(Arrays.stream(RemoteTier.class.getDeclaredMethods())
                        .filter(method -> !method.isSynthetic())
                        .map(Method::getName)
                        .filter(name -> !Set.of("close", "parts", "part", "session", "nearbyLagNanos", "getNearby")
                                .contains(name)))
                .containsExactlyInAnyOrderElementsOf(RemoteTimers.OPERATIONS);
    }

    @Test
    void operationsThatAreUnknownShareOneMeter() {
        listener.onBuilt(NAME, () -> 0);
        for (int i = 0; i < 100; i++) {
            listener.onRemote("operation" + i, 1, false);
        }
        assertThat(registry.get("stampede.remote").timers()).hasSize(1);
        assertThat(meter("stampede.remote", "operation", "other", "answered", "false")
                        .timer()
                        .count())
                .isEqualTo(100);
    }

    @Test
    void twoCachesDoNotMix() {
        MicrometerListener other = new MicrometerListener(registry, Tags.of("region", "eu"));
        try (var one = cache(NAME, listener);
                var two = cache("prices", other)) {
            one.get("a", key -> "value");
            two.get("a", key -> "value");
            two.get("a", key -> "value");
        }
        assertThat(count("cache.gets", "result", "hit")).isZero();
        assertThat(registry.get("cache.gets")
                        .tags("cache", "prices", "result", "hit")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        other.close();
        assertThat(count("cache.gets", "result", "miss")).isEqualTo(1);
        assertThat(registry.find("cache.gets").tag("cache", "prices").meters()).isEmpty();
    }

    @Test
    void itServesOneCacheOnly() {
        listener.onBuilt(NAME, () -> 0);
        assertThatThrownBy(() -> listener.onBuilt("prices", () -> 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(NAME)
                .hasMessageContaining("prices");
        assertThat(registry.find("cache.size").tag("cache", "prices").gauge()).isNull();
    }

    @Test
    void closingRemovesAllMetersForGood() {
        listener.close();
        listener.onBuilt(NAME, () -> 0);
        assertThat(names()).contains("cache.gets", "stampede.reads");
        listener.onRemote("get", 1, true);
        listener.close();
        listener.close();
        listener.onRemote("put", 1, true);
        listener.onRead(Source.L1);
        listener.onLoad(LoadEnd.VALUE, 1);
        assertThat(names()).isEmpty();
    }

    @Test
    void theUsualMetersHaveTheNamesAndTagsOfMicrometersOwn() {
        var others = new SimpleMeterRegistry();
        var caffeine = com.github.benmanes.caffeine.cache.Caffeine.newBuilder()
                .recordStats()
                .build();
        io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics.monitor(
                others, caffeine, NAME, Tags.of("region", "eu"));
        listener.onBuilt(NAME, () -> 0);
        assertThat(registry.getMeters().stream().map(MicrometerListenerTest::description))
                .containsAll(others.getMeters().stream()
                        .filter(meter -> !meter.getId().getName().equals("cache.eviction.weight")) // it has no weights
                        .map(MicrometerListenerTest::description)
                        .toList());
    }

    private static String description(Meter meter) {
        return meter.getId().getType() + " " + meter.getId().getName()
                + meter.getId().getTags();
    }
}
