package io.stampede;

import io.stampede.LooseLeases.Loose;
import io.stampede.spi.Claim;
import io.stampede.spi.Environment;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteCutOffException;
import io.stampede.spi.RemoteRefusedException;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Generation;
import io.stampede.spi.RemoteTier.Publication;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.RemoteTier.TagGeneration;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * L2 as the flights see it: every operation ends within its budget, every failure is a
 * {@link RemoteUnavailableException}, every reply that carries the store's time teaches the clock, and a lease that is
 * granted to somebody who has stopped waiting for it, or who never hears of it, is given back.
 *
 * <p>The futures complete on threads of the remote tier or the timer: no user code may hang on them directly.
 */
final class RemoteGate {

    private final RemoteTier tier;
    private final Environment environment;
    private final Executor executor;
    private final Deadlines deadlines;
    private final Events events;
    private final long timeoutNanos;
    private final long leaseMillis;
    private final RemoteBreaker breaker;

    /**
     * For what misses ask. What ends a load needs none: loads are bounded themselves. Nor do writes: a caller waits for
     * its own, and sends no more than a thousand before it does.
     */
    private final Permits questions;

    /** One for each part of L2. */
    private final ServerClock[] clocks;

    private final LooseLeases looseLeases;

    private volatile boolean isTimeKnown;

    /** Completes with the first answer or failure of L2: until then a call waits, afterwards it knows. */
    private final CompletableFuture<Void> firstContact = new CompletableFuture<>();

    private volatile boolean closed;
    private volatile boolean bypassed;
    private volatile LongConsumer onTrouble = sent -> {};

    RemoteGate(RemoteTier tier, Environment environment, Events events, Settings<?, ?> settings) {
        this.tier = tier;
        this.clocks = Stream.generate(ServerClock::new).limit(tier.parts()).toArray(ServerClock[]::new);
        this.environment = environment;
        this.executor = new NeverRefusing(environment);
        this.deadlines = new Deadlines(environment);
        this.events = events;
        this.timeoutNanos = settings.timeouts().remote();
        this.leaseMillis = settings.timeouts().leaseMillis();
        this.looseLeases = new LooseLeases(leaseMillis * 1_000_000);
        this.breaker = new RemoteBreaker(settings.name(), environment, timeoutNanos);
        this.questions = new Permits(settings.away().maxConcurrentRemoteCalls());
    }

    /** Whether callers are sent to L2: not while the breaker is open. */
    boolean isOpenToCallers() {
        return breaker.isClosed();
    }

    /** Whom to tell when an operation fails or does not answer in time, and when that operation had begun. */
    void onTrouble(LongConsumer listener) {
        onTrouble = listener;
    }

    /** Something has to be made good with L2, whether or not it is well otherwise. */
    void tellTrouble() {
        onTrouble.accept(environment.nanoTime());
    }

    /** Into how many parts L2 divides the keys and tags; each is numbered, and has a clock, of its own. */
    int parts() {
        return clocks.length;
    }

    /** In which part a key or tag is. */
    int part(String name) {
        return clocks.length == 1 ? 0 : tier.part(name);
    }

    /** Changes as soon as another server than before may answer for a part. */
    long session(int part) {
        return tier.session(part);
    }

    /** The clock of the part that a key or tag is in. */
    ServerClock clock(String name) {
        return clocks[part(name)];
    }

    /** A message of a part has come in that was sent at a time of its clock. */
    void heardTime(int part, long serverMicros) {
        clocks[part].heard(environment.nanoTime(), serverMicros);
    }

    private <T> Lesson<T> time(String name, ToLongFunction<T> serverMicros) {
        return time(part(name), serverMicros);
    }

    private <T> Lesson<T> time(int part, ToLongFunction<T> serverMicros) {
        return (reply, sent, received) -> clocks[part].learn(sent, received, serverMicros.applyAsLong(reply));
    }

    private boolean knowsTime() {
        isTimeKnown = isTimeKnown || Arrays.stream(clocks).allMatch(ServerClock::isKnown);
        return isTimeKnown;
    }

