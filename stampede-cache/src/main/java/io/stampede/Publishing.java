package io.stampede;

import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteTier.Publication;
import io.stampede.spi.Stored;
import org.jspecify.annotations.Nullable;

/**
 * A loaded value on its way to L2. What fails is the publish, so it is the publish that is tried again, never the load.
 */
final class Publishing<K, V> {

    private static final System.Logger LOG = System.getLogger(Publishing.class.getName());
    private static final int ATTEMPTS = 3;
    private static final long PAUSE_NANOS = 20_000_000;

    private final Flights<K, V> flights;
    private final Remote<V> remote;
    private final K key;
    private final String remoteKey;
    private final Lease lease;
    private final Era era;
    private final V value;
    private final long returnedAt;
    private final Landing<V> land;
    private final Budget budget;

    /** Is told the entry that L1 may hold now, null if L2 has refused the value, and whether L2 has accepted it. */
    @FunctionalInterface
    interface Landing<V> {
        void land(@Nullable Entry<V> entry, boolean accepted);
    }

    /**
     * Takes the value to L2.
     *
     * @param land is told how that ended
     */
    Publishing(
            Flights<K, V> flights,
            Remote<V> remote,
            K key,
            String remoteKey,
            Lease lease,
            Era era,
            V value,
            long returnedAt,
            Landing<V> land) {
        this.flights = flights;
        this.remote = remote;
        this.key = key;
        this.remoteKey = remoteKey;
        this.lease = lease;
        this.era = era;
        this.value = value;
        this.returnedAt = returnedAt;
        this.land = land;
        this.budget = remote.gate.newBudget();
    }

    void start(long deltaNanos) {
        Stored stored;
        try {
            stored = remote.store(flights.environment.newToken(), remote.encode(value), returnedAt, deltaNanos, era);
        } catch (Exception | LinkageError | StackOverflowError e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    () -> "The value of " + flights.settings.subject(key)
                            + " can't be encoded for the remote tier; it stays on this node",
                    e);
            lease.giveBack(LoadOutcome.NOT_STORABLE);
            land.land(flights.entryOfThisNode(value, returnedAt, era), false);
            return;
        }
        attempt(stored, ATTEMPTS);
    }

    private void attempt(Stored stored, int attemptsLeft) {
        remote.gate.publish(budget, remoteKey, lease.token, stored).whenComplete((publication, failure) -> {
            if (failure == null) {
                boolean refused = publication == Publication.REFUSED;
                land.land(refused ? null : remote.localCopy(value, stored.version(), returnedAt, era), !refused);
            } else if (attemptsLeft > 1 && budget.nanosLeft() > PAUSE_NANOS) {
                budget.spend(PAUSE_NANOS);
                flights.environment.schedule(() -> attempt(stored, attemptsLeft - 1), PAUSE_NANOS);
            } else {
                land.land(flights.entryOfThisNode(value, returnedAt, new Era(era.generation)), false);
            }
        });
    }
}
