package io.stampede;

import io.stampede.testing.Simulation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The loads of a simulated cluster, and what must be true of them: P1 on each node, P2 among the nodes, P4 after
 * failures, and the limit of a node.
 */
final class SimLoads {

    private static final long DEADLINE = Simulation.millis(SimOptions.DEADLINE);

    /** By how much a node's clock may be fast, and an executor slow. */
    private static final long IMPRECISION = Simulation.millis(3);

    /** The share of a pause that its jitter leaves at least, and of what a fast clock makes of it. */
    private static final double LEAST_PAUSE = 0.8 * 0.9995;

    private final Simulation world;
    private final SimHistory history;
    private final SimOptions options;
    private final Map<String, List<Running>> running = new HashMap<>();
    private final Map<Integer, Integer> runningOn = new HashMap<>();
    private final Map<String, Long> lastActivity = new HashMap<>();
    private final Map<String, Long> lastSuccess = new HashMap<>();
    private final Map<String, Long> lastOverdue = new HashMap<>();
    private final Map<String, Grant> grants = new HashMap<>();
    private final Map<String, Long> grantedAt = new HashMap<>();
    private final Map<String, Pause> pauses = new HashMap<>();
    private final Map<String, Long> failedHere = new HashMap<>();
    private final Map<String, List<Absence>> absences = new HashMap<>();
    private final Map<String, List<Long>> notStored = new HashMap<>();
    long count;
    long early;
    long bulk;

    SimLoads(Simulation world, SimHistory history, SimOptions options) {
        this.world = world;
        this.history = history;
        this.options = options;
    }

    /** The last claim of a key that the store has granted a node. */
    private record Grant(boolean forced, boolean early) {
        private static final Grant NONE = new Grant(false, false);
    }

    /** After a failure, as long as it must be at least. */
    private record Pause(int failures, long since, long until) {}

    /** A load has found nothing in the source, or a put has said so. */
    record Absence(long version, long endedAt) {}

    /** A load that runs. */
    static final class Running {
        final SimNode node;
        final String key;
        final long startedAt;

        /** When the call began whose loader it is; a lease may have been lost while it waited for its turn. */
        final long askedAt;

        final long version;
        final boolean early;

        /** The place of the key among those that are loaded together, for one permit; -1 if it is the only one. */
        private final int bulkIndex;

        private boolean ended;
        private boolean overdue;

        private boolean isBulk() {
            return bulkIndex >= 0;
        }

        /**
         * Since when its turn may have come: from then on the deadline runs, and writes overtake it. With others it may
         * be a while until it starts.
         */
        private long since() {
            return isBulk() ? askedAt : startedAt;
        }

        private int permits() {
            return bulkIndex <= 0 ? 1 : 0;
        }

        private Running(
                SimNode node, String key, long startedAt, long askedAt, long version, boolean early, int bulkIndex) {
            this.node = node;
            this.key = key;
            this.startedAt = startedAt;
            this.askedAt = askedAt;
            this.version = version;
            this.early = early;
            this.bulkIndex = bulkIndex;
        }
    }

    void granted(int node, String key, boolean forced, boolean isEarly) {
        grants.put(node + key, new Grant(forced, isEarly));
    }

    /** A node is told that its claim of a key is granted. */
    void toldOfGrant(SimNode node, String key) {
        grantedAt.put(node.id + key, world.now());
    }

    // ---- a load begins ------------------------------------------------------------------------------------------

