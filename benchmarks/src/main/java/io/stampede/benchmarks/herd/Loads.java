package io.stampede.benchmarks.herd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The loads of all nodes in an act, sorted by what made them necessary: an expiry or a write.
 *
 * @param total how many there were
 * @param failed of these
 * @param occasions how many there were for which one load would have done
 * @param mostPerOccasion the occasion that caused most
 * @param atOnce of one key, the most that were under way in the cluster
 */
record Loads(long total, long failed, long occasions, long mostPerOccasion, int atOnce) {

    /**
     * Loads of one key belong to one occasion if they read the same version, and each began within a quarter of the ttl
     * after the one before: a value lives longer than that, and those who come late for it do not.
     */
    static Loads of(List<Load> loads, Duration ttl) {
        long gap = ttl.toNanos() / 1_000 / 4;
        long occasions = 0;
        long most = 0;
        int atOnce = 0;
        Map<Long, List<Load>> byProduct = loads.stream().collect(Collectors.groupingBy(Load::product));
        for (List<Load> ofProduct : byProduct.values()) {
            atOnce = Math.max(atOnce, atOnce(ofProduct));
            Map<Long, List<Load>> byVersion =
                    ofProduct.stream().collect(Collectors.groupingBy(Load::version, TreeMap::new, Collectors.toList()));
            for (List<Load> ofVersion : byVersion.values()) {
                List<Long> sizes = occasions(ofVersion, gap);
                occasions += sizes.size();
                most = Math.max(
                        most, sizes.stream().mapToLong(Long::longValue).max().orElse(0));
            }
        }
        long failed =
                loads.stream().filter(load -> load.version() == Load.FAILED).count();
        return new Loads(loads.size(), failed, occasions, most, atOnce);
    }

    private static List<Long> occasions(List<Load> loads, long gap) {
        List<Load> inOrder = loads.stream()
                .sorted(Comparator.comparingLong(Load::beganMicros))
                .toList();
        List<Long> sizes = new ArrayList<>();
        long before = Long.MIN_VALUE;
        for (Load load : inOrder) {
            boolean another = sizes.isEmpty() || load.beganMicros() - before > gap;
            sizes.add(another ? 1 : sizes.remove(sizes.size() - 1) + 1);
            before = load.beganMicros();
        }
        return sizes;
    }

    /** One that began at the moment another ended was not under way together with it. */
    private static int atOnce(List<Load> loads) {
        TreeMap<Long, Integer> changes = new TreeMap<>();
        for (Load load : loads) {
            changes.merge(load.beganMicros(), 1, Integer::sum);
            changes.merge(Math.max(load.endedMicros(), load.beganMicros() + 1), -1, Integer::sum);
        }
        int running = 0;
        int most = 0;
        for (int change : changes.values()) {
            running += change;
            most = Math.max(most, running);
        }
        return most;
    }

    double perOccasion() {
        return occasions == 0 ? 0 : (double) total / occasions;
    }
}
