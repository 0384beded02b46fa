package io.stampede.redis;

import io.stampede.redis.Twin.Subject;
import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One node's view of both: what each operation says to Redis, whose time is stretched, and what its answer means. */
final class TwinTier implements RemoteTier {

    private final Twin twin;
    private final RemoteNamespace namespace;
    private final RemoteTier doubled;
    private final RemoteTier redis;

    TwinTier(Twin twin, RemoteNamespace namespace, RemoteTier doubled, RemoteTier redis) {
        this.twin = twin;
        this.namespace = namespace;
        this.doubled = doubled;
        this.redis = redis;
    }

    @Override
    public int parts() {
        return same("parts", doubled.parts(), redis.parts());
    }

    @Override
    public int part(String name) {
        return same("part of " + name, doubled.part(name), redis.part(name));
    }

    private static int same(String what, int ofDouble, int ofRedis) {
        if (ofDouble != ofRedis) {
            throw new Twin.DifferenceError("The " + what + ": " + ofRedis + ", not " + ofDouble + " as in the double");
        }
        return ofDouble;
    }

    @Override
    public long session(int part) {
        return doubled.session(part);
    }

    @Override
    public long nearbyLagNanos() {
        return doubled.nearbyLagNanos();
    }

    /** There is no copy of the real one's entries. */
    @Override
    public CompletionStage<byte @Nullable []> getNearby(String key) {
        return doubled.getNearby(key);
    }

    @Override
    public CompletionStage<byte @Nullable []> get(String key) {
        return both(
                "get of " + key,
                key,
                tier -> tier.get(key),
                (tier, time) -> simulated(Samples.done(tier.get(key)), time));
    }

    private static byte @Nullable [] simulated(byte @Nullable [] bytes, StretchedTime time) {
        return bytes == null ? null : time.toSimulated(bytes);
    }

    @Override
    public CompletionStage<List<byte @Nullable []>> getAll(List<String> keys) {
        List<Subject> subjects =
                keys.stream().map(key -> new Subject(namespace, part(key), key)).toList();
        return twin.both(
                "getAll of " + keys + asker(), subjects, doubled, tier -> tier.getAll(keys), redis, (tier, times) -> {
                    List<byte @Nullable []> answer = Samples.done(tier.getAll(keys));
                    List<byte @Nullable []> simulated = new ArrayList<>();
                    for (int i = 0; i < answer.size(); i++) {
                        simulated.add(simulated(answer.get(i), times.get(i)));
                    }
                    return simulated;
                });
    }

