package io.stampede;

import io.stampede.spi.LoadOutcome;
import io.stampede.spi.Token;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Leases that L2 may hold for this node though no load uses them, since what took them or was to free them has had no answer.
 * Until they run out other nodes would wait for nothing. Bounded; the oldest is the first to run out by itself.
 *
 * <p>Thread-safe.
 */
final class LooseLeases {

    private static final int CAPACITY = 10_000;

    private final long ttlNanos;
    private final Map<Token, Loose> leases = new LinkedHashMap<>();

    LooseLeases(long ttlNanos) {
        this.ttlNanos = ttlNanos;
    }

    /**
     * A lease to be freed.
     *
     * @param outcome what those who wait for it are to be told
     * @param sinceNanos when that had no answer; one that has been held for its whole time since then has run out
     */
    record Loose(String remoteKey, Token token, LoadOutcome outcome, long sinceNanos) {}

    synchronized void add(Loose lease) {
        leases.putIfAbsent(lease.token, lease);
        if (leases.size() > CAPACITY) {
            leases.remove(leases.keySet().iterator().next());
        }
    }

    /** Those of a kind that may not have run out yet; they are none of this any more. */
    synchronized List<Loose> take(Predicate<Loose> kind, long nowNanos) {
        leases.values().removeIf(loose -> nowNanos - loose.sinceNanos >= ttlNanos);
        List<Loose> taken = leases.values().stream().filter(kind).toList();
        leases.values().removeAll(taken);
        return taken;
    }
}
