package io.stampede;

import io.stampede.Result.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Those who wait for a flight. Guarded by {@link LocalTier#change}; what its methods return runs after the step. */
final class Callers<K, V> {

    private final Flights<K, V> flights;
    private List<Caller<K, V>> waiting = new ArrayList<>();

    Callers(Flights<K, V> flights) {
        this.flights = flights;
    }

    void add(Caller<K, V> caller) {
        waiting.add(caller);
    }

    void remove(Caller<K, V> caller) {
        waiting.remove(caller);
    }

    /** A load that goes on whatever becomes of those who wait: as a ghost, the first of them who could load. */
    void summonGhost() {
        if (waiting.stream().noneMatch(Caller::isGhost)) {
            waiting.stream()
                    .filter(caller -> caller.loader != null)
                    .findFirst()
                    .ifPresent(caller -> waiting.add(caller.ghost()));
        }
    }

    /** Whether one of them waits inside a load of this cache, whose permit then counts for this one too. */
    boolean isNested() {
        return waiting.stream().anyMatch(caller -> flights.loads.permits.isLoading(caller.waitingThread()));
    }

    /** The one who is to load: a ghost if there is one, else the first who can; or null. */
    @Nullable
    Caller<K, V> nextLoader() {
        Caller<K, V> first = null;
        for (Caller<K, V> caller : waiting) {
            if (caller.canLoad() && (caller.isGhost() || first == null)) {
                first = caller;
            }
        }
        return first;
    }

    Runnable haveToWait() {
        List<Caller<K, V>> all = List.copyOf(waiting);
        all.forEach(caller -> caller.waited = true);
        return () -> all.forEach(Caller::hasToWait);
    }

    Runnable answerAll(Result<V> answer, @Nullable Caller<K, V> loading) {
        return answer(takeAll(), answer, loading);
    }

    Runnable failAll(Failure failure, @Nullable Entry<V> stale) {
        List<Caller<K, V>> all = takeAll();
        return () -> all.forEach(caller -> caller.fail(failure, stale));
    }

    Runnable allEnterAgain() {
        return enterAgain(takeAll());
    }

    /** Those who take a value only if there is one: there is none. */
    Runnable dismissLookers() {
        Result<V> nothing = new Result<>(null, Source.ABSENT, null, Duration.ZERO);
        return answer(take(caller -> caller.loader == null), nothing, null);
    }

    /** A stale value was found: for some at once, because it is being loaded anew, for the others in case of need. */
    Runnable serveStale(Entry<V> stale) {
        long window = flights.settings.freshness().staleWhileRevalidate();
        if (waiting.stream().anyMatch(caller -> caller.loader != null && caller.accepts(stale, window))) {
            summonGhost();
        }
        List<Caller<K, V>> served =
                take(caller -> caller.loader != null && !caller.isGhost() && caller.accepts(stale, window));
        List<Caller<K, V>> others = List.copyOf(waiting);
        return () -> {
            served.forEach(caller -> caller.answerStale(stale, Result.StaleReason.REVALIDATING));
            others.forEach(caller -> caller.offer(stale));
        };
    }

    /** There is a stale value, should the load fail or take long. */
    Runnable offer(@Nullable Entry<V> stale) {
        if (stale == null) {
            return LocalTier.NOTHING;
        }
        List<Caller<K, V>> all = List.copyOf(waiting);
        return () -> all.forEach(caller -> caller.offer(stale));
    }

    /** All but those who are content only with what L2 has accepted. */
    Runnable answerImpatient(Result<V> answer, @Nullable Caller<K, V> loading) {
        return answer(take(caller -> !caller.patient), answer, loading);
    }

    Runnable answerAllBut(@Nullable Caller<K, V> loading, Result<V> answer) {
        return answer(take(caller -> caller != loading), answer, loading);
    }

    Runnable allEnterAgainBut(@Nullable Caller<K, V> loading) {
        return enterAgain(take(caller -> caller != loading));
    }

    /** Those who have joined a load of which it isn't known what it has missed, and which has turned out to be out of date. */
    Runnable doubtfulEnterAgain(@Nullable Caller<K, V> loading) {
        return enterAgain(take(caller -> caller.patient && !caller.force() && caller != loading));
    }

    private List<Caller<K, V>> takeAll() {
        List<Caller<K, V>> all = waiting;
        waiting = new ArrayList<>();
        return all;
    }

    private List<Caller<K, V>> take(Predicate<Caller<K, V>> those) {
        List<Caller<K, V>> taken = new ArrayList<>();
        waiting.removeIf(caller -> those.test(caller) && taken.add(caller));
        return taken;
    }

    private Runnable answer(List<Caller<K, V>> some, Result<V> answer, @Nullable Caller<K, V> loading) {
        if (some.isEmpty()) {
            return LocalTier.NOTHING;
        }
        if (answer.source() != Source.LOADED) {
            return () -> some.forEach(caller -> caller.answer(answer));
        }
        Result<V> shared = new Result<>(answer.value(), Source.WAITED, null, answer.age());
        return () ->
                some.forEach(caller -> caller.answer(loading != null && loading.isLoadOf(caller) ? answer : shared));
    }

    private Runnable enterAgain(List<Caller<K, V>> some) {
        some.forEach(caller -> caller.patient = caller.force());
        return () -> some.forEach(caller -> {
            if (!caller.result.isDone()) {
                caller.executor.execute(() -> flights.enter(caller));
            }
        });
    }
}
