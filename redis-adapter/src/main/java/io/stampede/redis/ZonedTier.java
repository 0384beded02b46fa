package io.stampede.redis;

import io.lettuce.core.RedisException;
import io.stampede.redis.Debts.Item;
import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One cache's L2 in several zones: reads from one, writes to all. Each zone is a complete instance of the protocol, with
 * leases and an order of writes of its own. Why no zone ever holds a value that is older than an invalidation carried out
 * there, though nothing orders the writes of one zone against those of another:
 *
 * <ul>
 *   <li>A value comes into a zone by a put, which is a write itself, or by a load's publish; never from another zone.
 *   <li>A load begins when its lease is held in each zone that it will publish to. A zone in which the claim has failed
 *       has no such lease, and refuses.
 *   <li>A write that is carried out in a zone between that claim and that publish has revoked the lease there, so the
 *       publish is refused. One that came before the claim came before the load, which has seen what it was told of.
 *   <li>A write that comes after the publish has removed the value.
 * </ul>
 *
 * <p>Who rebuilds is decided in one zone, the first in the agreed order, so that it is one in the cluster. Where nodes
 * don't agree on which zones can be trusted there may be two, of which each zone takes one: that costs a load, and no more.
 * The end of a load is told there last, when the others have its value already: who is granted the next lease, or is told
 * that there is a value, finds it in its own zone.
 *
 * <p>A write returns when each trusted zone has carried it out and knows which others have missed it.
 */
final class ZonedTier implements RemoteTier {

    private static final byte[] NOTHING = {};

    private final ZonedCache cache;
    private final Patience patience;
    private final Runnable onClose;
    private final int attempts;
    private final AtomicBoolean closed = new AtomicBoolean();

    ZonedTier(ZonedCache cache, Patience patience, int zones, Runnable onClose) {
        this.cache = cache;
        this.patience = patience;
        this.onClose = onClose;
        this.attempts = zones + 1;
    }

    @Override
    public int parts() {
        return 1;
    }

    @Override
    public int part(String name) {
        return 0;
    }

    /** That of the zone heard, and which one it is. */
    @Override
    public long session(int part) {
        Member heard = cache.view().heard();
        return heard == null ? 0 : ((long) heard.name().hashCode() << 32) + heard.tier.session(0);
    }

    // Reads

    @Override
    public CompletionStage<byte @Nullable []> get(String key) {
        return read(
                view -> cache.<byte @Nullable []>ask(view.reader(), tier -> tier.get(key))
                        .<byte @Nullable []>thenApply(bytes -> view.read(bytes)),
                attempts);
    }

    @Override
    public CompletionStage<List<byte @Nullable []>> getAll(List<String> keys) {
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        return read(
                view -> cache.ask(view.reader(), tier -> tier.getAll(keys)).thenApply(found -> readAll(view, found)),
                attempts);
    }

    private static List<byte @Nullable []> readAll(View view, List<byte @Nullable []> found) {
        List<byte @Nullable []> all = new ArrayList<>(found.size());
        found.forEach(bytes -> all.add(view.read(bytes)));
        return all;
    }

    /** In the zone heard; if another is heard by the time of the answer, there, since writes told here may be unknown. */
    private <T extends @Nullable Object> CompletableFuture<T> read(
            Function<View, CompletableFuture<T>> operation, int left) {
        return cache.viewForReading()
                .thenCompose(view -> unlessMoved(view, operation.apply(view), left, () -> read(operation, left - 1)));
    }

    private interface Again<T extends @Nullable Object> {
        CompletableFuture<T> run();
    }

    /** What was asked; but if another zone has come to be heard meanwhile, or the failure has cost a zone, once more. */
    private <T extends @Nullable Object> CompletableFuture<T> unlessMoved(
            View view, CompletableFuture<T> asked, int left, Again<T> again) {
        return asked.handle((answer, failure) -> {
                    View now = cache.view();
                    boolean moved = now.heard() != view.heard();
                    boolean lostOne = failure != null && !now.trusted().equals(view.trusted());
                    if ((moved || lostOne) && left > 1 && !now.isLost()) {
                        return again.run();
                    }
                    return moved && failure == null ? CompletableFuture.<T>failedFuture(moved()) : asked;
                })
                .thenCompose(result -> result);
    }

    private static RedisException moved() {
        return new RedisException("The zones come and go");
    }

    // Rebuilding

