package io.stampede;

import io.stampede.Outbox.Item;
import io.stampede.Outbox.Ticket;
import io.stampede.PartHearing.Finding;
import io.stampede.PartHearing.Question;
import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * The regular exchange with L2 that makes first contact, keeps the clock and the generation true, proves that no message
 * was missed, and notices when L2 is back after trouble, to tell it what waits in the outbox before it is trusted again.
 */
final class Heartbeat {

    private static final System.Logger LOG = System.getLogger(Heartbeat.class.getName());

    /** In {@code suspectAfter}: one may be late, and one more may have to be waited for. */
    private static final int BEATS = 3;

    /** In {@code remoteTimeout}: what is known of the store's time must not age so far that a put seems to come too late. */
    private static final int LONGEST_INTERVAL = 200;

    private static final long FIRST_RETRY_NANOS = 100_000_000L;
    private static final long LONGEST_RETRY_NANOS = 1_000_000_000L;

    private final Flights<?, ?> flights;
    private final Remote<?> remote;
    private final Generations<?, ?> generations;
    private final Hearing hearing;
    private final LongConsumer checkConnections;
    private final Environment environment;
    private final long intervalNanos;

    /** How much later than L2's answer a message may come that was told before it. */
    private final long graceNanos;

    private final AtomicBoolean beating = new AtomicBoolean();
    private volatile boolean oneMore;
    private volatile boolean begun;
    private volatile boolean beganInTrouble;
    private volatile long retryNanos = FIRST_RETRY_NANOS;
    private volatile Runnable next = LocalTier.NOTHING;
    private volatile boolean stopped;
    private volatile long recoveredAt;

    Heartbeat(
            Flights<?, ?> flights,
            Remote<?> remote,
            Generations<?, ?> generations,
            Hearing hearing,
            LongConsumer checkConnections) {
        this.flights = flights;
        this.remote = remote;
        this.generations = generations;
        this.hearing = hearing;
        this.checkConnections = checkConnections;
        this.environment = flights.environment;
        long timeoutNanos = flights.settings.timeouts().remote();
        this.intervalNanos = Math.min(flights.settings.away().suspectAfter() / BEATS, timeoutNanos * LONGEST_INTERVAL);
        this.graceNanos = Math.min(intervalNanos, timeoutNanos);
        this.recoveredAt = environment.nanoTime() - 1;
    }

    /** Begins, unless the bus was up at once and has seen to that. */
    void start() {
        remote.gate.onTrouble(this::trouble);
        if (!begun) {
            beat();
        }
    }

    void stop() {
        stopped = true;
        next.run();
    }