    Budget newBudget() {
        return new Budget(timeoutNanos);
    }

    CompletableFuture<byte @Nullable []> get(Budget budget, String key) {
        return ask(new Call<>("get", budget, () -> tier.get(key), RemoteGate::tellsNoTime, RemoteGate::tooLateIsFine));
    }

    /** As {@link #get}, from a copy that may be behind by {@link #nearbyLagNanos}. */
    CompletableFuture<byte @Nullable []> getNearby(Budget budget, String key) {
        return ask(new Call<>(
                "get", budget, () -> tier.getNearby(key), RemoteGate::tellsNoTime, RemoteGate::tooLateIsFine));
    }

    long nearbyLagNanos() {
        return tier.nearbyLagNanos();
    }

    CompletableFuture<List<byte @Nullable []>> getAll(Budget budget, List<String> keys) {
        return ask(new Call<>(
                "getAll", budget, () -> tier.getAll(keys), RemoteGate::tellsNoTime, RemoteGate::tooLateIsFine));
    }

    CompletableFuture<TagGeneration> tag(Budget budget, String tag, Token candidate, long ttlMillis) {
        return ask(new Call<>(
                "tag",
                budget,
                () -> tier.tag(tag, candidate, ttlMillis),
                time(tag, TagGeneration::serverMicros),
                RemoteGate::tooLateIsFine));
    }

    CompletableFuture<Receipt> invalidateTag(String tag, Token generation, long ttlMillis) {
        return send(new Call<>(
                "invalidateTag",
                newBudget(),
                () -> tier.invalidateTag(tag, generation, ttlMillis),
                time(tag, Receipt::serverMicros),
                RemoteGate::tooLateIsFine));
    }

    CompletableFuture<Claim> claim(Budget budget, String key, byte[] seen, Token lease, boolean force) {
        return ask(new Call<>(
                "claim",
                budget,
                () -> tier.claim(key, seen, lease, leaseMillis, force).whenComplete((claim, failure) -> {
                    if (failure != null && !(causeOf(failure) instanceof RemoteRefusedException)) {
                        looseLeases.add(new Loose(key, lease, LoadOutcome.ABANDONED, environment.nanoTime()));
                    }
                }),
                time(key, Claim::serverMicros),
                late -> {
                    if (late instanceof Claim.Granted) {
                        tier.release(key, lease, LoadOutcome.ABANDONED);
                    }
                }));
    }

    /** A part answers: it is told which leases it need not keep. What fails now is told the next time. */
    void releaseLoose(int part) {
        looseLeases
                .take(loose -> part(loose.remoteKey()) == part, environment.nanoTime())
                .forEach(loose -> {
                    Call<Void> call = releasing(loose);
                    // Whatever keeps callers from being sent to L2 is no reason to leave others waiting.
                    call.limit();
                    call.send();
                });
    }

    CompletableFuture<Boolean> renew(String key, Token lease) {
        return send(new Call<>(
                "renew",
                newBudget(),
                () -> tier.renew(key, lease, leaseMillis),
                RemoteGate::tellsNoTime,
                RemoteGate::tooLateIsFine));
    }

    CompletableFuture<Publication> publish(Budget budget, String key, Token lease, Stored entry) {
        return send(new Call<>(
                "publish",
                budget,
                () -> tier.publish(key, lease, entry),
                RemoteGate::tellsNoTime,
                RemoteGate::tooLateIsFine));
    }

    CompletableFuture<Void> release(String key, Token lease, LoadOutcome outcome) {
        return send(releasing(new Loose(key, lease, outcome, environment.nanoTime())));
    }

    private Call<Void> releasing(Loose lease) {
        Call<Void> call = new Call<>(
                "release",
                newBudget(),
                () -> tier.release(lease.remoteKey(), lease.token(), lease.outcome()),
                RemoteGate::tellsNoTime,
                RemoteGate::tooLateIsFine);
        call.answer.whenComplete((done, failure) -> {
            if (failure != null) {
                looseLeases.add(lease);
            }
        });
        return call;
    }

