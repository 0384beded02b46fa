package io.stampede.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/**
 * The meters of one cache in a registry, until they are removed. The registry holds what they read weakly: it keeps no
 * cache alive.
 */
final class Meters {

    private final MeterRegistry registry;
    private final Tags tags;
    private final List<Meter> registered = new ArrayList<>();
    private boolean removed;

    Meters(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    <T> void gauge(String name, String description, T state, ToDoubleFunction<T> value) {
        remember(Gauge.builder(name, state, value)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    void nanos(String name, String description, LongAdder nanos) {
        remember(TimeGauge.builder(name, nanos, TimeUnit.NANOSECONDS, LongAdder::sum)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    void counter(String name, String description, LongAdder count, String... moreTags) {
        counter(name, description, count, LongAdder::sum, moreTags);
    }

    <T> void counter(String name, String description, T state, ToDoubleFunction<T> count, String... moreTags) {
        remember(FunctionCounter.builder(name, state, count)
                .description(description)
                .tags(tags.and(moreTags))
                .register(registry));
    }

    Timer timer(String name, String description, String... moreTags) {
        return remember(Timer.builder(name)
                .description(description)
                .tags(tags.and(moreTags))
                .register(registry));
    }

    private synchronized <M extends Meter> M remember(M meter) {
        if (removed) {
            registry.remove(meter); // registered by an event that was on its way meanwhile
        } else {
            registered.add(meter);
        }
        return meter;
    }

    synchronized void removeAll() {
        removed = true;
        registered.forEach(registry::remove);
        registered.clear();
    }
}
