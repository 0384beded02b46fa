package io.stampede.redis;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.lettuce.core.RedisException;
import io.stampede.redis.Debts.Debt;
import io.stampede.redis.Debts.Item;
import io.stampede.redis.Marks.Mark;
import io.stampede.redis.Marks.Seen;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteRefusedException;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Generation;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.RemoteTier.TagGeneration;
import io.stampede.spi.Token;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which zones one cache on one node trusts, what it owes to the others, and how they come back.
 *
 * <p>A zone is trusted while it answers, this node owes it nothing, and no other node has said that it does. A zone that
 * was not trusted is told what this node owes it and, from then on, what it writes, so that this comes to an end though all
 * nodes go on writing. Then it is brought to the generation that the cache has in the others, and trusted if nobody else
 * still has something to tell it.
 *
 * <p>Clears and tags' invalidations are not sent to a zone that is only told: nodes that go by another zone first might undo
 * them there. It owes them until it has been brought to what the others have.
 *
 * <p>Thread-safe. Nothing is called from outside under the lock, and no stage is waited for.
 */
final class ZonedCache {

    private static final System.Logger LOG = System.getLogger(ZonedCache.class.getName());

    /** Between two attempts to have a zone back; with each, this node renews its marks. */
    private static final long FIRST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long LONGEST_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Until the cache has told how long its entries live. */
    private static final long LONG_MILLIS = TimeUnit.DAYS.toMillis(1);

    private static final int BATCH = 100;

    private final List<Member> members;
    private final Member own;
    private final RemoteNamespace namespace;
    private final Patience patience;
    private final long lookNanos;
    private final long silenceMicros;
    private final long graceNanos;
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final AtomicReference<@Nullable CompletableFuture<Void>> round = new AtomicReference<>();
    private final AtomicReference<@Nullable CompletableFuture<Void>> looking = new AtomicReference<>();
    private volatile View view;
    private volatile long lookedAt;
    private volatile long ttlMillis = LONG_MILLIS;
    private volatile boolean hasGeneration;
    private volatile boolean closed;

    /** The zone that was trusted when no other was any more; null while there is one, and before there was any. */
    private @Nullable Member last;

    private long lostAt;
    private boolean everTrusted;
    private boolean ticking;
    private long tickNanos = FIRST_TICK_NANOS;

    ZonedCache(
            List<Zone> zones,
            String ownZone,
            RemoteNamespace namespace,
            Patience patience,
            ZoneTimes times,
            int maxDebts) {
        this.members = zones.stream()
                .map(zone -> new Member(zone, namespace, maxDebts))
                .toList();
        this.own = members.stream()
                .filter(member -> member.name().equals(ownZone))
                .findFirst()
                .orElseThrow();
        this.namespace = namespace;
        this.patience = patience;
        this.lookNanos = times.look().toNanos();
        this.silenceMicros = TimeUnit.NANOSECONDS.toMicros(times.silence().toNanos());
        this.graceNanos = times.grace().toNanos();
        this.view = new View(List.of(), List.of(), members, null, 0);
        this.lookedAt = System.nanoTime() - lookNanos;
    }

    /** Tries to reach the zones for the first time. */
    void start() {
        recover().whenComplete((done, failure) -> started.complete(null));
        tickWhileAway();
    }

    View view() {
        return view;
    }

    long ttlMillis() {
        return ttlMillis;
    }

    /** How long the cache's generation is to live, which is longer than any of its entries. */
    void setTtl(long millis) {
        ttlMillis = millis;
        hasGeneration = true;
    }

    /** Has somebody told when another zone may be heard. */
    void follow(Runnable follower) {
        followers.add(follower);
    }

    void unfollow(Runnable follower) {
        followers.remove(follower);
    }

    boolean isFollowed() {
        return !followers.isEmpty();
    }

    /** What to write by: once the zones have been tried to reach. */
    CompletableFuture<View> viewForWriting() {
        return started.thenApply(tried -> known(view));
    }

