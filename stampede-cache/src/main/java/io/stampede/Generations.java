package io.stampede;

import io.stampede.spi.BusMessage;
import io.stampede.spi.Environment;
import io.stampede.spi.RemoteTier.Generation;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.Token;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Which generation the cache is in: L2 decides, and this node follows what it reads there and what the bus says, but
 * never back to what it knew before. Thread-safe; whether to follow, and following, are one step.
 */
final class Generations<K, V> {

    private final Flights<K, V> flights;
    private final Remote<V> remote;
    private final Environment environment;

    /** Clears of our own that L2 has not answered and the bus has not echoed. */
    private final Set<Token> underWay = new HashSet<>();

    /** The last clear of our own that L2 has answered, and when that was by the store's clock; until the bus echoes it. */
    private Token notEchoed = Token.NONE;

    private long notEchoedMicros;

    Generations(Flights<K, V> flights, Remote<V> remote) {
        this.flights = flights;
        this.remote = remote;
        this.environment = flights.environment;
    }

    /** Finds out whether a generation met in L2 is of the past; completes when that is known. */
    CompletableFuture<Void> resolve(Token met, Budget budget) {
        return ask(budget).thenAccept(current -> {
            if (!met.equals(current.token())) {
                remote.rememberPast(met);
            }
        });
    }

    /** Asks L2 for the current generation, prolongs its life there, and follows it. */
    CompletableFuture<Generation> ask(Budget budget) {
        Era before = flights.local.era();
        return remote.gate
                .generation(budget, 0, environment.newToken(), flights.settings.generationTtlMillis())
                .thenApply(answer -> {
                    answered(before, answer.token());
                    return answer;
                });
    }

    /** As {@link #ask}, for any part: that of another than the first is only what it calls its memory. */
    CompletableFuture<Generation> askPart(int part, Budget budget) {
        return part == 0
                ? ask(budget)
                : remote.gate.generation(budget, part, environment.newToken(), flights.settings.generationTtlMillis());
    }

    private synchronized void answered(Era before, Token current) {
        // A clear that this node has heard of since it asked is newer than the answer.
        if (!remote.outbox.awaitsClear() && flights.local.era().sameGeneration(before)) {
            follow(current);
        }
    }

    /**
     * The bus tells of a clear, possibly our own: its order among the clears is the order of messages. What comes before
     * the echo of a clear of our own that has returned, though, is older than that.
     */
    synchronized void heard(BusMessage message) {
        underWay.remove(message.token());
        if (message.token().equals(notEchoed)) {
            notEchoed = Token.NONE;
        }
        if (!isOvertaken(message.serverMicros())) {
            follow(message.token());
        }
    }

    /** The time tells it, too, should the echo be lost. */
    private boolean isOvertaken(long serverMicros) {
        return !notEchoed.equals(Token.NONE) && serverMicros < notEchoedMicros;
    }

    /** Clears the cache everywhere; here at once, if L2 is away. */
    CompletableFuture<WriteResult> clear() {
        return clearRemote().handle((cleared, failure) -> {
            if (failure != null) {
                clearLater(environment.nanoTime());
                return WriteResult.QUEUED;
            }
            return WriteResult.EVERYWHERE;
        });
    }

    /**
     * Clears the cache in L2 and then here. The generation is always a new one: one that was decided on earlier may by
     * now be older than another clear, and have entries.
     */
    CompletableFuture<Void> clearRemote() {
        Token next = environment.newToken();
        Outbox.Ticket ticket = remote.outbox.clearTicket();
        begin(next);
        return remote.gate.clear(next, flights.settings.generationTtlMillis()).handle((receipt, failure) -> {
            ended(next, ticket, receipt, failure);
            return null;
        });
    }

    private synchronized void begin(Token next) {
        underWay.add(next);
    }

    private synchronized void ended(
            Token next, Outbox.@Nullable Ticket ticket, @Nullable Receipt receipt, @Nullable Throwable failure) {
        boolean notEchoedYet = underWay.remove(next);
        if (failure != null) {
            throw new CompletionException(failure);
        }
        remote.outbox.settleClear(ticket);
        remote.acknowledged.addAll(environment.nanoTime());
        if (notEchoedYet && receipt != null && !isOvertaken(receipt.serverMicros())) {
            notEchoed = next;
            notEchoedMicros = receipt.serverMicros();
            follow(next);
        }
    }

    /**
     * Clears the cache here at once and elsewhere when L2 is back.
     *
     * @param notBefore the moment of the node's clock before which it must not be told
     */
    synchronized void clearLater(long notBefore) {
        remote.outbox.addClear(notBefore);
        follow(environment.newToken());
    }

    private void follow(Token generation) {
        Token before = flights.local.era().generation;
        if (!before.equals(generation)) {
            remote.rememberPast(before);
            flights.moveTo(generation);
        }
    }
}
