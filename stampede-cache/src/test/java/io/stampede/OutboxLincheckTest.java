package io.stampede;

import io.stampede.Outbox.Item;
import io.stampede.Outbox.Ticket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * P12: a write that is queued waits until L2 has been told of it, by somebody who asked what was waiting after it was
 * queued. What comes while L2 is being told of an earlier write of the same key is not settled with that, and one too many
 * is refused, for the cache to be cleared.
 *
 * <p>What a thread has asked for is its own, as in the cache; so asking and settling are one step each.
 */
@Param(name = "key", gen = IntGen.class, conf = "1:3")
@Param(name = "time", gen = IntGen.class, conf = "0:1")
@Param(name = "thread", gen = ThreadIdGen.class)
public class OutboxLincheckTest {

    private static final int CAPACITY = 2;

    /** The threads of a run, and those of what comes before and after it. */
    private static final int THREADS = 5;

    private final Outbox outbox = new Outbox(CAPACITY);
    private final List<Map<Integer, Ticket>> asked = memories();
    private final Ticket[] clearAsked = new Ticket[THREADS];

    private static <T> List<Map<Integer, T>> memories() {
        return IntStream.range(0, THREADS)
                .<Map<Integer, T>>mapToObj(thread -> new HashMap<>())
                .toList();
    }

    private static Item item(int key) {
        return Item.key(Integer.toString(key));
    }

    @Operation
    public boolean add(@Param(name = "key") int key, @Param(name = "time") int notBefore) {
        return outbox.add(item(key), notBefore);
    }

    @Operation
    public void addClear(@Param(name = "time") int notBefore) {
        outbox.addClear(notBefore);
    }

    @Operation
    public boolean holds(@Param(name = "key") int key) {
        return outbox.holds(Integer.toString(key));
    }

    @Operation
    public boolean isEmpty() {
        return outbox.isEmpty();
    }

    @Operation
    public int size() {
        return outbox.size();
    }

    @Operation
    public boolean awaitsClear() {
        return outbox.awaitsClear();
    }

    /** A replay begins. */
    @Operation
    public List<Integer> due(@Param(name = "thread") int thread, @Param(name = "time") int now) {
        Map<Integer, Ticket> due = new TreeMap<>();
        outbox.due(now).forEach((item, ticket) -> due.put(Integer.valueOf(item.name()), ticket));
        asked.get(thread).putAll(due);
        return List.copyOf(due.keySet());
    }

    /** A write of the key begins. */
    @Operation
    public void ask(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        asked.get(thread).put(key, outbox.ticket(item(key)));
    }

    /** The write, or the replay's part of it, has been acknowledged. */
    @Operation
    public void settle(@Param(name = "thread") int thread, @Param(name = "key") int key) {
        outbox.settle(item(key), asked.get(thread).get(key));
    }

    /** A clear begins. */
    @Operation
    public boolean askClear(@Param(name = "thread") int thread) {
        clearAsked[thread] = outbox.clearTicket();
        return clearAsked[thread] != null;
    }

    /** The clear has been acknowledged. */
    @Operation
    public void settleClear(@Param(name = "thread") int thread) {
        outbox.settleClear(clearAsked[thread]);
    }

    /** What the outbox is to be taken for: each write has a number, by which it is settled. */
    public static class Specification {

        private record Waiting(int number, int notBefore) {}

        private static final Waiting NOTHING = new Waiting(0, 0);

        private final Map<Integer, Waiting> keys = new TreeMap<>();
        private Waiting clear = NOTHING;
        private int last;

        private final List<Map<Integer, Waiting>> asked = memories();
        private final Waiting[] clearAsked = new Waiting[THREADS];

        private boolean clears() {
            return clear != NOTHING;
        }

        public boolean add(int key, int notBefore) {
            if (clears()) {
                addClear(notBefore);
                return true;
            }
            Waiting before = keys.get(key);
            if (before == null && keys.size() == CAPACITY) {
                return false;
            }
            keys.put(key, new Waiting(++last, before == null ? notBefore : Math.max(before.notBefore, notBefore)));
            return true;
        }

        public void addClear(int notBefore) {
            List<Waiting> all = new ArrayList<>(keys.values());
            all.add(clear);
            int latest = all.stream().mapToInt(Waiting::notBefore).max().orElse(0);
            keys.clear();
            clear = new Waiting(++last, Math.max(latest, notBefore));
        }

        public boolean holds(int key) {
            return clears() || keys.containsKey(key);
        }

        public boolean isEmpty() {
            return !clears() && keys.isEmpty();
        }

        public int size() {
            return keys.size();
        }

        public boolean awaitsClear() {
            return clears();
        }

        public List<Integer> due(int thread, int now) {
            List<Integer> due = keys.keySet().stream()
                    .filter(key -> keys.get(key).notBefore <= now)
                    .toList();
            due.forEach(key -> ask(thread, key));
            return due;
        }

        public void ask(int thread, int key) {
            asked.get(thread).put(key, keys.get(key));
        }

        public void settle(int thread, int key) {
            Waiting told = asked.get(thread).get(key);
            if (told != null) {
                keys.remove(key, told);
            }
        }

        public boolean askClear(int thread) {
            clearAsked[thread] = clear;
            return clears();
        }

        public void settleClear(int thread) {
            if (clear.equals(clearAsked[thread])) {
                clear = NOTHING;
            }
        }
    }

    private static final LincheckRuns RUNS = LincheckRuns.ofAFewSteps(OutboxLincheckTest.class, Specification.class);

    /** Where it is most likely to go wrong. The number of a thread is that of the list in which it stands. */
    private static final ExecutionScenario[] SCENARIOS = {
        LincheckRuns.scenario(
                List.of(RUNS.call("add", 1, 0), RUNS.call("due", 1, 0), RUNS.call("settle", 1, 1)),
                List.of(RUNS.call("add", 1, 0)),
                List.of(RUNS.call("holds", 1), RUNS.call("isEmpty"))),
        LincheckRuns.scenario(
                List.of(RUNS.call("add", 1, 0), RUNS.call("ask", 1, 1), RUNS.call("settle", 1, 1)),
                List.of(RUNS.call("add", 2, 0), RUNS.call("add", 3, 0)),
                List.of(RUNS.call("holds", 2), RUNS.call("isEmpty"), RUNS.call("size"))),
        LincheckRuns.scenario(
                List.of(RUNS.call("addClear", 0), RUNS.call("askClear", 1), RUNS.call("settleClear", 1)),
                List.of(RUNS.call("add", 1, 0), RUNS.call("holds", 1)),
                List.of(RUNS.call("holds", 1), RUNS.call("awaitsClear"))),
        LincheckRuns.scenario(
                List.of(RUNS.call("add", 1, 0)),
                List.of(RUNS.call("addClear", 0)),
                List.of(RUNS.call("holds", 1)),
                List.of(RUNS.call("size")))
    };

    @Test
    void nothingIsForgottenUnderStress() {
        RUNS.stress();
    }

    @Test
    void nothingIsForgottenInTheInterleavingsTried() {
        RUNS.modelChecking(SCENARIOS);
    }

    @Test
    @Tag("long")
    void nothingIsForgottenUnderLongStress() {
        RUNS.longStress();
    }

    @Test
    @Tag("long")
    void nothingIsForgottenInVeryManyInterleavings() {
        RUNS.longModelChecking(SCENARIOS);
    }
}