    /** What to read by: the marks of others have been looked at of late. */
    CompletableFuture<View> viewForReading() {
        if (System.nanoTime() - lookedAt < lookNanos) {
            return viewForWriting();
        }
        return started.thenCompose(tried -> lookOnce()).thenApply(looked -> known(view));
    }

    private static View known(View view) {
        if (view.isLost()) {
            throw new RedisException("None of the zones can be trusted at the moment; they are being tried again");
        }
        return view;
    }

    /** What other nodes have said may have been missed. */
    void lookAgain() {
        lookedAt = System.nanoTime() - lookNanos;
    }

    /** Asks a zone within the time it has. One that fails is not trusted any more, unless it has said no. */
    <T extends @Nullable Object> CompletableFuture<T> ask(
            Member member, Function<RemoteTier, CompletionStage<T>> operation) {
        return watched(member, System.nanoTime(), patience.await(() -> operation.apply(member.tier)));
    }

    private <T extends @Nullable Object> CompletableFuture<T> askMarks(
            Member member, Function<Marks, CompletionStage<T>> operation) {
        return watched(member, System.nanoTime(), patience.await(() -> operation.apply(member.marks)));
    }

    private <T extends @Nullable Object> CompletableFuture<T> watched(
            Member member, long sentNanos, CompletableFuture<T> answer) {
        return answer.whenComplete((reply, failure) -> {
            // What was sent before the zone came back says nothing about it now.
            if (failure != null && !isRefusal(failure) && sentNanos - member.trustedAtNanos >= 0) {
                distrust(member, "it fails: " + failure.getMessage());
            }
        });
    }

    static boolean isRefusal(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RemoteRefusedException;
    }

    // What is missed

    /** By what view to write now; those to which the write is not sent owe it from this moment on. */
    synchronized View owe(Consumer<Debts> missed, Function<View, List<Member>> missing) {
        View now = known(view);
        missing.apply(now).forEach(member -> missed.accept(member.debts));
        return now;
    }

    /**
     * Sees to it that zones which have missed a write aren't trusted: not by this node, and not by who can read the marks.
     *
     * @return the zones that are left, with the marks in all of them; a failure if there are none
     */
    CompletableFuture<List<Member>> missed(
            List<Member> well, Collection<Member> missing, Consumer<Debts> what, Throwable why) {
        if (missing.isEmpty()) {
            return CompletableFuture.completedFuture(well);
        }
        synchronized (this) {
            missing.forEach(member -> what.accept(member.debts));
        }
        missing.forEach(member -> distrust(member, "it has missed a write: " + why.getMessage()));
        return marked(well, missing, what);
    }

    CompletableFuture<List<Member>> marked(List<Member> well, Collection<Member> missing, Consumer<Debts> what) {
        if (missing.isEmpty()) {
            return CompletableFuture.completedFuture(well);
        }
        if (well.isEmpty()) {
            return CompletableFuture.failedFuture(new RedisException("No zone has carried out the write"));
        }
        Map<Member, Throwable> failures = new ConcurrentHashMap<>();
        return all(well.stream()
                        .map(at -> mark(at, missing).exceptionally(failure -> {
                            failures.put(at, failure);
                            return null;
                        })))
                .thenCompose(done -> {
                    List<Member> left = well.stream()
                            .filter(at -> !failures.containsKey(at))
                            .toList();
                    return failures.isEmpty()
                            ? CompletableFuture.completedFuture(left)
                            : missed(
                                    left,
                                    failures.keySet(),
                                    what,
                                    failures.values().iterator().next());
                });
    }

    private CompletableFuture<Void> mark(Member at, Collection<Member> missing) {
        return all(missing.stream()
                .map(member -> askMarks(
                        at, marks -> marks.mark(member.name(), ttlMillis).thenApply(done -> true))));
    }

    // Who is trusted

    private void distrust(Member member, String why) {
        lower(member, Standing.AWAY, why);
    }

    /** What this node writes goes on being sent there, so that it has not something to tell as well. */
    private void distrustAccused(Member member) {
        lower(member, Standing.TOLD, "another node has something to tell it yet");
    }

