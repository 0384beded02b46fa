package io.stampede;

import io.stampede.SimLoads.Running;
import io.stampede.testing.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The source of a simulated cluster: mostly quick, sometimes slow, failing, empty, or not answering at all. */
final class SimSource {

    private static final double HANGS = 0.01;
    private static final int FAILURES = 5;
    private static final int FAILURES_IN_OUTAGE = 90;
    private static final int ABSENCES = 4;
    private static final int NOT_STORED = 4;

    private final Simulation world;
    private final SimHistory history;
    private final SimLoads loads;
    private final SimStore store;
    private final SimOptions options;
    private long outageUntil;
    long notModified;
    long notStored;

    SimSource(Simulation world, SimHistory history, SimLoads loads, SimStore store, SimOptions options) {
        this.world = world;
        this.history = history;
        this.loads = loads;
        this.store = store;
        this.options = options;
    }

    /** From now on, and for so long, the source hardly ever answers. */
    void fail(long nanos) {
        outageUntil = Math.max(outageUntil, world.now() + nanos);
    }

    /** What one load will come to. */
    private enum Kind {
        VALUE,
        NOT_STORED,
        ABSENT,
        OUTAGE,
        ANSWER
    }

    private Kind kind() {
        int share = world.random().nextInt(100);
        if (share < (world.now() < outageUntil ? FAILURES_IN_OUTAGE : FAILURES)) {
            return world.chance(0.8) ? Kind.OUTAGE : Kind.ANSWER;
        }
        if (share >= 100 - ABSENCES) {
            return Kind.ABSENT;
        }
        return share >= 100 - ABSENCES - NOT_STORED ? Kind.NOT_STORED : Kind.VALUE;
    }

    // ---- one key ------------------------------------------------------------------------------------------------

    /** The loader of a call. */
    AsyncLoader<String, SimValue> loader(SimNode node, CallOptions call) {
        long askedAt = world.now();
        boolean tags = options.tags() && world.chance(0.5);
        return AsyncLoader.withContext(context -> load(node, context, askedAt, call, tags));
    }

    private CompletionStage<Loaded<SimValue>> load(
            SimNode node, LoadContext<String, SimValue> context, long askedAt, CallOptions call, boolean tags) {
        boolean forced = call.isForceFresh();
        String key = context.key();
        Running load = loads.started(node, key, forced, askedAt, !forced && store.holdsFresh(key), -1);
        CompletableFuture<Loaded<SimValue>> result = new CompletableFuture<>();
        result.whenComplete((value, failure) -> {
            loads.ended(load);
            if (failure instanceof CancellationException) {
                loads.stopped(load);
            }
        });
        boolean hangs = world.chance(HANGS);
        boolean cancellable = world.chance(0.5);
        Kind kind = kind();
        long takes = duration();
        if (hangs && !cancellable) {
            takes += Simulation.millis(SimOptions.DEADLINE);
        }
        if (!hangs || !cancellable) {
            node.happen(world.now() + takes, () -> {
                if (!result.isDone()) {
                    end(load, kind, context.old(), call, tags, result);
                }
            });
        }
        return cancellable ? result : result.minimalCompletionStage();
    }

    private long duration() {
        return world.delay(Simulation.millis(options.slowLoads() ? 150 : 20), Simulation.millis(2 * SimOptions.LEASE));
    }

    private void end(
            Running load,
            Kind kind,
            @Nullable SimValue old,
            CallOptions call,
            boolean tags,
            CompletableFuture<Loaded<SimValue>> result) {
        switch (kind) {
            case VALUE -> {
                loads.succeeded(load);
                result.complete(found(load, old, call, tags));
            }
            case NOT_STORED -> {
                notStored++;
                loads.notStored(load);
                boolean tagged = tags || !call.tags().isEmpty();
                SimValue value = new SimValue(load.version, world.now(), Simulation.millis(options.ttl()), tagged);
                result.complete(Loaded.of(value).notStored());
            }
            case ABSENT -> {
                loads.absent(load);
                Loaded<SimValue> absent = Loaded.absent();
                result.complete(world.chance(0.3) ? absent.notStored() : absent);
            }
            case OUTAGE, ANSWER -> result.completeExceptionally(failed(load, kind));
        }
    }