    @Override
    public CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force) {
        return both(
                "%sclaim of %s for %s".formatted(force ? "forced " : "", key, lease),
                key,
                tier -> tier.claim(key, seen, lease, leaseMillis, force),
                (tier, time) -> {
                    long ttl = StretchedTime.ttlOnServer(leaseMillis);
                    Claim claim = Samples.done(tier.claim(key, seen, lease, ttl, force));
                    long micros = time.toSimulated(claim.serverMicros());
                    if (claim instanceof Claim.Found found) {
                        return new Claim.Found(time.toSimulated(found.bytes()), micros);
                    } else if (claim instanceof Claim.Held held) {
                        return new Claim.Held(
                                held.holder(), StretchedTime.ttlSimulated(held.remainingMillis()), micros);
                    } else {
                        return new Claim.Granted(micros);
                    }
                });
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Token lease, long leaseMillis) {
        return both(
                "renewal of %s by %s".formatted(key, lease),
                key,
                tier -> tier.renew(key, lease, leaseMillis),
                (tier, time) -> Samples.done(tier.renew(key, lease, StretchedTime.ttlOnServer(leaseMillis))));
    }

    @Override
    public CompletionStage<Publication> publish(String key, Token lease, Stored entry) {
        return both(
                "publish of %s by %s".formatted(key, lease),
                key,
                tier -> tier.publish(key, lease, entry),
                (tier, time) -> Samples.done(tier.publish(key, lease, time.toServer(entry))));
    }

    @Override
    public CompletionStage<Void> release(String key, Token lease, LoadOutcome outcome) {
        return both(
                "release of %s by %s, %s".formatted(key, lease, outcome),
                key,
                tier -> tier.release(key, lease, outcome),
                (tier, time) -> Samples.done(tier.release(key, lease, outcome)));
    }

    @Override
    public CompletionStage<Receipt> put(String key, Stored entry, long notAfterMicros) {
        return both(
                "put of %s, not after %d".formatted(key, notAfterMicros),
                key,
                tier -> tier.put(key, entry, notAfterMicros),
                (tier, time) ->
                        simulated(tier.put(key, time.toServer(entry), time.toServersLast(notAfterMicros)), time));
    }

    @Override
    public CompletionStage<Receipt> invalidate(String key) {
        return both(
                "invalidation of " + key,
                key,
                tier -> tier.invalidate(key),
                (tier, time) -> simulated(tier.invalidate(key), time));
    }

    @Override
    public CompletionStage<Receipt> expire(String key) {
        return both(
                "expiry of " + key, key, tier -> tier.expire(key), (tier, time) -> simulated(tier.expire(key), time));
    }

    @Override
    public CompletionStage<Generation> generation(int part, Token candidate, long ttlMillis) {
        return both(
                "generation of part %d, else %s".formatted(part, candidate),
                new Subject(namespace, part, null),
                tier -> tier.generation(part, candidate, ttlMillis),
                (tier, time) -> {
                    Generation answer =
                            Samples.done(tier.generation(part, candidate, StretchedTime.ttlOnServer(ttlMillis)));
                    return new Generation(
                            answer.token(),
                            answer.sequence(),
                            answer.server(),
                            time.toSimulated(answer.serverMicros()));
                });
    }

    @Override
    public CompletionStage<Receipt> clear(Token generation, long ttlMillis) {
        return both(
                "clear to " + generation,
                new Subject(namespace, 0, null),
                tier -> tier.clear(generation, ttlMillis),
                (tier, time) -> simulated(tier.clear(generation, StretchedTime.ttlOnServer(ttlMillis)), time));
    }

    @Override
    public CompletionStage<TagGeneration> tag(String tag, Token candidate, long ttlMillis) {
        return both(
                "tag %s, else %s".formatted(tag, candidate),
                tag,
                tier -> tier.tag(tag, candidate, ttlMillis),
                (tier, time) -> {
                    TagGeneration answer = Samples.done(tier.tag(tag, candidate, StretchedTime.ttlOnServer(ttlMillis)));
                    long since = answer.sinceMicros() == 0 ? 0 : time.toSimulated(answer.sinceMicros());
                    return new TagGeneration(answer.token(), since, time.toSimulated(answer.serverMicros()));
                });
    }

    @Override
    public CompletionStage<Receipt> invalidateTag(String tag, Token generation, long ttlMillis) {
        return both(
                "invalidation of tag %s to %s".formatted(tag, generation),
                tag,
                tier -> tier.invalidateTag(tag, generation, ttlMillis),
                (tier, time) ->
                        simulated(tier.invalidateTag(tag, generation, StretchedTime.ttlOnServer(ttlMillis)), time));
    }

    private static Receipt simulated(CompletionStage<Receipt> stage, StretchedTime time) {
        Receipt receipt = Samples.done(stage);
        return new Receipt(receipt.applied(), receipt.revoked(), time.toSimulated(receipt.serverMicros()));
    }

    @Override
    public void close() {
        doubled.close();
        redis.close();
    }

    /** An operation on Redis at a moment; its answer in simulated time. */
    private interface AtMoment {
        @Nullable
        Object apply(RemoteTier redis, StretchedTime time);
    }

    private <T extends @Nullable Object> CompletionStage<T> both(
            String what, String name, Function<RemoteTier, CompletionStage<T>> onDouble, AtMoment onRedis) {
        return both(what, new Subject(namespace, part(name), name), onDouble, onRedis);
    }

    private <T extends @Nullable Object> CompletionStage<T> both(
            String what, Subject subject, Function<RemoteTier, CompletionStage<T>> onDouble, AtMoment onRedis) {
        return twin.both(
                what + asker(),
                List.of(subject),
                doubled,
                onDouble,
                redis,
                (tier, times) -> onRedis.apply(tier, times.get(0)));
    }

    private String asker() {
        return ", asked by " + namespace.node();
    }
}