    /** A put that is refused for coming too late counts as one that never came. */
    CompletableFuture<Receipt> put(Budget budget, String key, Supplier<Stored> entry) {
        long notAfter = environment.nanoTime() + budget.nanosLeft();
        return send(new Call<>(
                        "put",
                        budget,
                        () -> tier.put(key, entry.get(), clock(key).earliestMicros(notAfter)),
                        time(key, Receipt::serverMicros),
                        RemoteGate::tooLateIsFine))
                .thenApply(receipt -> {
                    if (!receipt.applied()) {
                        throw new RemoteUnavailableException("The put reached the remote tier too late", null);
                    }
                    return receipt;
                });
    }

    CompletableFuture<Receipt> invalidate(String key) {
        return send(new Call<>(
                "invalidate",
                newBudget(),
                () -> tier.invalidate(key),
                time(key, Receipt::serverMicros),
                RemoteGate::tooLateIsFine));
    }

    CompletableFuture<Receipt> expire(String key) {
        return send(new Call<>(
                "expire",
                newBudget(),
                () -> tier.expire(key),
                time(key, Receipt::serverMicros),
                RemoteGate::tooLateIsFine));
    }

    CompletableFuture<Receipt> clear(Token generation, long ttlMillis) {
        return send(new Call<>(
                "clear",
                newBudget(),
                () -> tier.clear(generation, ttlMillis),
                time(0, Receipt::serverMicros),
                RemoteGate::tooLateIsFine));
    }

    /**
     * The first operation of a cache, and its heartbeat: it makes first contact instead of waiting for it, and goes to L2
     * whether or not callers are sent there.
     */
    CompletableFuture<Generation> generation(Budget budget, int part, Token candidate, long ttlMillis) {
        Call<Generation> call = new Call<>(
                "generation",
                budget,
                () -> tier.generation(part, candidate, ttlMillis),
                time(part, Generation::serverMicros),
                RemoteGate::tooLateIsFine);
        call.isProbe = true;
        if (bypassed) {
            call.fail("L2 is bypassed");
        } else {
            breaker.probe();
            call.limit();
            call.send();
        }
        return call.answer;
    }

    /** Contact is made, or known to be impossible for now. Whoever makes it has first seen to the generation. */
    void contactMade() {
        firstContact.complete(null);
    }

    /** Callers are not sent to L2 until the heartbeat has found it well again. */
    void leaveAlone() {
        breaker.open();
    }

    /** From now on L2 is as good as away, until further notice. */
    void bypass(boolean bypass) {
        bypassed = bypass;
    }

    boolean isBypassed() {
        return bypassed;
    }

    /** How many calls have neither been answered nor given up. */
    int callsUnderWay() {
        return deadlines.pending();
    }

    /** From now on nobody waits for a reply any more: a lease that is still granted is given back, trouble is not told. */
    void close() {
        closed = true;
        onTrouble = sent -> {};
        deadlines.close();
    }

    /** What a miss asks: one of no more than so many at a time. A wait in line counts as a part of the call's time. */
    private <T> CompletableFuture<T> ask(Call<T> call) {
        if (call.mayBegin() && questions.takeOrWait(() -> sendWithPermit(call))) {
            call.answer.whenComplete((reply, failure) -> questions.giveBack());
            call.begin();
        }
        return call.answer;
    }

    /** On another thread: who gives a permit back has work of its own to go on with. */
    private boolean sendWithPermit(Call<?> call) {
        if (call.answer.isDone()) {
            return false;
        }
        call.answer.whenComplete((reply, failure) -> questions.giveBack());
        executor.execute(call::begin);
        return true;
    }

    /** What does not stand in line. */
    private <T> CompletableFuture<T> send(Call<T> call) {
        if (call.mayBegin()) {
            call.begin();
        }
        return call.answer;
    }

    private static void tooLateIsFine(Object reply) {}

    private static void tellsNoTime(Object reply, long sent, long received) {}

    /** What is learned of L2's time from a reply. */
    private interface Lesson<T> {
        void learn(T reply, long sent, long received);
    }