    /**
     * An operation failed: L2 is asked again soon, not at the next regular beat.
     *
     * @param begunAt when the operation had begun: one from before the last recovery says nothing about now
     */
    private void trouble(long begunAt) {
        boolean saysSomething = begunAt - recoveredAt > 0 || !remote.gate.isOpenToCallers();
        if (!remote.isTroubled() && saysSomething) {
            remote.setTroubled(true);
            LOG.log(
                    System.Logger.Level.WARNING,
                    () -> "Cache '" + flights.settings.name()
                            + "': the remote tier has failed or is too slow; it goes on without it where it must");
            plan(retryDelay());
            // Those who wait for another node's load might not be told of its end.
            flights.askAgain();
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

    /** The bus is listening: from the next answer on it can be told whether messages are missing. */
    void busIsUp() {
        if (!beating.get()) { // a beat that is under way sees to it when it ends
            beat();
        }
    }

    /** One exchange; at once, whatever is planned. If one is under way, another follows it. */
    void beat() {
        if (stopped) {
            return;
        }
        if (!beating.compareAndSet(false, true)) {
            oneMore = true;
            return;
        }
        begun = true;
        oneMore = false;
        beganInTrouble = remote.isTroubled();
        next.run();
        checkConnections.accept(intervalNanos);
        ask(RemoteBreaker.PROBES).thenCompose(answer -> replay()).whenComplete((done, failure) -> {
            // What was queued since the replay began, or is not due yet, has had no chance.
            boolean isTold = failure == null && remote.outbox.isEmpty();
            if (isTold) {
                recovered();
            }
            // The gate may have been closed while the outbox was told.
            boolean well = isTold && remote.gate.isOpenToCallers();
            if (!well) {
                remote.setTroubled(true);
            }
            beating.set(false);
            plan(!well ? retryDelay() : oneMore || hearing.isToBegin() ? 0 : intervalNanos);
            remote.gate.contactMade();
        });
    }

    /** Asks once; if callers aren't sent to L2 for now, as often as it takes to see that they can be. */
    private CompletableFuture<Void> ask(int timesLeft) {
        return askParts().thenCompose(answered -> {
            if (remote.gate.isOpenToCallers()) {
                return CompletableFuture.completedFuture(null);
            }
            return timesLeft > 1
                    ? ask(timesLeft - 1)
                    : CompletableFuture.failedFuture(new RemoteUnavailableException("L2 is still too slow", null));
        });
    }

    /** Asks all parts together, and makes of what they answer one thing, the worst. */
    private CompletableFuture<Void> askParts() {
        Proof proof = hearing.proof(flights.local.era(), environment.nanoTime());
        List<CompletableFuture<Answered>> answers = new ArrayList<>();
        for (int part = 0; part < remote.gate.parts(); part++) {
            answers.add(ask(part, proof));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> {
                    List<Answered> answered = answers.stream()
                            .filter(answer -> !answer.isCompletedExceptionally())
                            .map(CompletableFuture::join)
                            .toList();
                    answered.stream()
                            .map(Answered::finding)
                            .max(Comparator.naturalOrder())
                            .ifPresent(this::found);
                    answered.forEach(each -> remote.prove(each.part, each.session));
                    if (answered.isEmpty() && beganInTrouble) {
                        remote.gate.leaveAlone(); // an operation before this has failed, and no part answers now
                    }
                });
    }

    /**
     * A part has answered.
     *
     * @param session in which session it was asked
     */
    private record Answered(int part, long session, Finding finding) {}

    private CompletableFuture<Answered> ask(int part, Proof proof) {
        PartHearing itsHearing = hearing.parts().get(part);
        Question question = itsHearing.ask(proof);
        long session = remote.gate.session(part);
        return generations.askPart(part, remote.gate.newBudget()).thenApply(answer -> {
            remote.gate.releaseLoose(part);
            Finding finding = itsHearing.answered(question, answer);
            if (finding == Finding.PENDING) {
                environment.schedule(() -> found(itsHearing.settle(question)), graceNanos);
            }
            return new Answered(part, session, finding);
        });
    }

    private void found(Finding finding) {
        switch (finding) {
            case BEGUN -> flights.suspectAll();
            case MISSED -> missed("messages of other nodes were lost");
            case OTHER_MEMORY -> {
                tellAgain(); // first: who asks again must not read what this server has not heard of
                missed("the remote tier is another server now, or has lost its memory");
            }
            default -> {}
        }
    }

    /** What was acknowledged of late may not have come to the server that answers now. The beat goes on to tell it. */
    private void tellAgain() {
        long now = environment.nanoTime();
        boolean fits = remote.acknowledged.items(now).stream().allMatch(item -> remote.outbox.add(item, now));
        if (!fits || remote.acknowledged.includesAll(now)) {
            generations.clearLater(now);
        }
    }

    private void missed(String what) {
        LOG.log(
                System.Logger.Level.WARNING,
                () -> "Cache '" + flights.settings.name() + "': " + what
                        + "; everything in L1 is confirmed before it is served again");
        flights.missedMessages();
    }

    private void recovered() {
        retryNanos = FIRST_RETRY_NANOS;
        if (remote.isTroubled()) {
            recoveredAt = environment.nanoTime();
            remote.setTroubled(false);
            LOG.log(
                    System.Logger.Level.INFO,
                    () -> "Cache '" + flights.settings.name() + "': the remote tier answers again");
        }
    }

    private long retryDelay() {
        long delay = Math.min(retryNanos, intervalNanos);
        retryNanos = Math.min(LONGEST_RETRY_NANOS, retryNanos * 2);
        return delay;
    }

    private synchronized void plan(long delayNanos) {
        next.run();
        if (!stopped) {
            next = environment.schedule(this::beat, delayNanos);
            if (stopped) { // meanwhile, by somebody who may have found the one before
                next.run();
            }
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
                .map(item -> replay(item.getKey()).thenRun(() -> remote.told(item.getKey(), item.getValue())))
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
