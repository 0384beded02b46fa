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
 * more than one and a half times the loads that there have to be. Where it was worse than that before the fault, one and a
 * half times what it was then will do: the machine has other work.
 */
final class Calm {

    /** One ttl, in which each key that expires does so once. */
    static final int BINS = (int) (Keys.TTL.toMillis() / Bin.MILLIS);

    private static final double MOST_SLOW = 0.01;
    private static final double ALLOWANCE = 1.5;

    private final double mostSlow;
    private final double mostLoads;

    private Calm(double mostSlow, double mostLoads) {
        this.mostSlow = mostSlow;
        this.mostLoads = mostLoads;
    }

    /**
     * Learns what was before the fault.
     *
     * @param before the bins of that time
     * @param loads of that time, by bin
     * @param loadsNeeded in one ttl
     */
    static Calm asIn(List<Bin> before, Map<Long, Long> loads, double loadsNeeded) {
        Bin all = Bin.merge(0, before);
        double slow = all.reads() == 0 ? 0 : (double) all.slow() / all.reads();
        double loaded = loads.values().stream().mapToLong(Long::longValue).sum();
        double loadsPerTtl = before.isEmpty() ? 0 : loaded * BINS / before.size();
        return new Calm(Math.max(MOST_SLOW, ALLOWANCE * slow), ALLOWANCE * Math.max(loadsNeeded, loadsPerTtl));
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
                && all.slow() <= mostSlow * all.reads()
                && loaded <= mostLoads;
    }

    /** Whether callers noticed something in this time. */
    static boolean isNoticed(Bin bin) {
        return bin.failed() > 0 || bin.slow() > MOST_SLOW * bin.reads();
    }
}