    @Override
    public CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force) {
        return claim(new Claiming(key, lease, leaseMillis), seen, force, attempts);
    }

    private CompletableFuture<Claim> claim(Claiming claiming, byte[] seen, boolean force, int left) {
        return cache.viewForReading()
                .thenCompose(view -> unlessMoved(
                        view,
                        force ? claiming.force(view) : claiming.claim(view, seen),
                        left,
                        () -> claim(claiming, seen, force, left - 1)));
    }

    /** The way of one claim through the zones. */
    private final class Claiming {

        private final String key;
        private final Token lease;
        private final long leaseMillis;

        Claiming(String key, Token lease, long leaseMillis) {
            this.key = key;
            this.lease = lease;
            this.leaseMillis = leaseMillis;
        }

        /** First in the zone heard: what is found must come from there, and most who have to wait learn it there. */
        CompletableFuture<Claim> claim(View view, byte[] seen) {
            Member heard = view.reader();
            return at(heard, seen, false).thenCompose(here -> {
                if (!(here instanceof Claim.Granted)) {
                    return CompletableFuture.completedFuture(presented(view, here));
                }
                return heard == view.first() ? everywhere(view, here) : electedThere(view, seen, here);
            });
        }

        private CompletableFuture<Claim> electedThere(View view, byte[] seen, Claim here) {
            return at(view.first(), seen, false).thenCompose(there -> {
                if (there instanceof Claim.Found found) {
                    return foundThere(view, seen, found);
                }
                return there instanceof Claim.Held held ? giveWay(view, held, here) : everywhere(view, there);
            });
        }

        /**
         * There is a value in the first zone, and there was none in the one heard. It may have come here since; if not, it
         * is rebuilt: this zone may know of a write that is still on its way to that one.
         */
        private CompletableFuture<Claim> foundThere(View view, byte[] seen, Claim.Found found) {
            return at(view.reader(), seen, false).thenCompose(here -> {
                if (!(here instanceof Claim.Granted)) {
                    return CompletableFuture.completedFuture(presented(view, here));
                }
                byte[] stamp = ByteBuffer.allocate(Math.min(STAMP_BYTES, found.bytes().length))
                        .put(found.bytes(), 0, Math.min(STAMP_BYTES, found.bytes().length))
                        .array();
                return at(view.first(), stamp, false)
                        .thenCompose(there -> there instanceof Claim.Held held
                                ? giveWay(view, held, here)
                                : there instanceof Claim.Granted ? everywhere(view, there) : force(view));
            });
        }

        /** Somebody else rebuilds; whoever waits here for this lease has to wait for that one. */
        private CompletableFuture<Claim> giveWay(View view, Claim.Held held, Claim here) {
            Claim answer = new Claim.Held(held.holder(), held.remainingMillis(), shifted(view, here.serverMicros()));
            return cache.ask(
                            view.reader(),
                            tier -> tier.release(key, lease, LoadOutcome.ABANDONED)
                                    .thenApply(done -> true))
                    .thenApply(done -> answer);
        }

        CompletableFuture<Claim> force(View view) {
            return at(view.first(), NOTHING, true).thenCompose(granted -> everywhere(view, granted));
        }

        /** The first zone has granted it: the others have no say. When all have answered, the load may begin. */
        private CompletableFuture<Claim> everywhere(View view, Claim granted) {
            Member heard = view.reader();
            Map<Member, Claim> claims = new ConcurrentHashMap<>(Map.of(view.first(), granted));
            return ZonedCache.all(view.trusted().stream()
                            .filter(member -> member != view.first())
                            .map(member -> at(member, NOTHING, true).handle((claim, failure) -> {
                                if (failure == null) {
                                    claims.put(member, claim);
                                }
                                return null; // a zone that has not granted it refuses what will be published
                            })))
                    .thenApply(done -> {
                        Claim claim = claims.get(heard);
                        if (claim == null) {
                            throw new RedisException("The claim has failed in " + heard);
                        }
                        return presented(view, claim);
                    });
        }

        private CompletableFuture<Claim> at(Member member, byte[] seen, boolean force) {
            return cache.ask(member, tier -> tier.claim(key, seen, lease, leaseMillis, force));
        }
    }

    private static Claim presented(View view, Claim claim) {
        if (claim instanceof Claim.Found found) {
            byte[] bytes = view.read(found.bytes());
            return new Claim.Found(bytes == null ? found.bytes() : bytes, shifted(view, found.serverMicros()));
        }
        return claim instanceof Claim.Held held
                ? new Claim.Held(held.holder(), held.remainingMillis(), shifted(view, held.serverMicros()))
                : new Claim.Granted(shifted(view, claim.serverMicros()));
    }

    /** A time of the zone heard. */
    private static long shifted(View view, long micros) {
        return view.present(view.reader(), micros, 0);
    }

    @Override
    public CompletionStage<Boolean> renew(String key, Token lease, long leaseMillis) {
        return cache.viewForWriting().thenCompose(view -> {
            Map<Member, CompletableFuture<Boolean>> asked =
                    in(view.trusted(), tier -> tier.renew(key, lease, leaseMillis));
            CompletableFuture<Boolean> here = asked.get(view.reader());
            CompletableFuture<Boolean> there = asked.get(view.first());
            return here == null || there == null
                    ? CompletableFuture.failedFuture(moved())
                    : here.thenCombine(there, (one, other) -> one && other);
        });
    }

    /** Told last where it is decided who rebuilds; what has come of it is what the zone heard says. */
    @Override
    public CompletionStage<Publication> publish(String key, Token lease, Stored entry) {
        return cache.viewForWriting()
                .thenCompose(view -> firstZoneLast(
                        view,
                        member -> cache.ask(
                                member,
                                tier -> tier.publish(key, lease, view.entryFor(member, entry, System.nanoTime())))));
    }

    @Override
    public CompletionStage<Void> release(String key, Token lease, LoadOutcome outcome) {
        return cache.viewForWriting()
                .thenCompose(view -> firstZoneLast(
                        view,
                        member -> cache.ask(
                                member,
                                tier -> tier.release(key, lease, outcome).thenApply(done -> true))))
                .thenApply(done -> null);
    }

    private <T> CompletableFuture<T> firstZoneLast(View view, Function<Member, CompletableFuture<T>> operation) {
        Member first = view.first();
        Map<Member, CompletableFuture<T>> answers = new LinkedHashMap<>();
        view.trusted().stream()
                .filter(member -> member != first)
                .forEach(member -> answers.put(member, operation.apply(member)));
        return ZonedCache.all(answers.values().stream())
                .handle((done, failure) -> operation.apply(first))
                .thenCompose(last -> {
                    CompletableFuture<T> answer = view.heard() == first ? last : answers.get(view.reader());
                    return answer == null
                            ? CompletableFuture.<T>failedFuture(moved())
                            : last.handle((done, failure) -> answer).thenCompose(told -> told);
                });
    }

    private <T> Map<Member, CompletableFuture<T>> in(
            List<Member> zones, Function<RemoteTier, CompletionStage<T>> operation) {
        Map<Member, CompletableFuture<T>> answers = new ConcurrentHashMap<>();
        zones.forEach(member -> answers.put(member, cache.ask(member, operation)));
        return answers;
    }

    // Writes

    /** A zone where it fails is told an invalidation, and not before it refuses the put for coming too late. */
    @Override
    public CompletionStage<Receipt> put(String key, Stored entry, long notAfterMicros) {
        return cache.viewForWriting().thenCompose(view -> {
            long notAfter = System.nanoTime() + patience.nanos();
            return new Writing(
                            cache,
                            debts -> debts.add(new Item(false, key), notAfter),
                            member -> putIn(member, key, entry, notAfterMicros, notAfter))
                    .together(member -> cache.ask(member, tier -> tier.invalidate(key)));
        });
    }

    private CompletableFuture<Receipt> putIn(
            Member member, String key, Stored entry, long notAfterMicros, long notAfterNanos) {
        View view = cache.view();
        long now = System.nanoTime();
        long notAfter = Math.min(
                view.timeAt(member, notAfterMicros, now), member.clock().earliestMicros(notAfterNanos));
        return cache.ask(member, tier -> tier.put(key, view.entryFor(member, entry, now), notAfter));
    }

    @Override
    public CompletionStage<Receipt> invalidate(String key) {
        return keyWrite(key, tier -> tier.invalidate(key));
    }

    @Override
    public CompletionStage<Receipt> expire(String key) {
        return keyWrite(key, tier -> tier.expire(key));
    }

    private CompletionStage<Receipt> keyWrite(String key, Function<RemoteTier, CompletionStage<Receipt>> operation) {
        return cache.viewForWriting()
                .thenCompose(view -> new Writing(
                                cache,
                                debts -> debts.add(new Item(false, key), System.nanoTime()),
                                member -> cache.ask(member, operation))
                        .together(member -> cache.ask(member, operation)));
    }

    @Override
    public CompletionStage<Receipt> clear(Token generation, long ttlMillis) {
        return cache.viewForWriting().thenCompose(view -> cache.clear(generation, ttlMillis));
    }

    @Override
    public CompletionStage<Receipt> invalidateTag(String tag, Token generation, long ttlMillis) {
        return cache.viewForWriting()
                .thenCompose(view -> new Writing(
                                cache,
                                debts -> debts.add(new Item(true, tag), System.nanoTime()),
                                member -> cache.ask(member, tier -> tier.invalidateTag(tag, generation, ttlMillis)))
                        .inOrder());
    }

    // What all zones have in common

    /**
     * The regular question: it looks at what other nodes say, tries to have zones back, and keeps the generation the same in
     * all zones. What is answered is of the zone heard, whose name stands before the server's, so that a cache which hears
     * another zone takes it for another server.
     */
    @Override
    public CompletionStage<Generation> generation(int part, Token candidate, long ttlMillis) {
        return cache.viewForWriting()
                .handle((view, lost) -> {
                    cache.setTtl(ttlMillis); // not sooner: what the first attempt finds is to stay as it is
                    return lost == null ? cache.look() : cache.recover();
                })
                .thenCompose(looked -> looked)
                .thenCompose(looked -> generation(candidate, attempts));
    }

    private CompletableFuture<Generation> generation(Token candidate, int left) {
        return cache.viewForWriting()
                .thenCompose(view -> unlessMoved(
                        view,
                        cache.ask(view.first(), tier -> tier.generation(0, candidate, cache.ttlMillis()))
                                .thenCompose(first -> inAll(view, first)),
                        left,
                        () -> generation(candidate, left - 1)));
    }

    private CompletableFuture<Generation> inAll(View view, Generation first) {
        Member heard = view.reader();
        Map<Member, Generation> answers = new ConcurrentHashMap<>(Map.of(view.first(), first));
        return ZonedCache.all(view.trusted().stream()
                        .filter(member -> member != view.first())
                        .map(member -> cache.agree(member, view.first(), first.token())
                                .handle((agreed, failure) -> {
                                    if (failure == null) {
                                        answers.put(member, agreed);
                                    }
                                    return null; // it fails for a clear that has come between, too
                                })))
                .thenApply(done -> {
                    Generation answer = answers.get(heard);
                    if (answer == null) {
                        throw new RedisException("The generation can't be told by " + heard);
                    }
                    return new Generation(
                            answer.token(),
                            answer.sequence(),
                            heard.name() + '/' + answer.server(),
                            shifted(view, answer.serverMicros()));
                });
    }

    @Override
    public CompletionStage<TagGeneration> tag(String tag, Token candidate, long ttlMillis) {
        return tag(tag, candidate, ttlMillis, attempts);
    }

    private CompletableFuture<TagGeneration> tag(String tag, Token candidate, long ttlMillis, int left) {
        return cache.viewForReading()
                .thenCompose(view -> unlessMoved(
                        view,
                        tagInAll(view, tag, candidate, ttlMillis),
                        left,
                        () -> tag(tag, candidate, ttlMillis, left - 1)));
    }

    private CompletableFuture<TagGeneration> tagInAll(View view, String tag, Token candidate, long ttlMillis) {
        Member heard = view.reader();
        Map<Member, TagGeneration> answers = new ConcurrentHashMap<>();
        return cache.ask(view.first(), tier -> tier.tag(tag, candidate, ttlMillis))
                .thenCompose(first -> {
                    answers.put(view.first(), first);
                    return ZonedCache.all(view.trusted().stream()
                            .filter(member -> member != view.first())
                            .map(member -> cache.agreeOnTag(tag, member, view.first(), first.token(), ttlMillis)
                                    .handle((agreed, failure) -> {
                                        if (failure == null) {
                                            answers.put(member, agreed);
                                        }
                                        return null;
                                    })));
                })
                .thenApply(done -> {
                    TagGeneration answer = answers.get(heard);
                    if (answer == null) {
                        throw new RedisException("The tag's generation can't be told by " + heard);
                    }
                    long since = answer.sinceMicros();
                    return new TagGeneration(
                            answer.token(),
                            since == 0 ? 0 : shifted(view, since),
                            shifted(view, answer.serverMicros()));
                });
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }
}
