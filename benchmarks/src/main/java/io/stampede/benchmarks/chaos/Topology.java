package io.stampede.benchmarks.chaos;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Redis in one of its forms, running, with the faults that it can have. For one thread, but for {@link #close}. */
abstract class Topology implements AutoCloseable {

    private final Map<String, Breakage> breakages = new HashMap<>();

    private interface Step {
        void run(Duration length) throws Exception;
    }

    private record Breakage(Step begin, Step end) {}

    /** Where a node, numbered from 0, finds it. */
    abstract Address address(int node);

    /** What it is, for people. */
    abstract String description();

    final <T> void suffers(List<? extends RedisFault<T>> faults, T where) {
        for (RedisFault<T> fault : faults) {
            breakages.put(fault.name(), new Breakage(length -> fault.begin(where, length), length -> fault.end(where)));
        }
    }

    final void begin(String fault, Duration length) throws Exception {
        breakage(fault).begin().run(length);
    }

    final void end(String fault) throws Exception {
        breakage(fault).end().run(Duration.ZERO);
    }

    private Breakage breakage(String fault) {
        Breakage known = breakages.get(fault);
        if (known == null) {
            throw new IllegalArgumentException("No fault " + fault + " here");
        }
        return known;
    }

    @Override
    public abstract void close();
}
