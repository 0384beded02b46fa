package io.stampede.redis;

import io.stampede.spi.BusMessage;
import io.stampede.spi.Claim;
import io.stampede.spi.InvalidationBus;
import io.stampede.spi.InvalidationBus.Subscriber;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.testing.Holding;
import io.stampede.testing.InMemoryRemote;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The double with a real Redis at its side: each operation is carried out by both, from the same beginning and at the same
 * moment; what they answer, keep and tell must be the same. Since each operation begins with what the double held, it
 * makes no difference what a simulation did to it in between.
 *
 * <p>Whoever asks gets the double's answers. For one thread.
 */
final class Twin implements RemoteConnection {

    private final InMemoryRemote memory;
    private final RemoteConnection asked;
    private final TwinRedis redis;
    private final Function<Script, String> scripts;
    private final RedisKeys keys;
    private final List<BusMessage> told = new ArrayList<>();
    private int operations;

    /**
     * Around a new double.
     *
     * @param cache the cache that is compared
     * @param asked the double, or what is broken around it on purpose
     * @param scripts what runs in Redis for each script, likewise
     */
    Twin(
            InMemoryRemote memory,
            String cache,
            RemoteConnection asked,
            TwinRedis redis,
            Function<Script, String> scripts) {
        this.memory = memory;
        this.asked = asked;
        this.redis = redis;
        this.scripts = scripts;
        redis.forget();
        RemoteNamespace observer = new RemoteNamespace(cache, Samples.token());
        this.keys = redis.keys(memory.tier(observer).parts());
        memory.bus(observer).subscribe(new Subscriber() {
            @Override
            public void onMessage(BusMessage message) {
                told.add(message);
            }

            @Override
            public void onUnknownMessage() {
                throw new AssertionError("The double tells what can't be read");
            }

            @Override
            public void onUp() {}

            @Override
            public void onDown() {}
        });
    }

    /** How many operations have been compared. */
    int operations() {
        return operations;
    }

    @Override
    public RemoteTier tier(RemoteNamespace namespace) {
        return new TwinTier(this, namespace, asked.tier(namespace), redis.tier(keys, namespace, scripts));
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        return asked.bus(namespace);
    }

    @Override
    public void check(long nanos) {
        asked.check(nanos);
    }

    /** What an operation is of. */
    record Subject(
            RemoteNamespace asker, int part, @Nullable String name) {}

    /**
     * Carries out an operation on both.
     *
     * @param what for the message if they differ
     * @param subjects the keys that it concerns
     * @param onRedis carries it out there, and makes of the answer what it is in simulated time
     */
    <T extends @Nullable Object> CompletionStage<T> both(
            String what,
            List<Subject> subjects,
            RemoteTier doubled,
            Function<RemoteTier, CompletionStage<T>> onDouble,
            RemoteTier real,
            OnRedis onRedis) {
        List<Holding> before = subjects.stream().map(this::held).toList();
        told.clear();
        CompletionStage<T> answer = onDouble.apply(doubled);
        if (answer.toCompletableFuture().isCompletedExceptionally()) {
            return answer; // nobody knows what became of it
        }
        operations++;
        List<StretchedTime> times = before.stream()
                .map(holding -> StretchedTime.begin(holding.nowMicros()))
                .toList();
        for (int i = 0; i < subjects.size(); i++) {
            Subject subject = subjects.get(i);
            redis.stage(keys, subject.part(), subject.name(), before.get(i), times.get(i));
        }
        Object redisAnswer = answer(what, real, times, onRedis);
        List<Holding> after = new ArrayList<>();
        List<BusMessage> redisTold = new ArrayList<>();
        for (int i = 0; i < subjects.size(); i++) {
            Subject subject = subjects.get(i);
            TwinRedis.Seen seen = redis.look(keys, subject.part(), subject.name(), times.get(i));
            after.add(seen.holding());
            redisTold.addAll(seen.messages());
        }
        Object doubleAnswer = answer.toCompletableFuture().join();
        compare(what, before, "answers", text(doubleAnswer), text(redisAnswer));
        for (int i = 0; i < subjects.size(); i++) {
            compare(
                    what,
                    before,
                    "keeps",
                    text(held(subjects.get(i)).living()),
                    text(after.get(i).living()));
        }
        compare(what, before, "tells", told.toString(), redisTold.toString());
        return answer;
    }

    /** An operation on Redis, with its answer in simulated time. */
    interface OnRedis {
        @Nullable
        Object apply(RemoteTier redis, List<StretchedTime> times);
    }

    private @Nullable Object answer(String what, RemoteTier real, List<StretchedTime> times, OnRedis onRedis) {
        try {
            return onRedis.apply(real, times);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "Operation %d, %s: Redis fails, the double does not".formatted(operations, what), e);
        }
    }

    private Holding held(Subject subject) {
        String name = subject.name();
        Holding all = memory.holding(subject.asker().cache(), subject.part(), name == null ? "" : name);
        return name == null ? new Holding(all.nowMicros(), null, null, null, all.state()) : all;
    }

    private void compare(String what, List<Holding> before, String where, String ofDouble, String ofRedis) {
        if (!ofDouble.equals(ofRedis)) {
            throw new DifferenceError(
                    "Operation %d, %s: Redis %s otherwise than the double%n  before: %s%n  double: %s%n  Redis:  %s"
                            .formatted(
                                    operations,
                                    what,
                                    where,
                                    before.stream().map(Twin::text).toList(),
                                    ofDouble,
                                    ofRedis));
        }
    }

    /** They are not alike. */
    @SuppressWarnings("serial")
    static final class DifferenceError extends AssertionError {
        DifferenceError(String message) {
            super(message);
        }
    }

    private static String text(Holding holding) {
        Holding.Entry entry = holding.entry();
        return "at %d: entry %s, lease %s, tag %s, state %s"
                .formatted(
                        holding.nowMicros(),
                        entry == null ? null : text(entry.bytes()) + " until " + entry.endsAtMicros(),
                        holding.lease(),
                        holding.tag(),
                        holding.state());
    }

    private static String text(@Nullable Object answer) {
        if (answer instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        } else if (answer instanceof Claim.Found found) {
            return "Found[" + text(found.bytes()) + ", " + found.serverMicros() + "]";
        } else if (answer instanceof RemoteTier.Generation generation) {
            // The two are different servers.
            return new RemoteTier.Generation(generation.token(), generation.sequence(), "", generation.serverMicros())
                    .toString();
        } else if (answer instanceof List<?> list) {
            return list.stream().map(Twin::text).toList().toString();
        } else {
            return String.valueOf(answer);
        }
    }
}