    private void lower(Member member, Standing next, String why) {
        boolean wasTrusted;
        synchronized (this) {
            wasTrusted = member.standing == Standing.TRUSTED;
            if (member.standing.compareTo(next) <= 0) {
                return;
            }
            tickNanos = FIRST_TICK_NANOS;
            put(member, next);
            if (wasTrusted) {
                member.wasLost = true;
            }
            if (wasTrusted && view.isLost()) {
                last = member;
                lostAt = System.nanoTime();
            }
        }
        if (wasTrusted) {
            LOG.log(WARNING, () -> subject(member) + " is not trusted any more, " + why);
            followers.forEach(Runnable::run);
        }
        tickWhileAway();
    }

    /** Whether it is only from now on. */
    private synchronized boolean tellFromNowOn(Member member) {
        boolean isNew = member.standing == Standing.AWAY;
        if (isNew) {
            put(member, Standing.TOLD);
        }
        return isNew;
    }

    private void trust(Member member, long lookedAtNanos) {
        boolean isAgain;
        synchronized (this) {
            if (closed || member.standing == Standing.TRUSTED || !member.debts.isEmpty()) {
                return; // what has been added meanwhile is told first
            }
            lookedAt = lookedAtNanos; // be it later or earlier than that of the others
            member.trustedAtNanos = System.nanoTime();
            isAgain = member.wasLost;
            last = null;
            everTrusted = true;
            put(member, Standing.TRUSTED);
            view.written().forEach(at -> unmark(at, member));
        }
        LOG.log(isAgain ? INFO : DEBUG, () -> subject(member) + " is trusted");
        followers.forEach(Runnable::run);
    }

    private void put(Member member, Standing standing) {
        member.standing = standing;
        List<Member> trusted = those(Standing.TRUSTED);
        Member before = view.heard();
        Member heard = trusted.isEmpty() ? before : trusted.contains(own) ? own : trusted.get(0);
        long shift = view.shift();
        if (before != null && heard != null && heard != before) {
            shift += before.clock().leastAheadOf(heard.clock(), System.nanoTime());
        }
        view = new View(trusted, those(Standing.TOLD), those(Standing.AWAY), heard, shift);
    }

    private List<Member> those(Standing standing) {
        return members.stream().filter(each -> each.standing == standing).toList();
    }

    private String subject(Member member) {
        return "Cache '" + namespace.cache() + "': " + member;
    }

    // Looking at what other nodes say

    /** Asks the trusted zones what others owe; who is accused is trusted no longer. */
    CompletableFuture<Void> look() {
        long asked = System.nanoTime();
        Map<Member, Seen> seen = new ConcurrentHashMap<>();
        return all(started.isDone() ? view.trusted().stream().map(at -> seenAt(at, seen)) : Stream.of())
                .thenRun(() -> {
                    accused(seen).keySet().forEach(this::distrustAccused);
                    lookedAt = asked;
                });
    }

