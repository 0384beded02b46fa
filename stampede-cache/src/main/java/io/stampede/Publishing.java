package io.stampede;

import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteTier.Publication;
import io.stampede.spi.Stored;
import java.util.Map;
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
    private final Fresh<V> fresh;
    private final Landing<V> landing;
    private final Budget budget;

    /** Is told the entry that L1 may hold now, null if L2 has refused the value, and whether L2 has accepted it. */
    @FunctionalInterface
    interface Landing<V> {
        void land(@Nullable Entry<V> entry, boolean accepted);
    }

    /**
     * Takes the value to L2.
     *
     * @param landing is told how that ended
     */
    Publishing(
            Flights<K, V> flights,
            Remote<V> remote,
            K key,
            String remoteKey,
            Lease lease,
            Era era,
            Fresh<V> fresh,
            Landing<V> landing) {
        this.flights = flights;
        this.remote = remote;
        this.key = key;
        this.remoteKey = remoteKey;
        this.lease = lease;
        this.era = era;
        this.fresh = fresh;
        this.landing = landing;
        this.budget = remote.gate.newBudget();
    }

    /**
     * First the generations of the tags, if there are some: one that ended during the load takes the value with it. Where
     * L2 may not know yet that one has ended, it can't tell, and the value stays here.
     */
    void start() {
        if (fresh.tags().isEmpty()) {
            store(Map.of());
            return;
        }
        flights.tags
                .resolve(fresh.tags(), budget)
                .whenCompleteAsync(
                        (tags, failure) -> {
                            if (failure != null) {
                                giveUp();
                            } else if (fresh.tags().stream().anyMatch(remote::mayBeBehindTag)) {
                                giveUp();
                            } else if (tags.values().stream().allMatch(lease::covers)) {
                                store(tags);
                            } else {
                                lease.giveBack(LoadOutcome.ABANDONED);
                                refused();
                            }
                        },
                        flights.executor());
    }

    private void store(Map<String, TagEra> tags) {
        Remote.Writing<V> writing;
        try {
            writing = remote.write(flights.environment.newToken(), remoteKey, fresh, tags, era);
        } catch (Exception | LinkageError | StackOverflowError e) {
            flights.notStorable(key, e);
            lease.giveBack(LoadOutcome.NOT_STORABLE);
            landing.land(flights.entryOfThisNode(fresh, era), false);
            return;
        }
        attempt(writing, ATTEMPTS);
    }

    private void attempt(Remote.Writing<V> writing, int attemptsLeft) {
        Stored stored = writing.stored();
        remote.gate.publish(budget, remoteKey, lease.token, stored).whenComplete((publication, failure) -> {
            if (failure == null && publication == Publication.REFUSED) {
                refused();
            } else if (failure == null) {
                landing.land(writing.localCopy(), true);
            } else if (attemptsLeft > 1 && budget.nanosLeft() > PAUSE_NANOS) {
                budget.spend(PAUSE_NANOS);
                flights.environment.schedule(() -> attempt(writing, attemptsLeft - 1), PAUSE_NANOS);
            } else {
                giveUp();
            }
        });
    }

    private void refused() {
        flights.events.tell(CacheListener::onPublishRefused);
        landing.land(null, false);
    }

    private void giveUp() {
        lease.giveBack(LoadOutcome.ABANDONED); // where it has been stored after all, that changes nothing
        LOG.log(
                System.Logger.Level.DEBUG,
                () -> "The value of " + flights.settings.subject(key)
                        + " could not be taken to the remote tier; it stays on this node");
        landing.land(flights.entryOfThisNode(fresh, Era.alone(era.generation, flights.environment.nanoTime())), false);
    }
}
