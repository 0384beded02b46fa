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
    private final LongAdder earlyRefreshes = new LongAdder();
    private final LongAdder remoteAnswers = new LongAdder();
    private final LongAdder remoteFailures = new LongAdder();
    private volatile boolean isRemoteSilent;
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

    @Override
    public void onEarlyRefresh() {
        earlyRefreshes.increment();
    }

    @Override
    public void onRemote(String operation, long nanos, boolean answered) {
        (answered ? remoteAnswers : remoteFailures).increment();
        if (isRemoteSilent == answered) { // reads are cheap, and it hardly ever changes
            isRemoteSilent = !answered;
        }
    }

    long earlyRefreshes() {
        return earlyRefreshes.sum();
    }

    long remoteAnswers() {
        return remoteAnswers.sum();
    }

    long remoteFailures() {
        return remoteFailures.sum();
    }

    /**
     * Whether the last operation of the remote tier had no answer. The cache asks it every few seconds on its own, and
     * more often in trouble, so that this is never old.
     */
    boolean isRemoteSilent() {
        return isRemoteSilent;
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
