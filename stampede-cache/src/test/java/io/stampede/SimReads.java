package io.stampede;

import io.stampede.Result.Source;
import io.stampede.Result.StaleReason;
import io.stampede.testing.Simulation;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The reads of a simulated cluster, and what must be true of their answers: P5, P6, P7, P9, P10 and P11. */
final class SimReads {

    private static final long SLACK = SimHistory.SLACK;

    /** By how much a time may be off that has been rounded to microseconds, more than once. */
    private static final long ROUNDING = 5_000;

    private final Simulation world;
    private final SimHistory history;
    private final SimLoads loads;
    private final SimStore store;
    private final SimOptions options;
    private boolean storeWasWiped;

    final Map<Source, Long> counts = new EnumMap<>(Source.class);

    SimReads(Simulation world, SimHistory history, SimLoads loads, SimStore store, SimOptions options) {
        this.world = world;
        this.history = history;
        this.loads = loads;
        this.store = store;
        this.options = options;
    }

    void storeWasWiped() {
        storeWasWiped = true;
    }

    // ---- one read -----------------------------------------------------------------------------------------------

    /** A read, and what is known where and when it begins. */
    final class Read {
        private final SimNode node;
        private final String key;
        private final CallOptions call;
        private final boolean loads;
        private final long begunAt = world.now();
        private final SimFloor atLeast;
        private final SimFloor ownFloor;
        private final SimFloor floor;
        private final SimFloor missed;
        private final int turns;
        private final @Nullable Entry<SimValue> held;
        private final boolean mayBeServedStale;

        private Read(SimNode node, String key, CallOptions call, boolean loads, long atLeast) {
            this.node = node;
            this.key = key;
            this.call = call;
            this.loads = loads;
            this.atLeast = SimFloor.expired(atLeast);
            this.ownFloor = history.ownFloor(node, key);
            this.floor = history.floor(node, key);
            this.turns = history.turns(node);
            this.missed = isL2Away() ? SimFloor.NONE : history.missedFloor(node, key);
            this.held = node.held(key);
            this.mayBeServedStale = held != null && isSurelyInWindow(held);
        }

        /** Whether L2 can't be asked for the key: not at all, or not before it has been told of a write. */
        private boolean isL2Away() {
            return node.cache.isTroubled() || node.cache.flights().remote.outbox.holds(key);
        }

        /**
         * What the answer must not be older than, given now. Another server may not have heard of what others have written;
         * what this node has written itself it must not forget.
         */
        private SimFloor leastNow() {
            SimFloor known = known();
            return (store.setBackNanos(key) > 0 ? known.withoutExpiries() : known).and(atLeast);
        }

        private SimFloor known() {
            if (history.turns(node) != turns) {
                return ownFloor;
            }
            return isL2Away() || node.lastTrouble() >= begunAt ? floor : floor.and(missed);
        }

        /** Whether a stale value would be served, if its load failed, even a little later. */
        private boolean isSurelyInWindow(Entry<SimValue> entry) {
            long now = node.nanoTime();
            Duration most = call.maxStale();
            return loads
                    && !call.isForceFresh()
                    && !entry.isRefused()
                    && entry.isStaleWithin(Simulation.millis(options.staleOnError()) - SLACK, now)
                    && (most == null || entry.staleNanos(now) < most.toNanos() - SLACK);
        }
    }

    /** A read of any kind, except of several keys. */
    CompletableFuture<SimValue> read(
            SimNode node, String key, @Nullable AsyncLoader<String, SimValue> loader, CallOptions call, long atLeast) {
        Read read = new Read(node, key, call, loader != null, atLeast);
        boolean asksL1 = !call.isForceFresh() && !call.isSkipLocal();
        Entry<SimValue> hit = asksL1 ? node.cache.hit(key) : null;
        if (hit != null) {
            return hit(read, hit, loader);
        }
        Caller<String, SimValue> caller = node.cache.detached(key, loader == null ? null : AnyLoader.of(loader), call);
        return follow(read, caller, node.cache.enter(caller));
    }

    /** A read of several keys begins with the one of each. */
    Read begin(SimNode node, String key) {
        return new Read(node, key, CallOptions.none(), true, 0);
    }

    CompletableFuture<SimValue> follow(Read read, Caller<String, SimValue> caller, CompletableFuture<SimValue> result) {
        result.whenComplete((value, failure) -> {
            if (failure instanceof CancellationException) {
                return; // P13: to be seen by all others
            }
            if (failure != null) {
                failed(read, failure);
            } else {
                answered(read, caller.answered());
            }
        });
        return result;
    }

    /** A hit is answered at once, even if it is the one that has the value rebuilt. */
    private CompletableFuture<SimValue> hit(
            Read read, Entry<SimValue> hit, @Nullable AsyncLoader<String, SimValue> loader) {
        CompletableFuture<SimValue> result = loader == null
                ? CompletableFuture.completedFuture(hit.value)
                : read.node.cache.getAsync(read.key, loader, read.call);
        history.check(result.isDone(), "P11: a hit of %s on node %d has to wait", read.key, read.node.id);
        hitAnswered(read, hit);
        return result;
    }

