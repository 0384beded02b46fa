package io.stampede.spring;

import io.stampede.CacheListener;
import io.stampede.Result.Source;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Counts what happens in a cache, for those who ask without a metrics system.
 *
 * <p>Thread-safe.
 */
final class CacheCounts implements CacheListener {

    private final Map<Source, LongAdder> reads = adders(Source.class);
    private final LongAdder failedReads = new LongAdder();
    private final Map<LoadEnd, LongAdder> loads = adders(LoadEnd.class);
    private volatile LongSupplier localSize = () -> 0;

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> kinds) {
        Map<E, LongAdder> adders = new EnumMap<>(kinds);
        for (E kind : EnumSet.allOf(kinds)) {
            adders.put(kind, new LongAdder());
        }
        return adders;
    }

    private static <E extends Enum<E>> LongAdder of(Map<E, LongAdder> adders, E kind) {
        return Objects.requireNonNull(adders.get(kind));
    }

    @Override
    public void onBuilt(String cache, LongSupplier size) {
        localSize = size;
    }

    @Override
    public void onRead(Source source) {
        of(reads, source).increment();
    }

    @Override
    public void onReadFailed(Throwable failure) {
        failedReads.increment();
    }

    @Override
    public void onLoad(LoadEnd end, long nanos) {
        of(loads, end).increment();
    }

    long localSize() {
        return localSize.getAsLong();
    }

    long reads(Source source) {
        return of(reads, source).sum();
    }

    long failedReads() {
        return failedReads.sum();
    }

    long loads(LoadEnd end) {
        return of(loads, end).sum();
    }
}
