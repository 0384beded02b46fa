package io.stampede.benchmarks.chaos;

import java.util.List;
import java.util.Map;

/**
 * What a fault has done. All of it is counted from the fault's beginning until one ttl after all was normal.
 *
 * @param beganMillis by the machine's clock
 * @param endedMillis when it was over, from which it is measured how long it took until all was normal
 * @param failures of callers that are not the source's, by kind
 * @param sourceFailures those that P11 allows while the source is broken
 * @param p50 and the other times in nanoseconds, from when a read was due
 * @param longestCall from the beginning of a read, so without the wait for its turn
 * @param loadsNeeded by expiry and by invalidation, had there been no fault
 * @param mostOften the key that was loaded most often
 * @param mostLoadsAtOnce of one key
 * @param oldHere reads of a node that were given less than what it had written itself
 * @param oldElsewhere reads that were given, as fresh and after the bound, less than another node had written
 * @param longestOutdatedMillis how long after such a write a read got an older value as fresh, within the bound or not
 * @param example of such reads
 * @param normalAfterMillis how long it took; -1 if it was not within the drill's patience
 * @param remark what was complained of last
 */
record Row(
        TopologyKind topology,
        String fault,
        String title,
        boolean ofTheSource,
        long beganMillis,
        long endedMillis,
        long reads,
        Map<String, Integer> failures,
        Map<String, Integer> sourceFailures,
        double p50,
        double p99,
        double longest,
        double longestCall,
        long loads,
        double loadsNeeded,
        String mostOften,
        int mostLoadsAtOnce,
        long oldHere,
        long oldElsewhere,
        long longestOutdatedMillis,
        String example,
        Map<String, Long> served,
        long normalAfterMillis,
        String remark,
        List<Bin> bins,
        Map<Long, Long> loadsByBin) {

    /** What reached callers although no source was broken, or is no failure of a source at all. */
    long errors() {
        return count(failures) + (ofTheSource ? 0 : count(sourceFailures));
    }

    /** What reached callers by the rules of P11. */
    long allowedErrors() {
        return ofTheSource ? count(sourceFailures) : 0;
    }

    private static long count(Map<String, Integer> counts) {
        return counts.values().stream().mapToLong(Integer::longValue).sum();
    }

    long suspect() {
        return served.getOrDefault("SUSPECT", 0L);
    }

    long stale() {
        return served.getOrDefault("STALE", 0L);
    }

    double loadsPerNeeded() {
        return loads / loadsNeeded;
    }

    boolean isNormal() {
        return normalAfterMillis >= 0;
    }

    boolean isGood() {
        return errors() == 0 && oldHere == 0 && oldElsewhere == 0 && isNormal();
    }
}