    /** L1 has answered. */
    void hitAnswered(Read read, Entry<SimValue> hit) {
        store.hit(read.node, read.key, hit);
        answered(read, hit.as(Source.L1, read.node.nanoTime()));
    }

    // ---- with a value -------------------------------------------------------------------------------------------

    private void answered(Read read, Result<SimValue> result) {
        counts.merge(result.source(), 1L, Long::sum);
        SimValue value = result.value();
        history.log(
                "node %d got %s = %s, %s, asked at %d us",
                read.node.id, read.key, value, result.source(), read.begunAt / 1_000);
        checkWait(read, result.staleReason());
        checkTrouble(read, result.source());
        if (value == null) {
            if (result.source() != Source.ABSENT) {
                checkAbsence(read, result.source());
            }
            return;
        }
        world.trace(value.version());
        boolean isStale = result.source() == Source.STALE;
        long least = read.leastNow().of(isStale, value.tagged());
        history.check(
                value.version() >= least,
                "P5/P6: a read of %s on node %d got version %d (%s), although version %d was written before it began",
                read.key,
                read.node.id,
                value.version(),
                result.source(),
                least);
        if (isStale) {
            checkStale(read, result, value);
        } else {
            checkFresh(read, result, value);
        }
    }

    private static LoadingClusterCache<String, SimValue> node(Read read) {
        return read.node.cache;
    }

    private void checkFresh(Read read, Result<SimValue> result, SimValue value) {
        // A microsecond for rounding, and 400 ppm between the fastest and the slowest clock.
        long bornAt = store.bornAt(read.key, value);
        long latest = bornAt + value.ttl() + value.ttl() / 2_500 + 1_000 + clocksOff(read);
        history.check(
                read.begunAt <= latest,
                "P9: a read of %s on node %d got a value (%s) %d ms after its ttl",
                read.key,
                read.node.id,
                result.source(),
                (read.begunAt - bornAt - value.ttl()) / 1_000_000);
        boolean isCopy = switch (result.source()) {
            case L1, L2, SUSPECT -> true;
            default -> false;
        };
        history.check(
                !isCopy || result.age().toNanos() <= store.lifetime(read.key, value) + ROUNDING,
                "P9: a read of %s on node %d got a value of age %s (%s), which was to live %d ms",
                read.key,
                read.node.id,
                result.age(),
                result.source(),
                store.lifetime(read.key, value) / 1_000_000);
    }

    /** By so much a value may live longer than it should, since a clock that it lives by was set back or stood still. */
    private long clocksOff(Read read) {
        return store.setBackNanos(read.key) + read.node.stoodStill();
    }

    private void checkStale(Read read, Result<SimValue> result, SimValue value) {
        boolean revalidating = result.staleReason() == StaleReason.REVALIDATING;
        long window = Simulation.millis(
                switch (result.staleReason()) {
                    case REVALIDATING -> options.staleWhileRevalidate();
                    case BACKING_OFF -> options.staleWindow(); // what would be served at once is so in a pause, too
                    default -> options.staleOnError();
                });
        Duration most = read.call.maxStale();
        long allowed = most == null ? window : Math.min(window, most.toNanos());
        history.check(
                result.age().toNanos() < store.lifetime(read.key, value) + allowed + ROUNDING && window > 0,
                "P9: a read of %s on node %d got a value of age %s (%s), which was to live %d ms and %d ms stale",
                read.key,
                read.node.id,
                result.age(),
                result.staleReason(),
                store.lifetime(read.key, value) / 1_000_000,
                allowed / 1_000_000);
        history.check(
                read.loads && !read.call.isForceFresh(),
                "P9: a read of %s on node %d got a stale value, though it was for none",
                read.key,
                read.node.id);
        if (revalidating) {
            checkRevalidation(read);
        }
    }

    /** Who serves a stale value while it is loaded anew has it loaded anew. */
    private void checkRevalidation(Read read) {
        long now = world.now();
        boolean pauses = node(read).flights().loads.pauseOf(read.key, null) != null;
        boolean isLoading = loads.isLoading(read.key);
        long before = loads.lastActivity(read.key);
        boolean isFreshElsewhere = store.holdsFreshFor(read.key, 0); // a slow network makes a clock uncertain
        if (!history.isFaultless()
                || options.limitsLoads()
                || pauses
                || isLoading
                || isFreshElsewhere
                || before >= now - SLACK) {
            return;
        }
        world.in(
                Simulation.millis(400),
                () -> history.check(
                        loads.isLoading(read.key)
                                || store.holdsFresh(read.key) // that it is stale was old news
                                || loads.lastActivity(read.key) > before
                                || history.overtaken(read.key, now),
                        "P11: node %d has served %s stale, and nobody loads it anew",
                        read.node.id,
                        read.key));
    }

