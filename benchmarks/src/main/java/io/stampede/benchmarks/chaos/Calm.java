package io.stampede.benchmarks.chaos;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * When callers and source are as before: for one ttl no read fails, no more than one in a hundred is slow, and there are no
 * more than one and a half times the loads that there have to be.
 */
final class Calm {

    /** One ttl, in which each key that expires does so once. */
    static final int BINS = (int) (Keys.TTL.toMillis() / Bin.MILLIS);

    private static final double MOST_SLOW = 0.01;
    private static final double MOST_LOADS = 1.5;

    private final double loadsNeeded;

    /** @param loadsNeeded in one ttl */
    Calm(double loadsNeeded) {
        this.loadsNeeded = loadsNeeded;
    }

    /**
     * The first bin, not before the given one, from which on all was calm for one ttl.
     *
     * @param bins one of a kind, in any order
     * @param loads by bin
     */
    OptionalLong since(long first, List<Bin> bins, Map<Long, Long> loads) {
        Map<Long, Bin> byNumber =
                new TreeMap<>(bins.stream().collect(Collectors.toMap(Bin::number, Function.identity())));
        long last = byNumber.keySet().stream().mapToLong(Long::longValue).max().orElse(first);
        return LongStream.rangeClosed(first, last - BINS + 1)
                .filter(begin -> isCalm(begin, byNumber, loads))
                .findFirst();
    }

    private boolean isCalm(long begin, Map<Long, Bin> bins, Map<Long, Long> loads) {
        List<Bin> window = LongStream.range(begin, begin + BINS)
                .filter(bins::containsKey)
                .mapToObj(bins::get)
                .toList();
        long loaded = LongStream.range(begin, begin + BINS)
                .map(bin -> loads.getOrDefault(bin, 0L))
                .sum();
        Bin all = Bin.merge(begin, window);
        return window.size() == BINS
                && all.failed() == 0
                && all.slow() <= MOST_SLOW * all.reads()
                && loaded <= MOST_LOADS * loadsNeeded;
    }

    /** Whether callers noticed something in this time. */
    static boolean isNoticed(Bin bin) {
        return bin.failed() > 0 || bin.slow() > MOST_SLOW * bin.reads();
    }
}