    /**
     * A loader begins.
     *
     * @param forced whether whose loader it is has asked for a new value
     * @param askedAt when it has asked
     * @param needless whether the store holds a value that would have done
     * @param bulkIndex the place of the key among those that are loaded together, for one permit; -1 if it is the only one
     */
    Running started(SimNode node, String key, boolean forced, long askedAt, boolean needless, int bulkIndex) {
        count++;
        Grant grant = grants.getOrDefault(node.id + key, Grant.NONE);
        boolean isForced = forced || grant.forced;
        boolean isEarly = grant.early && !isForced;
        long version = history.sourceVersion(key); // at the start, so that a slow load is as old as can be
        history.log("node %d loads %s, version %d%s", node.id, key, version, isEarly ? ", early" : "");
        Running load = new Running(node, key, world.now(), askedAt, version, isEarly, bulkIndex);
        history.checkFaultless(
                !needless || isForced || isEarly || isForItsNodeAlone(load) || history.overtaken(key, load.since()),
                "P2: node %d loads %s, although the store holds a fresh value",
                node.id,
                key);
        checkOthers(load);
        checkWaited(load);
        checkPause(load, isForced, isEarly || node.holdsFresh(key), askedAt);
        int here = runningOn.merge(node.id, load.permits(), Integer::sum);
        history.check(here <= options.maxConcurrentLoads(), "P3: %d loads run on node %d at a time", here, node.id);
        running.computeIfAbsent(key, any -> new ArrayList<>()).add(load);
        early += isEarly ? 1 : 0;
        bulk += load.isBulk() ? 1 : 0;
        if (!load.isBulk()) {
            node.happen(world.now() + DEADLINE + IMPRECISION, () -> overdue(load));
        }
        return load;
    }

    /** A key whose turn has come is loaded with the others of its call, even if a write has overtaken it meanwhile. */
    private void checkOthers(Running load) {
        List<Running> others = all(load.key);
        long here = others.stream().filter(other -> other.node == load.node).count();
        history.check(here < 2, "P1: a third load of %s runs on node %d", load.key, load.node.id);
        for (Running other : others) {
            history.checkFaultless(
                    isOverdue(other)
                            || isForItsNodeAlone(load)
                            || isForItsNodeAlone(other)
                            || history.overtaken(load.key, Math.min(load.since(), other.since())),
                    "P1/P2: %s is loaded on node %d while node %d loads it",
                    load.key,
                    load.node.id,
                    other.node.id);
        }
    }

    /** Interleaving 6: whether it may have waited for a load whose value was not stored, as others may, too. */
    boolean isForItsNodeAlone(Running load) {
        return notStored.getOrDefault(load.key, List.of()).stream()
                .anyMatch(at -> at >= load.askedAt - SimHistory.SLACK && at <= load.startedAt);
    }

    /** Whether a load has run so long that its node may have given it up. */
    boolean isOverdue(Running load) {
        return world.now() - load.since() >= DEADLINE - IMPRECISION;
    }

    private void checkWaited(Running load) {
        long since = Math.max(
                Math.max(load.askedAt, lastActivity(load.key)),
                Math.max(history.lastWrite(load.key), lastOverdue(load.key)));
        history.checkFaultless(
                load.isBulk()
                        || options.bulk()
                        || options.limitsLoads()
                        || all(load.key).stream().anyMatch(other -> !isOverdue(other))
                        || world.now() - since <= 2 * SimHistory.SLACK,
                "P2: node %d begins to load %s %d ms after all that it could wait for had ended",
                load.node.id,
                load.key,
                (world.now() - since) / 1_000_000);
    }

    private void checkPause(Running load, boolean forced, boolean isFresh, long askedAt) {
        if (forced || !history.isFaultless()) {
            return;
        }
        SimNode node = load.node;
        Pause pause = pauses.get(pauseOf(node, load.key, isFresh));
        // A load whose turn has come, but which waits for a permit or for other keys, may hear of a failure before.
        boolean isNews = pause == null || pause.since >= grantedAt.getOrDefault(node.id + load.key, Long.MAX_VALUE);
        history.check(
                isNews || world.now() >= pause.until,
                "P4: node %d loads %s %d ms before its pause is over",
                node.id,
                load.key,
                isNews ? 0 : (pause.until - world.now()) / 1_000_000);
        Long failedAt = failedHere.get(node.id + load.key);
        history.check(
                failedAt == null || failedAt <= askedAt || isFresh || history.overtaken(load.key, askedAt),
                "P4: node %d loads %s in line, after a load that had failed for the same callers",
                node.id,
                load.key);
    }

    // ---- a load ends --------------------------------------------------------------------------------------------

    void ended(Running load) {
        load.ended = true;
        if (isOverdue(load)) {
            lastOverdue.put(load.key, world.now());
        }
        lastActivity.put(load.key, world.now());
        running.get(load.key).remove(load);
        runningOn.merge(load.node.id, -load.permits(), Integer::sum);
        history.log("node %d's load of %s has ended", load.node.id, load.key);
    }