    private static @Nullable Throwable causeOf(Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    /** One operation on its way to L2 and back. */
    private final class Call<T> {

        private final String name;
        private final Budget budget;
        private final Supplier<CompletionStage<T>> operation;
        private final Lesson<? super T> lesson;
        private final Consumer<? super T> tooLate;
        private final long begun = environment.nanoTime();
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private Deadlines.@Nullable Deadline deadline;
        private boolean isProbe;

        /** Until then it says nothing about L2 that its time is up. */
        private volatile boolean isSent;

        private long sentAt;

        private Call(
                String name,
                Budget budget,
                Supplier<CompletionStage<T>> operation,
                Lesson<? super T> lesson,
                Consumer<? super T> tooLate) {
            this.name = name;
            this.budget = budget;
            this.operation = operation;
            this.lesson = lesson;
            this.tooLate = tooLate;
        }

        /** Fails at once where it is clear that L2 can't help; else the call's time begins. */
        private boolean mayBegin() {
            if (bypassed) {
                fail("L2 is bypassed");
            } else if (!breaker.isClosed()) {
                fail("L2 has failed or is slow, and is left alone until it is well again");
            } else if (budget.nanosLeft() <= 0) {
                fail("The call's time for L2 is spent");
            } else {
                limit();
                return true;
            }
            return false;
        }

        private void begin() {
            if (firstContact.isDone()) {
                sendIfKnown();
            } else {
                firstContact.thenRun(this::sendIfKnown);
            }
        }

        private void limit() {
            deadline = deadlines.in(budget.nanosLeft(), this::giveUp);
        }

        private void unlimit() {
            if (deadline != null) {
                deadline.cancel();
            }
        }

        /** Until L2 has once told its time and generation nothing that it holds can be judged. */
        private void sendIfKnown() {
            if (knowsTime()) {
                send();
            } else {
                unlimit();
                fail("L2 has not been reached yet");
            }
        }

        private void send() {
            if (answer.isDone()) {
                return; // given up while it waited for the first contact: what was not sent needs no undoing
            }
            long sent = environment.nanoTime();
            sentAt = sent;
            isSent = true;
            started().whenComplete((reply, failure) -> {
                long received = environment.nanoTime();
                unlimit();
                budget.spend(received - begun);
                if (failure != null) {
                    failed(failure, sent);
                } else {
                    answered(reply, sent, received);
                }
            });
        }

        private CompletionStage<T> started() {
            try {
                return operation.get();
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private void answered(T reply, long sent, long received) {
            lesson.learn(reply, sent, received);
            if (!answer.complete(reply)) {
                tooLate.accept(reply);
                return;
            }
            breaker.answered(sent, isProbe);
            if (!breaker.isClosed()) {
                onTrouble.accept(sent); // it was the last slow answer that callers put up with
            }
            events.tell(listener -> listener.onRemote(name, received - begun, true));
            if (closed) {
                tooLate.accept(reply);
            }
        }

        private void failed(Throwable failure, long sent) {
            if (answer.completeExceptionally(
                    new RemoteUnavailableException("L2 failed: " + failure.getMessage(), failure))) {
                Throwable cause = causeOf(failure);
                if (isProbe && cause instanceof RemoteCutOffException) {
                    breaker.open();
                } else if (cause instanceof RemoteRefusedException) {
                    breaker.answered(sent, isProbe);
                } else {
                    breaker.failed(sent, failure, isProbe);
                }
                unanswered();
                onTrouble.accept(sent);
            }
        }

        private void giveUp() {
            RemoteUnavailableException silence =
                    new RemoteUnavailableException("L2 did not answer within its time", null);
            if (answer.completeExceptionally(silence) && isSent) {
                breaker.unanswered(sentAt, silence, isProbe);
                unanswered();
                onTrouble.accept(begun);
            }
        }

        private void unanswered() {
            events.tell(listener -> listener.onRemote(name, environment.nanoTime() - begun, false));
        }

        private void fail(String reason) {
            answer.completeExceptionally(new RemoteUnavailableException(reason, null));
        }
    }
}
