package io.stampede.metrics;

import io.stampede.Result.Source;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How many reads have ended, and how. A hit costs one increment. */
final class Reads {

    private static final List<Source> HITS = List.of(Source.L1, Source.L2, Source.STALE, Source.SUSPECT);
    private static final List<Source> MISSES = List.of(Source.LOADED, Source.WAITED, Source.FALLBACK, Source.ABSENT);

    /** A field of its own, which a hit finds without a look into the map. */
    private final LongAdder local = new LongAdder();

    private final Map<Source, LongAdder> bySource = new EnumMap<>(Source.class);

    final LongAdder failed = new LongAdder();

    Reads() {
        for (Source source : Source.values()) {
            bySource.put(source, source == Source.L1 ? local : new LongAdder());
        }
    }

    LongAdder of(Source source) {
        return source == Source.L1 ? local : Objects.requireNonNull(bySource.get(source));
    }

    double hits() {
        return sum(HITS);
    }

    double misses() {
        return sum(MISSES) + failed.sum();
    }

    private double sum(List<Source> sources) {
        return sources.stream().mapToLong(source -> of(source).sum()).sum();
    }
}
