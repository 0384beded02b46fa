package io.stampede;

import java.util.ArrayList;
import java.util.List;
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

    /** The first who can load, or null. */
    @Nullable
    Caller<K, V> nextLoader() {
        for (Caller<K, V> caller : waiting) {
            if (caller.canLoad()) {
                return caller;
            }
        }
        return null;
    }

    Runnable answerAll(@Nullable V answer) {
        return answer(takeAll(), answer);
    }

    Runnable failAll(Throwable failure) {
        List<Caller<K, V>> all = takeAll();
        return () -> all.forEach(caller -> caller.fail(failure));
    }

    Runnable allEnterAgain() {
        return enterAgain(takeAll());
    }

    /** Those who take a value only if there is one: there is none. */
    Runnable dismissLookers() {
        List<Caller<K, V>> lookers = new ArrayList<>();
        waiting.removeIf(caller -> caller.loader == null && lookers.add(caller));
        return answer(lookers, null);
    }

    /** All but those who are content only with what L2 has accepted. */
    Runnable answerImpatient(V answer) {
        List<Caller<K, V>> impatient = new ArrayList<>();
        waiting.removeIf(caller -> !caller.patient && impatient.add(caller));
        return answer(impatient, answer);
    }

    Runnable answerAllBut(@Nullable Caller<K, V> loading, V answer) {
        return answer(takeAllBut(loading), answer);
    }

    Runnable allEnterAgainBut(@Nullable Caller<K, V> loading) {
        return enterAgain(takeAllBut(loading));
    }

    /** Those who have joined a load of an earlier era, which has turned out to be out of date. */
    Runnable doubtfulEnterAgain(@Nullable Caller<K, V> loading) {
        List<Caller<K, V>> doubtful = new ArrayList<>();
        waiting.removeIf(caller -> caller.patient && !caller.force && caller != loading && doubtful.add(caller));
        return enterAgain(doubtful);
    }

    private List<Caller<K, V>> takeAll() {
        List<Caller<K, V>> all = waiting;
        waiting = new ArrayList<>();
        return all;
    }

    private List<Caller<K, V>> takeAllBut(@Nullable Caller<K, V> staying) {
        List<Caller<K, V>> all = takeAll();
        if (staying != null && all.remove(staying)) {
            waiting.add(staying);
        }
        return all;
    }

    private Runnable answer(List<Caller<K, V>> some, @Nullable V answer) {
        return () -> some.forEach(caller -> caller.answer(answer));
    }

    private Runnable enterAgain(List<Caller<K, V>> some) {
        some.forEach(caller -> caller.patient = caller.force);
        return () -> some.forEach(caller -> {
            if (!caller.result.isDone()) {
                caller.executor.execute(() -> flights.enter(caller));
            }
        });
    }
}