    private CompletableFuture<Void> lookOnce() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> running = looking.compareAndExchange(null, mine);
        if (running != null) {
            return running;
        }
        look().whenComplete((done, failure) -> {
            looking.set(null);
            mine.complete(null);
        });
        return mine;
    }

    /** What a zone says; a failure is not one of this stage. */
    private CompletableFuture<Void> seenAt(Member at, Map<Member, Seen> seen) {
        long sent = System.nanoTime();
        return askMarks(at, Marks::look).handle((answer, failure) -> {
            if (failure == null) {
                at.clock().learn(sent, System.nanoTime(), answer.serverMicros());
                seen.put(at, answer);
            } else if (isRefusal(failure)) {
                distrust(at, "it refuses to be asked: " + failure.getMessage());
            }
            return null;
        });
    }

    /** Where a mark is. */
    private record Found(Member at, Mark mark, long ageMicros) {}

    /** The zones to which other nodes owe something, by what has been seen. */
    private Map<Member, List<Found>> accused(Map<Member, Seen> seen) {
        Map<String, Member> byName = members.stream().collect(Collectors.toMap(Member::name, member -> member));
        List<Found> all = new ArrayList<>();
        seen.forEach((at, answer) -> {
            for (Mark mark : answer.marks()) {
                if (byName.containsKey(mark.zone())) {
                    if (mark.node().equals(namespace.node())) {
                        unmark(at, byName.get(mark.zone()));
                    } else {
                        all.add(new Found(at, mark, answer.serverMicros() - mark.sinceMicros()));
                    }
                }
            }
        });
        return all.stream()
                .collect(Collectors.groupingBy(found -> Objects.requireNonNull(byName.get(found.mark.zone()))));
    }

    /** Under the lock, so that a mark that is needed from now on is sent after this. */
    private synchronized void unmark(Member at, @Nullable Member member) {
        if (member != null && member.debts.isEmpty()) {
            var unused = patience.await(() -> at.marks.unmark(member.name()).thenApply(done -> true));
        }
    }

    // How zones come back

    private void tickWhileAway() {
        long delay;
        synchronized (this) {
            if (ticking || closed || view.untrusted().isEmpty()) {
                return;
            }
            ticking = true;
            delay = tickNanos;
            tickNanos = Math.min(LONGEST_TICK_NANOS, 2 * tickNanos);
        }
        patience.later(this::tick, delay);
    }

    private void tick() {
        recover().whenComplete((done, failure) -> {
            synchronized (this) {
                ticking = false;
            }
            tickWhileAway();
        });
    }

    /** What a zone that answers has missed is not left to the next tick: before that there would be more of it. */
    void payTold() {
        if (!view.told().isEmpty()) {
            CompletableFuture<Void> before = round.get();
            if (before == null) {
                recover();
            } else {
                before.thenRun(this::recover);
            }
        }
    }

    /** One attempt to have the zones back that are not trusted; if one is under way, that. It never fails. */
    CompletableFuture<Void> recover() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> running = round.compareAndExchange(null, mine);
        if (running != null) {
            return running;
        }
        Map<Member, Seen> seen = new ConcurrentHashMap<>();
        all(members.stream().map(at -> seenAt(at, seen)))
                .thenCompose(done -> judge(seen))
                .whenComplete((done, failure) -> {
                    round.set(null);
                    mine.complete(null);
                });
        return mine;
    }

    private CompletableFuture<Void> judge(Map<Member, Seen> seen) {
        Map<Member, List<Found>> accused = accused(seen);
        accused.keySet().forEach(this::distrustAccused);
        CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
        for (Member member : ownFirst(view.untrusted())) {
            if (seen.containsKey(member)) {
                done = done.thenCompose(before -> comeBack(member, accused.getOrDefault(member, List.of())));
            } else {
                done = done.thenCompose(before -> renewMarks(member));
            }
        }
        return done;
    }

    /** So that it is heard from the start, and not another first. */
    private List<Member> ownFirst(List<Member> zones) {
        return zones.stream()
                .sorted(Comparator.comparing((Member member) -> member != own))
                .toList();
    }

    private CompletableFuture<Void> renewMarks(Member owing) {
        List<Member> well = view.written();
        return owing.debts.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : settled(all(well.stream().filter(at -> at != owing).map(at -> mark(at, List.of(owing)))));
    }

    private CompletableFuture<Void> comeBack(Member member, List<Found> marks) {
        List<Found> silent =
                marks.stream().filter(found -> found.ageMicros > silenceMicros).toList();
        return settled(renewMarks(member)
                .thenCompose(renewed -> all(silent.stream().map(found -> takeOver(member, found))))
                .thenCompose(taken -> pay(member))
                .thenCompose(paid -> tellFromNowOn(member) ? pay(member) : CompletableFuture.completedFuture(null))
                .thenCompose(paid -> lookAndReadmit(member)));
    }

    /** What was seen before the zone was told is old by now: another node may have missed a write there since. */
    private CompletableFuture<Void> lookAndReadmit(Member member) {
        long asked = System.nanoTime();
        Map<Member, Seen> seen = new ConcurrentHashMap<>();
        return all(members.stream().map(at -> seenAt(at, seen)))
                .thenCompose(done -> accused(seen).containsKey(member)
                        ? CompletableFuture.completedFuture(null)
                        : readmit(member, seen.keySet(), asked));
    }

    /**
     * A node has not said for long that it still has something to tell the zone: it is gone, and nobody knows what it was.
     * First this node says that it has; of several who find the same, the one that takes the old mark away has to clear.
     */
    private CompletableFuture<Void> takeOver(Member member, Found found) {
        boolean isNew = member.debts.everything() == null;
        synchronized (this) {
            member.debts.addEverything(System.nanoTime());
        }
        Debt debt = member.debts.everything();
        return mark(found.at, List.of(member))
                .thenCompose(marked -> askMarks(found.at, marks -> marks.remove(found.mark)))
                .thenAccept(mine -> {
                    if (!mine && isNew) {
                        member.debts.paidEverything(debt);
                    }
                });
    }

    private CompletableFuture<Void> pay(Member member) {
        return payEverything(member)
                .thenCompose(done -> payClear(member))
                .thenCompose(done -> pay(
                        member, List.copyOf(member.debts.due(System.nanoTime()).entrySet()), 0));
    }

    /** All zones have one generation, so that it takes a clear of all of them. */
    private CompletableFuture<Void> payEverything(Member member) {
        Debt everything = member.debts.everything();
        if (everything == null || !everything.isDue(System.nanoTime())) {
            return CompletableFuture.completedFuture(null);
        }
        LOG.log(
                WARNING,
                () -> subject(member) + " has missed more than is known; the cache is cleared before it is trusted");
        CompletableFuture<?> cleared = view.isLost() ? clearAlone(member) : clear(RedisZones.newToken(), ttlMillis);
        return cleared.thenRun(() -> member.debts.paidEverything(everything));
    }

    private CompletableFuture<Receipt> clearAlone(Member member) {
        return ask(member, tier -> tier.clear(RedisZones.newToken(), ttlMillis));
    }

    private CompletableFuture<Void> payClear(Member member) {
        Debt clear = member.debts.clear();
        if (clear == null) {
            return CompletableFuture.completedFuture(null);
        }
        List<Member> trusted = view.trusted();
        CompletableFuture<?> done = trusted.isEmpty() ? clearAlone(member) : agree(member, trusted.get(0));
        return done.thenRun(() -> member.debts.paidClear(clear));
    }

    private CompletableFuture<Void> pay(Member member, List<Map.Entry<Item, Debt>> due, int from) {
        int to = Math.min(due.size(), from + BATCH); // pipelined, but never so many that they time out together
        CompletableFuture<Void> batch = all(due.subList(from, to).stream()
                .map(each ->
                        pay(member, each.getKey()).thenRun(() -> member.debts.paid(each.getKey(), each.getValue()))));
        return to == due.size() ? batch : batch.thenCompose(done -> pay(member, due, to));
    }

    private CompletableFuture<?> pay(Member member, Item item) {
        if (!item.isTag()) {
            return ask(member, tier -> tier.invalidate(item.name()));
        }
        List<Member> trusted = view.trusted();
        return trusted.isEmpty()
                ? ask(member, tier -> tier.invalidateTag(item.name(), RedisZones.newToken(), ttlMillis))
                : agreeOnTag(item.name(), member, trusted.get(0));
    }

    private CompletableFuture<Void> readmit(Member member, Set<Member> answered, long asked) {
        List<Member> trusted = view.trusted();
        CompletableFuture<?> ready;
        if (!trusted.isEmpty()) {
            ready = hasGeneration ? agree(member, trusted.get(0)) : CompletableFuture.completedFuture(null);
        } else if (mayBeAlone(member, answered)) {
            ready = CompletableFuture.completedFuture(null);
        } else if (isGraceOver()) {
            LOG.log(
                    WARNING,
                    () -> subject(member) + " is the only one that answers and may have missed writes; it is cleared");
            ready = clearAlone(member);
        } else {
            return CompletableFuture.completedFuture(null);
        }
        return ready.thenRun(() -> trust(member, asked));
    }

    /**
     * Whether a zone can be trusted by itself, no other being trusted: it was the last one, so that nothing was written
     * without it; or all others have been asked.
     */
    private synchronized boolean mayBeAlone(Member member, Set<Member> answered) {
        return !everTrusted || member == last || answered.containsAll(members);
    }

    private synchronized boolean isGraceOver() {
        return System.nanoTime() - lostAt > graceNanos;
    }

    // One generation in all zones

    /** Moves all zones to a generation, the first one first: see {@link #agree}. */
    CompletableFuture<Receipt> clear(Token generation, long ttl) {
        return new Writing(
                        this,
                        debts -> debts.addClear(System.nanoTime()),
                        member -> ask(member, tier -> tier.clear(generation, ttl)))
                .inOrder();
    }

    /**
     * Brings a zone to the generation that the first one has. A clear is carried out there first: so if the generation here
     * was read before the one there, and is still the same when it is replaced, no later clear is undone. Nor can it be one
     * that was cleared without the first zone: then that zone is marked here.
     *
     * @return the generation in the first zone, as it is here now
     */
    CompletableFuture<Generation> agree(Member member, Member first, Token there) {
        return generation(member, there)
                .thenCompose(here -> here.token().equals(there)
                        ? CompletableFuture.completedFuture(here)
                        : generation(first, there).thenCompose(now -> adopt(member, here, first, now.token())));
    }

    private CompletableFuture<?> agree(Member member, Member first) {
        return generation(first, RedisZones.newToken()).thenCompose(there -> agree(member, first, there.token()));
    }

    private CompletableFuture<Generation> adopt(Member member, Generation here, Member first, Token next) {
        if (here.token().equals(next)) {
            return CompletableFuture.completedFuture(here);
        }
        return askMarks(member, marks -> marks.adopt(here.token(), next, first.name(), ttlMillis))
                .thenApply(adopted -> {
                    if (!adopted) {
                        throw new RedisException("The generation has changed in " + member);
                    }
                    return new Generation(next, here.sequence(), here.server(), here.serverMicros());
                });
    }

    private CompletableFuture<Generation> generation(Member member, Token candidate) {
        return ask(member, tier -> tier.generation(0, candidate, ttlMillis));
    }

    /** As {@link #agree}, for a tag. */
    CompletableFuture<TagGeneration> agreeOnTag(String tag, Member member, Member first, Token there, long ttl) {
        return tag(tag, member, there, ttl)
                .thenCompose(here -> here.token().equals(there)
                        ? CompletableFuture.completedFuture(here)
                        : tag(tag, first, there, ttl)
                                .thenCompose(now -> here.token().equals(now.token())
                                        ? CompletableFuture.completedFuture(here)
                                        : askMarks(
                                                        member,
                                                        marks -> marks.adoptTag(
                                                                tag, here.token(), now.token(), first.name(), ttl))
                                                .thenCompose(adopted -> tag(tag, member, now.token(), ttl))));
    }

    private CompletableFuture<?> agreeOnTag(String tag, Member member, Member first) {
        return tag(tag, first, RedisZones.newToken(), ttlMillis)
                .thenCompose(there -> agreeOnTag(tag, member, first, there.token(), ttlMillis));
    }

    private CompletableFuture<TagGeneration> tag(String tag, Member member, Token candidate, long ttl) {
        return ask(member, tier -> tier.tag(tag, candidate, ttl));
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
        members.forEach(member -> member.tier.close());
    }

    static CompletableFuture<Void> all(Stream<? extends CompletableFuture<?>> stages) {
        return CompletableFuture.allOf(stages.toArray(CompletableFuture[]::new));
    }

    /** Completes when it is done or has failed. */
    private static CompletableFuture<Void> settled(CompletableFuture<?> stage) {
        return stage.handle((done, failure) -> null);
    }
}
