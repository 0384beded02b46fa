package io.stampede;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.stampede.Health.Part;
import io.stampede.Health.Status;
import io.stampede.spi.RemoteTier.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Looks at the parts of a cache. Trouble outside of the process degrades it; only closing takes it down. */
final class HealthCheck {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Flights<?, ?> flights;
    private final @Nullable Remote<?> remote;
    private final @Nullable Hearing hearing;

    HealthCheck(Flights<?, ?> flights, @Nullable Hearing hearing) {
        this.flights = flights;
        this.remote = flights.remote;
        this.hearing = hearing;
    }

    /** Without asking anybody. */
    Health shallow() {
        return health(List.of(cache()));
    }

    /** Asks L2, which takes no longer than any operation may. */
    CompletableFuture<Health> deep() {
        Remote<?> itsRemote = remote;
        if (flights.isClosed() || itsRemote == null) {
            return CompletableFuture.completedFuture(health(parts(null)));
        }
        long askedAt = flights.environment.nanoTime();
        return flights.generations()
                .ask(itsRemote.gate.newBudget())
                .handle((answer, failure) -> health(parts(remote(itsRemote, askedAt, answer, failure))));
    }

    private static Health health(List<Part> parts) {
        Status worst = Status.UP;
        for (Part part : parts) {
            worst = part.status().compareTo(worst) > 0 ? part.status() : worst;
        }
        return new Health(worst, parts);
    }

    private List<Part> parts(@Nullable Part asked) {
        List<Part> parts = new ArrayList<>();
        parts.add(cache());
        if (remote != null && hearing != null && asked != null) {
            parts.add(asked);
            parts.add(breaker(remote));
            parts.add(bus(hearing));
            parts.add(local());
            parts.add(outbox(remote));
        }
        SourceBreaker source = flights.loads.sourceBreaker();
        if (source != null) {
            parts.add(source(source));
        }
        return parts;
    }

    private Part cache() {
        return flights.isClosed()
                ? new Part("cache", Status.DOWN, "It is closed")
                : new Part("cache", Status.UP, "It answers");
    }

    private Part remote(Remote<?> itsRemote, long askedAt, @Nullable Generation answer, @Nullable Throwable failure) {
        if (itsRemote.gate.isBypassed()) {
            return new Part("remote", Status.DEGRADED, "It is switched off by setRemoteBypassed");
        }
        long took = flights.environment.nanoTime() - askedAt;
        if (answer == null) {
            return new Part("remote", Status.DEGRADED, "It does not do what it is asked: " + reason(failure));
        }
        return itsRemote.isTroubled()
                ? new Part("remote", Status.DEGRADED, "It answers, and is not trusted again yet")
                : new Part("remote", Status.UP, "It has answered within " + millis(took));
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause = failure != null && failure.getCause() != null ? failure.getCause() : failure;
        return cause == null ? "no answer" : String.valueOf(cause.getMessage());
    }

    private static Part breaker(Remote<?> remote) {
        return remote.gate.isOpenToCallers()
                ? new Part("breaker", Status.UP, "It is closed: callers are sent to the remote tier")
                : new Part("breaker", Status.DEGRADED, "It is open: no caller is sent to the remote tier");
    }

    private static Part bus(Hearing hearing) {
        if (!hearing.isListening()) {
            return new Part("bus", Status.DEGRADED, "It is not listening, so writes of other nodes are not heard of");
        }
        return hearing.hasBegun()
                ? new Part("bus", Status.UP, "It is listening, and what it hears is compared with what was told")
                : new Part("bus", Status.DEGRADED, "It is listening, and not known yet to hear all");
    }

    private Part local() {
        long now = flights.environment.nanoTime();
        Era era = flights.local.era();
        String proof = "That no message was missed was proven " + millis(now - era.provenAt()) + " ago";
        return era.isTrusted(now)
                ? new Part("local", Status.UP, proof)
                : new Part("local", Status.DEGRADED, proof + ", so what L1 holds is suspect");
    }

    private static Part outbox(Remote<?> remote) {
        if (remote.outbox.isEmpty()) {
            return new Part("outbox", Status.UP, "It is empty");
        }
        String waiting = remote.outbox.awaitsClear()
                ? "A clear of the cache waits"
                : "Invalidations of " + remote.outbox.size() + " keys and tags wait";
        return new Part("outbox", Status.DEGRADED, waiting + " to be told to the remote tier");
    }

    private static Part source(SourceBreaker breaker) {
        return breaker.state() != CircuitBreaker.State.CLOSED
                ? new Part("source", Status.DEGRADED, "Too many loads have failed: it is left alone")
                : new Part("source", Status.UP, "It is asked");
    }

    private static String millis(long nanos) {
        return nanos / NANOS_PER_MILLI + " ms";
    }
}
