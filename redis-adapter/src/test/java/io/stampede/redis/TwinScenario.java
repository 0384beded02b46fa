package io.stampede.redis;

import io.stampede.Scenarios;
import io.stampede.spi.RemoteConnection;
import io.stampede.testing.InMemoryRemote;
import java.util.IdentityHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A scenario of the simulated cluster, on the double and on Redis at once.
 *
 * @param seed decides everything
 * @param breakage wraps the double, to break something on purpose
 * @param scripts what runs in Redis for each script, likewise
 */
record TwinScenario(long seed, Function<InMemoryRemote, RemoteConnection> breakage, Function<Script, String> scripts) {

    private static final int CALLS = 200;

    static TwinScenario of(long seed) {
        return new TwinScenario(seed, memory -> memory, Script::source);
    }

    /**
     * What there was.
     *
     * @param operations how many were compared
     * @param traceHash a hash of all that happened
     */
    record Result(int operations, long traceHash) {}

    /** Runs it, and fails if the two differ or a promise is broken. */
    Result run(TwinRedis redis) {
        // Each operation makes its own past, so one Redis is enough for however many servers are simulated.
        IdentityHashMap<RemoteConnection, Twin> twins = new IdentityHashMap<>();
        long traceHash = Scenarios.run(
                seed, CALLS, store -> twins.computeIfAbsent(store, any -> around((InMemoryRemote) store, redis)));
        return new Result(twins.values().stream().mapToInt(Twin::operations).sum(), traceHash);
    }

    private Twin around(InMemoryRemote memory, TwinRedis redis) {
        return new Twin(memory, Scenarios.CACHE, breakage.apply(memory), redis, scripts);
    }

    /** Runs it on the double alone, and answers the hash of all that happened. */
    long runAlone() {
        return Scenarios.run(seed, CALLS, UnaryOperator.identity());
    }
}