    /** That the source has none is as good as a value: not older than what was written, not older than its ttl. */
    private void checkAbsence(Read read, Source source) {
        long life = Simulation.millis(options.negativeTtl());
        long oldest = read.begunAt - life - life / 2_500 - SLACK;
        long least = read.leastNow().fresh();
        boolean justified = loads.absences(read.key).stream()
                .anyMatch(absence ->
                        absence.version() >= least && (absence.endedAt() >= oldest || !history.isFaultless()));
        history.check(
                justified,
                "P5/P9: a read of %s on node %d got nothing (%s), although version %d was written before it began",
                read.key,
                read.node.id,
                source,
                least);
    }

    private void checkTrouble(Read read, Source source) {
        if (source != Source.SUSPECT) {
            return;
        }
        boolean hasSpentItsTime = world.now() - read.begunAt >= Simulation.millis(SimOptions.REMOTE_TIMEOUT - 1);
        history.check(
                hasSpentItsTime
                        || !history.isFaultless()
                                && (node(read).flights().remote.outbox.holds(read.key)
                                        || read.node.lastTrouble() >= read.begunAt - SLACK
                                        || history.lastTurn(read.node) >= read.begunAt - SLACK
                                        || joinsOneOfBeforeAPause(read)),
                "P7: a read of %s on node %d got what it can't trust, though the store answers",
                read.key,
                read.node.id);
    }

    /** What its node was doing when it was paused has no time left to ask in. */
    private static boolean joinsOneOfBeforeAPause(Read read) {
        return read.node.lastPausedUntil() >= read.begunAt - SLACK;
    }

    /** P2: who has waited for a load is told how it ended; it does not find out by itself, much later. */
    private void checkWait(Read read, @Nullable StaleReason reason) {
        boolean timed = reason == StaleReason.TIMED_OUT || reason == StaleReason.REJECTED;
        if (!history.isFaultless() || options.limitsLoads() || timed) {
            return;
        }
        long since = Math.max(
                Math.max(read.begunAt, history.lastWrite(read.key)),
                Math.max(loads.lastActivity(read.key), loads.lastOverdue(read.key)));
        history.check(
                world.now() - since <= 2 * SLACK,
                "P2: a read of %s on node %d ended %d ms after the load it had waited for",
                read.key,
                read.node.id,
                (world.now() - since) / 1_000_000);
    }

    // ---- without a value ----------------------------------------------------------------------------------------

    private void failed(Read read, Throwable failure) {
        boolean known = failure instanceof SimSource.Failure
                || failure instanceof LoadFailedElsewhereException
                || failure instanceof LoadRejectedException
                || failure instanceof LoadTimeoutException;
        history.check(known, "P10: a read of %s failed with %s", read.key, failure);
        long waited = world.now() - read.begunAt;
        if (failure instanceof LoadTimeoutException) {
            boolean impatient = options.hardTimeout() > 0 && waited >= Simulation.millis(options.hardTimeout() - 3);
            long remembered = read.begunAt - Simulation.millis(options.longestBackoff()) - SLACK;
            history.checkFaultless(
                    impatient || options.limitsLoads() || loads.lastOverdue(read.key) >= Math.max(0, remembered),
                    "P10: a read of %s on node %d has timed out, though no load took long",
                    read.key,
                    read.node.id);
        } else if (failure instanceof LoadRejectedException) {
            history.checkFaultless(
                    options.limitsLoads() || options.bulk() || loads.hasSuperseded(read.node, read.key),
                    "P10: a load of %s is rejected, though there is room for it",
                    read.key);
        } else {
            checkWait(read, null);
        }
        if (failure instanceof SimSource.Failure fromSource) {
            long recovered = loads.lastSuccess(read.node, read.key);
            history.check(
                    fromSource.at >= read.begunAt || fromSource.at >= recovered || recovered >= read.begunAt,
                    "P4: a read of %s on node %d fails for a failure after which a load has succeeded",
                    read.key,
                    read.node.id);
            history.check(
                    fromSource.outage || fromSource.at >= read.begunAt,
                    "P4: a read of %s on node %d fails, because the source has answered so before",
                    read.key,
                    read.node.id);
            history.check(
                    !fromSource.early || fromSource.at >= read.begunAt,
                    "P4: a read of %s on node %d fails, because an early refresh has failed before",
                    read.key,
                    read.node.id);
        }
        history.checkFaultless(
                options.hardTimeout() == 0 || waited <= Simulation.millis(options.hardTimeout() + 10),
                "P10: a read of %s on node %d has failed long after hardTimeout",
                read.key,
                read.node.id);
        if (isOutage(failure)) {
            checkNothingStale(read, failure);
        }
    }

    private static boolean isOutage(Throwable failure) {
        return SimSource.isOutage(failure) && !(failure instanceof LoadFailedElsewhereException);
    }

    /** P11: a stale value comes before a failure. */
    private void checkNothingStale(Read read, Throwable failure) {
        boolean stillThere = read.held != null && node(read).flights().local.find(read.key) == read.held;
        boolean stillInWindow = stillThere && read.mayBeServedStale && read.isSurelyInWindow(read.held);
        history.check(
                !stillInWindow || storeWasWiped || history.overtaken(read.key, read.begunAt),
                "P11: a read of %s on node %d fails with %s, although there is a stale value",
                read.key,
                read.node.id,
                failure);
    }
}