    void succeeded(Running load) {
        if (!isOverdue(load)) {
            lastSuccess.put(load.node.id + load.key, world.now());
        }
        recovered(load.node, load.key);
    }

    void notStored(Running load) {
        succeeded(load);
        notStored.computeIfAbsent(load.key, any -> new ArrayList<>()).add(world.now());
    }

    void absent(Running load) {
        recovered(load.node, load.key);
        absent(load.key, load.version);
    }

    /** From now on a read may be told that the source has none. */
    void absent(String key, long version) {
        absences.computeIfAbsent(key, any -> new ArrayList<>()).add(new Absence(version, world.now()));
    }

    List<Absence> absences(String key) {
        return absences.getOrDefault(key, List.of());
    }

    /** A load has failed on its node, of which other nodes will hear. */
    void failed(Running load, boolean isOutage) {
        failed(load, isOutage, world.now());
    }

    private void failed(Running load, boolean isOutage, long at) {
        if (load.overdue
                || load.isBulk() && isOverdue(load)
                || load.node.isCrashed()
                || !history.isFaultless()
                || isSuperseded(load)) {
            return;
        }
        failedHere.put(load.node.id + load.key, at);
        if (isOutage) {
            pause(load.node, load.key);
        }
    }

    /** The deadline has ended a load, by the node's clock perhaps a little earlier. */
    void stopped(Running load) {
        failed(load, true, world.now() - IMPRECISION);
        lastOverdue.put(load.key, world.now());
    }

    private void overdue(Running load) {
        if (!load.ended) {
            stopped(load);
            load.overdue = true;
            lastActivity.put(load.key, world.now());
        }
    }

    private boolean isSuperseded(Running load) {
        return history.overtaken(load.key, load.since());
    }

    /** A node has heard of a failure elsewhere. */
    void heardOfFailure(SimNode node, String key) {
        if (history.isFaultless()) {
            pause(node, key);
        }
    }

    /** There is a value again on this node, or may be. */
    void recovered(SimNode node, String key) {
        pauses.remove(pauseOf(node, key, true));
        pauses.remove(pauseOf(node, key, false));
        failedHere.remove(node.id + key);
    }

    private void pause(SimNode node, String key) {
        String id = pauseOf(node, key, node.holdsFresh(key));
        long now = world.now();
        Pause before = pauses.get(id);
        boolean first = before == null || now - before.since > Simulation.millis(options.longestBackoff()) * 3.9;
        int failures = first ? 1 : before.failures + 1;
        long whole = Math.min(options.firstBackoff() << Math.min(failures - 1, 20), options.longestBackoff());
        pauses.put(id, new Pause(failures, now, now + (long) (LEAST_PAUSE * Simulation.millis(whole))));
    }

    private static String pauseOf(SimNode node, String key, boolean early) {
        return node.id + key + (early ? " early" : "");
    }

    // ---- what the reads want to know ----------------------------------------------------------------------------

    long lastActivity(String key) {
        return lastActivity.getOrDefault(key, 0L);
    }

    boolean isLoading(String key) {
        return !all(key).isEmpty();
    }

    /** When a load of the key on this node has last found a value; or -1. */
    long lastSuccess(SimNode node, String key) {
        return lastSuccess.getOrDefault(node.id + key, -1L);
    }

    /** When a load of the key has last run until the deadline; or -1. */
    long lastOverdue(String key) {
        long running = all(key).stream()
                .filter(this::isOverdue)
                .mapToLong(load -> Math.min(world.now(), load.startedAt + DEADLINE))
                .max()
                .orElse(-1);
        return Math.max(running, lastOverdue.getOrDefault(key, -1L));
    }

    /** Whether there is no room for a load of the key, as one that counts is not the only one that runs. */
    boolean hasSuperseded(SimNode node, String key) {
        return all(key).stream().filter(load -> load.node == node).count() >= 2;
    }

    private List<Running> all(String key) {
        return running.getOrDefault(key, List.of());
    }
}
