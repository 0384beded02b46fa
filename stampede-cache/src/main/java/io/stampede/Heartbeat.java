package io.stampede;

import io.stampede.Outbox.Item;
import io.stampede.Outbox.Ticket;
import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The regular exchange with L2 that makes first contact, keeps the clock and the generation true, notices when L2 is back
 * after trouble, and then tells it what waits in the outbox before it is trusted again.
 */
final class Heartbeat {

    private static final System.Logger LOG = System.getLogger(Heartbeat.class.getName());
    private static final long INTERVAL_NANOS = 10_000_000_000L;
    private static final long FIRST_RETRY_NANOS = 100_000_000L;
    private static final long LONGEST_RETRY_NANOS = 2_000_000_000L;

    private final Flights<?, ?> flights;
    private final Remote<?> remote;
    private final Generations<?, ?> generations;
    private final Environment environment;
    private final AtomicBoolean beating = new AtomicBoolean();
    private volatile long retryNanos = FIRST_RETRY_NANOS;
    private volatile Runnable next = LocalTier.NOTHING;
    private volatile boolean stopped;
    private volatile long recoveredAt;

    Heartbeat(Flights<?, ?> flights, Remote<?> remote, Generations<?, ?> generations) {
        this.flights = flights;
        this.remote = remote;
        this.generations = generations;
        this.environment = flights.environment;
        this.recoveredAt = environment.nanoTime() - 1;
    }

    void start() {
        remote.gate.onTrouble(this::trouble);
        beat();
    }

    void stop() {
        stopped = true;
        next.run();
    }

    /**
     * An operation failed: L2 is asked again soon, not at the next regular beat.
     *
     * @param begun when the operation had begun: one from before the last recovery says nothing about now
     */
    private void trouble(long begun) {
        if (!remote.isTroubled() && begun - recoveredAt > 0) {
            remote.setTroubled(true);
            LOG.log(
                    System.Logger.Level.WARNING,
                    () -> "Cache '" + flights.settings.name()
                            + "': the remote tier has failed or is too slow; it goes on without it where it must");
            plan(FIRST_RETRY_NANOS);
        }
    }

    /** Switches L2 off by hand, or on again. */
    void bypass(boolean bypass) {
        remote.gate.bypass(bypass);
        if (bypass) {
            remote.setTroubled(true);
        }
        beat(); // which fails, and so goes on asking until it succeeds
    }

    /** One exchange; at once, whatever is planned. */
    void beat() {
        if (stopped || !beating.compareAndSet(false, true)) {
            return;
        }
        next.run();
        generations.ask(remote.gate.newBudget()).thenCompose(answer -> replay()).whenComplete((done, failure) -> {
            beating.set(false);
            // What was queued since the replay began, or is not due yet, has had no chance.
            if (failure == null && remote.outbox.isEmpty()) {
                recovered();
            } else {
                remote.setTroubled(true);
                plan(retryNanos);
                retryNanos = Math.min(LONGEST_RETRY_NANOS, retryNanos * 2);
            }
            remote.gate.contactMade();
        });
    }

    private void recovered() {
        retryNanos = FIRST_RETRY_NANOS;
        if (remote.isTroubled()) {
            recoveredAt = environment.nanoTime();
            remote.setTroubled(false);
            // Writes by others may have been missed in between: nothing from before is beyond doubt.
            flights.suspectAll();
            LOG.log(
                    System.Logger.Level.INFO,
                    () -> "Cache '" + flights.settings.name() + "': the remote tier answers again");
        }
        plan(INTERVAL_NANOS);
    }

    private synchronized void plan(long delayNanos) {
        next.run();
        if (!stopped) {
            next = environment.schedule(this::beat, delayNanos);
        }
    }

    /** Tells L2 what it has missed: a clear, or key after key. What fails stays for the next beat. */
    private CompletableFuture<?> replay() {
        Ticket clear = remote.outbox.clearTicket();
        long now = environment.nanoTime();
        if (clear != null) {
            return clear.isDue(now) ? generations.clearRemote() : CompletableFuture.completedFuture(null);
        }
        return replay(List.copyOf(remote.outbox.due(now).entrySet()), 0);
    }

    private CompletableFuture<?> replay(List<Map.Entry<Item, Ticket>> items, int from) {
        int to = Math.min(items.size(), from + 100); // pipelined, but never so many that they time out together
        CompletableFuture<?>[] batch = items.subList(from, to).stream()
                .map(item -> replay(item.getKey()).thenRun(() -> remote.outbox.settle(item.getKey(), item.getValue())))
                .toArray(CompletableFuture[]::new);
        CompletableFuture<?> done = CompletableFuture.allOf(batch);
        return to == items.size() ? done : done.thenCompose(nothing -> replay(items, to));
    }

    private CompletableFuture<?> replay(Item item) {
        if (!item.isTag()) {
            return remote.gate.invalidate(item.name());
        }
        Token next = environment.newToken();
        // Before it leaves the outbox: what this node has learned of the tag meanwhile is over.
        return remote.gate
                .invalidateTag(item.name(), next, flights.settings.generationTtlMillis())
                .thenAccept(receipt -> flights.tags.invalidated(item.name(), next));
    }
}
