package io.stampede.benchmarks.chaos;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts the loads of the whole cluster. Thread-safe. */
final class LoadLog {

    private final Map<String, Integer> running = new HashMap<>();
    private Map<String, Integer> byKey = new HashMap<>();
    private Map<Long, Long> byBin = new TreeMap<>();
    private int mostAtOnce;
    private long loads;
    private long needed;

    /**
     * What has been counted since the last time.
     *
     * @param needed by writes; those needed because values expire are not in it
     * @param mostAtOnce of one key
     * @param byKey how many of each
     * @param byBin how many began in which {@link Bin}
     */
    record Seen(long loads, long needed, int mostAtOnce, Map<String, Integer> byKey, Map<Long, Long> byBin) {}

    synchronized void begun(String key) {
        loads++;
        byBin.merge(Bin.now(), 1L, Long::sum);
        byKey.merge(key, 1, Integer::sum);
        mostAtOnce = Math.max(mostAtOnce, running.merge(key, 1, Integer::sum));
    }

    synchronized void ended(String key) {
        running.merge(key, -1, Integer::sum);
    }

    synchronized void needed(int count) {
        needed += count;
    }

    synchronized Seen take() {
        Seen seen = new Seen(loads, needed, mostAtOnce, byKey, byBin);
        loads = 0;
        needed = 0;
        mostAtOnce = 0;
        byKey = new HashMap<>();
        byBin = new TreeMap<>();
        return seen;
    }
}
