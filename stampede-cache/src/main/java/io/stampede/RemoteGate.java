package io.stampede;

import io.stampede.spi.Claim;
import io.stampede.spi.Environment;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Generation;
import io.stampede.spi.RemoteTier.Publication;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * L2 as the flights see it: every operation ends within its budget, every failure is a
 * {@link RemoteUnavailableException}, every reply that carries the store's time teaches the clock, and a lease that is
 * granted to somebody who has stopped waiting for it is given back.
 *
 * <p>The futures complete on threads of the remote tier or the timer: no user code may hang on them directly.
 */
final class RemoteGate {

    private final RemoteTier tier;
    private final Environment environment;
    private final long timeoutNanos;
    private final long leaseMillis;
    final ServerClock clock = new ServerClock();

    /** Completes with the first answer or failure of L2: until then a call waits, afterwards it knows. */
    private final CompletableFuture<Void> firstContact = new CompletableFuture<>();

    private volatile boolean closed;
    private volatile LongConsumer onTrouble = sent -> {};

    RemoteGate(RemoteTier tier, Environment environment, long timeoutNanos, long leaseMillis) {
        this.tier = tier;
        this.environment = environment;
        this.timeoutNanos = timeoutNanos;
        this.leaseMillis = leaseMillis;
    }

    /** Whom to tell when an operation fails or does not answer in time, and when that operation had begun. */
    void onTrouble(LongConsumer listener) {
        onTrouble = listener;
    }

    Budget newBudget() {
        return new Budget(timeoutNanos);
    }

    CompletableFuture<byte @Nullable []> get(Budget budget, String key) {
        return call(budget, () -> tier.get(key), null, RemoteGate::tooLateIsFine);
    }

    CompletableFuture<Claim> claim(Budget budget, String key, byte[] seen, Token lease, boolean force) {
        return call(budget, () -> tier.claim(key, seen, lease, leaseMillis, force), Claim::serverMicros, late -> {
            if (late instanceof Claim.Granted) {
                tier.release(key, lease, LoadOutcome.ABANDONED);
            }
        });
    }

    CompletableFuture<Boolean> renew(String key, Token lease) {
        return call(newBudget(), () -> tier.renew(key, lease, leaseMillis), null, RemoteGate::tooLateIsFine);
    }

    CompletableFuture<Publication> publish(Budget budget, String key, Token lease, Stored entry) {
        return call(budget, () -> tier.publish(key, lease, entry), null, RemoteGate::tooLateIsFine);
    }

    CompletableFuture<Void> release(String key, Token lease, LoadOutcome outcome) {
        return call(newBudget(), () -> tier.release(key, lease, outcome), null, RemoteGate::tooLateIsFine);
    }

    /** A put that is refused for coming too late counts as one that never came. */
    CompletableFuture<Receipt> put(String key, Supplier<Stored> entry) {
        long begun = environment.nanoTime();
        return call(
                        newBudget(),
                        () -> tier.put(key, entry.get(), clock.earliestMicros(begun) + timeoutNanos / 1_000),
                        Receipt::serverMicros,
                        RemoteGate::tooLateIsFine)
                .thenApply(receipt -> {
                    if (!receipt.applied()) {
                        throw new RemoteUnavailableException("The put reached the remote tier too late", null);
                    }
                    return receipt;
                });
    }

    CompletableFuture<Receipt> invalidate(String key) {
        return call(newBudget(), () -> tier.invalidate(key), Receipt::serverMicros, RemoteGate::tooLateIsFine);
    }

    CompletableFuture<Receipt> expire(String key) {
        return call(newBudget(), () -> tier.expire(key), Receipt::serverMicros, RemoteGate::tooLateIsFine);
    }

    CompletableFuture<Receipt> clear(Token generation, long ttlMillis) {
        return call(
                newBudget(), () -> tier.clear(generation, ttlMillis), Receipt::serverMicros, RemoteGate::tooLateIsFine);
    }

    /** The first operation of a cache, and its heartbeat: it makes first contact instead of waiting for it. */
    CompletableFuture<Generation> generation(Budget budget, Token candidate, long ttlMillis) {
        CompletableFuture<Generation> answer = new CompletableFuture<>();
        long begun = environment.nanoTime();
        Runnable timer = environment.schedule(() -> giveUp(answer, begun), budget.nanosLeft());
        send(
                budget,
                begun,
                answer,
                timer,
                () -> tier.generation(candidate, ttlMillis),
                Generation::serverMicros,
                RemoteGate::tooLateIsFine);
        return answer;
    }

    /** Contact is made, or known to be impossible for now. Whoever makes it has first seen to the generation. */
    void contactMade() {
        firstContact.complete(null);
    }

    /** From now on nobody waits for a reply any more: a lease that is still granted is given back, trouble is not told. */
    void close() {
        closed = true;
        onTrouble = sent -> {};
    }

    private <T> CompletableFuture<T> call(
            Budget budget,
            Supplier<CompletionStage<T>> operation,
            @Nullable ToLongFunction<? super T> serverMicros,
            Consumer<? super T> tooLate) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        long left = budget.nanosLeft();
        if (left <= 0) {
            answer.completeExceptionally(new RemoteUnavailableException("The call's time for L2 is spent", null));
            return answer;
        }
        long begun = environment.nanoTime();
        Runnable timer = environment.schedule(() -> giveUp(answer, begun), left);
        if (firstContact.isDone()) {
            sendIfKnown(budget, begun, answer, timer, operation, serverMicros, tooLate);
        } else {
            firstContact.thenRun(() -> sendIfKnown(budget, begun, answer, timer, operation, serverMicros, tooLate));
        }
        return answer;
    }

    /** Until L2 has once told its time and generation nothing that it holds can be judged. */
    private <T> void sendIfKnown(
            Budget budget,
            long begun,
            CompletableFuture<T> answer,
            Runnable timer,
            Supplier<CompletionStage<T>> operation,
            @Nullable ToLongFunction<? super T> serverMicros,
            Consumer<? super T> tooLate) {
        if (clock.isKnown()) {
            send(budget, begun, answer, timer, operation, serverMicros, tooLate);
        } else {
            timer.run();
            answer.completeExceptionally(new RemoteUnavailableException("L2 has not been reached yet", null));
        }
    }

    private <T> void send(
            Budget budget,
            long begun,
            CompletableFuture<T> answer,
            Runnable timer,
            Supplier<CompletionStage<T>> operation,
            @Nullable ToLongFunction<? super T> serverMicros,
            Consumer<? super T> tooLate) {
        if (answer.isDone()) {
            return; // given up while it waited for the first contact: what was not sent needs no undoing
        }
        long sent = environment.nanoTime();
        start(operation).whenComplete((reply, failure) -> {
            long received = environment.nanoTime();
            timer.run();
            budget.spend(received - begun);
            if (failure != null) {
                if (answer.completeExceptionally(
                        new RemoteUnavailableException("L2 failed: " + failure.getMessage(), failure))) {
                    onTrouble.accept(sent);
                }
                return;
            }
            if (serverMicros != null) {
                clock.learn(sent, received, serverMicros.applyAsLong(reply));
            }
            if (!answer.complete(reply) || closed) {
                tooLate.accept(reply);
            }
        });
    }

    private static void tooLateIsFine(Object reply) {}

    private <T> CompletionStage<T> start(Supplier<CompletionStage<T>> operation) {
        try {
            return operation.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void giveUp(CompletableFuture<?> answer, long begun) {
        if (answer.completeExceptionally(new RemoteUnavailableException("L2 did not answer within its time", null))) {
            onTrouble.accept(begun);
        }
    }
}