    private Loaded<SimValue> found(Running load, @Nullable SimValue old, CallOptions call, boolean tags) {
        Duration ownTtl = options.callOptions() && world.chance(0.2) ? Duration.ofMillis(options.ttl() / 2) : null;
        Duration callTtl = call.ttl() == null ? Duration.ofMillis(options.ttl()) : call.ttl();
        long ttl = (ownTtl == null ? callTtl : ownTtl).toNanos();
        boolean tagged = tags || !call.tags().isEmpty();
        Loaded<SimValue> loaded;
        if (old != null && old.equals(new SimValue(load.version, old.bornAt(), ttl, tagged)) && world.chance(0.7)) {
            store.confirmed(load.key, old);
            notModified++;
            loaded = Loaded.notModified();
        } else {
            SimValue value = new SimValue(load.version, world.now(), ttl, tagged);
            willBePublished(load, value);
            loaded = Loaded.of(value);
        }
        loaded = tags ? loaded.tags(SimValue.TAG) : loaded;
        return ownTtl == null ? loaded : loaded.ttl(ownTtl);
    }

    private Failure failed(Running load, Kind kind) {
        loads.failed(load, kind == Kind.OUTAGE);
        return new Failure(kind == Kind.OUTAGE, load.early && load.node.holdsFresh(load.key), world.now());
    }

    /** P2: what was loaded for all is stored for all. */
    private void willBePublished(Running load, SimValue value) {
        if (!history.isFaultless() || loads.isOverdue(load) || loads.isForItsNodeAlone(load)) {
            return;
        }
        world.in(
                Simulation.millis(400),
                () -> history.check(
                        store.hasPublished(load.key, value)
                                || history.overtaken(load.key, load.askedAt)
                                || value.tagged() && history.tagInvalidatedSince(load.askedAt),
                        "P2: node %d has loaded %s and not stored it",
                        load.node.id,
                        load.key));
    }

    // ---- several keys -------------------------------------------------------------------------------------------

    /** The loader of a call for several keys; it blocks its thread. */
    BulkLoader<String, SimValue> bulkLoader(SimNode node) {
        long askedAt = world.now();
        return keys -> {
            List<Running> started = new ArrayList<>();
            for (String key : keys) {
                started.add(loads.started(node, key, false, askedAt, store.holdsFresh(key), started.size()));
            }
            try {
                take(world.chance(HANGS) ? Simulation.millis(SimOptions.DEADLINE) + duration() : duration());
            } finally {
                started.forEach(loads::ended);
            }
            return found(started);
        };
    }

    /** Lets the time of a load pass, of which some notice that they are interrupted, and some don't. */
    private void take(long nanos) throws InterruptedException {
        boolean interruptible = world.chance(0.5);
        long until = world.now() + nanos;
        while (world.now() < until) {
            try {
                world.sleep(Math.min(Simulation.millis(100), until - world.now()));
            } catch (InterruptedException e) {
                if (interruptible) {
                    throw e;
                }
            }
        }
    }

    private Map<String, SimValue> found(List<Running> started) {
        Kind kind = kind();
        if (kind == Kind.OUTAGE || kind == Kind.ANSWER) {
            started.forEach(load -> loads.failed(load, kind == Kind.OUTAGE));
            throw new Failure(kind == Kind.OUTAGE, false, world.now());
        }
        Map<String, SimValue> values = new HashMap<>();
        if (world.chance(0.1)) {
            values.put("k0", new SimValue(-1, world.now(), 1, false)); // if nobody has asked for it, nobody may get it
        }
        for (Running load : started) {
            values.remove(load.key);
            if (world.chance(ABSENCES / 100.0)) {
                loads.absent(load);
                continue;
            }
            SimValue value = new SimValue(load.version, world.now(), Simulation.millis(options.ttl()), false);
            values.put(load.key, value);
            loads.succeeded(load);
            willBePublished(load, value);
        }
        return values;
    }

    static boolean isOutage(Throwable failure) {
        return !(failure instanceof Failure fromSource) || fromSource.outage;
    }

    /** What loads fail with. */
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final boolean outage;

        /** Whether there was a fresh value when it happened. */
        final boolean early;

        final long at;

        private Failure(boolean outage, boolean early, long at) {
            super("the source fails");
            this.outage = outage;
            this.early = early;
            this.at = at;
        }
    }
}
