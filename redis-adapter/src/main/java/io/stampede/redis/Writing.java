package io.stampede.redis;

import io.lettuce.core.RedisException;
import io.stampede.spi.RemoteTier.Receipt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One write in all zones. It is done when each trusted zone has carried it out, and every one of them knows which zones have
 * missed it: so no node that asks any of them trusts a zone without it.
 */
final class Writing {

    private final ZonedCache cache;
    private final Consumer<Debts> debt;
    private final Function<Member, CompletableFuture<Receipt>> operation;
    private final Map<Member, Receipt> receipts = new ConcurrentHashMap<>();
    private final Map<Member, Throwable> failures = new ConcurrentHashMap<>();

    /**
     * A write.
     *
     * @param debt what a zone owes that has missed it
     * @param operation carries it out in one zone
     */
    Writing(ZonedCache cache, Consumer<Debts> debt, Function<Member, CompletableFuture<Receipt>> operation) {
        this.cache = cache;
        this.debt = debt;
        this.operation = operation;
    }

    /**
     * In all zones at once.
     *
     * @param instead for a zone that has found it too late, when the one heard has not
     */
    CompletableFuture<Receipt> together(Function<Member, CompletableFuture<Receipt>> instead) {
        View view;
        try {
            view = cache.owe(debt, View::away);
        } catch (RedisException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<List<Member>> marked = cache.marked(view.written(), view.away(), debt);
        CompletableFuture<List<Member>> done = carriedOut(view.written(), operation)
                .thenCompose(well ->
                        isApplied(view.reader()) ? madeGood(well, instead) : CompletableFuture.completedFuture(well));
        return marked.thenCombine(
                        done,
                        (known, well) -> known.stream().filter(well::contains).toList())
                .thenCompose(well -> allKnow(view, well))
                .thenCompose(well -> receipt(view, well));
    }

    /**
     * In the first zone before the others, and not before all know which zones are missing: for what another node may carry
     * from the first zone to the others.
     */
    CompletableFuture<Receipt> inOrder() {
        View view;
        try {
            view = cache.owe(debt, View::untrusted);
        } catch (RedisException e) {
            return CompletableFuture.failedFuture(e);
        }
        return cache.marked(view.trusted(), view.untrusted(), debt)
                .thenCompose(well -> firstOf(view, well))
                .thenCompose(well -> receipt(view, well))
                .whenComplete((receipt, failure) -> cache.payTold());
    }

    private CompletableFuture<List<Member>> firstOf(View view, List<Member> well) {
        List<Member> rest = well.subList(1, well.size());
        return carriedOut(well.subList(0, 1), operation)
                .thenCompose(first -> first.isEmpty()
                        ? allKnow(view, rest).thenCompose(left -> firstOf(view, left))
                        : carriedOut(rest, operation)
                                .thenApply(others -> both(first, others))
                                .thenCompose(left -> allKnow(view, left)));
    }

    private static List<Member> both(List<Member> first, List<Member> others) {
        List<Member> all = new ArrayList<>(first);
        all.addAll(others);
        return all;
    }

    private boolean isApplied(Member member) {
        Receipt receipt = receipts.get(member);
        return receipt != null && receipt.applied();
    }

    private CompletableFuture<List<Member>> madeGood(
            List<Member> well, Function<Member, CompletableFuture<Receipt>> instead) {
        List<Member> late = well.stream().filter(member -> !isApplied(member)).toList();
        late.forEach(receipts::remove);
        return carriedOut(late, instead)
                .thenApply(done -> well.stream().filter(receipts::containsKey).toList());
    }

    private CompletableFuture<List<Member>> carriedOut(
            List<Member> zones, Function<Member, CompletableFuture<Receipt>> what) {
        return ZonedCache.all(zones.stream()
                        .map(member -> what.apply(member).handle((receipt, failure) -> {
                            if (failure == null) {
                                receipts.put(member, receipt);
                            } else {
                                failures.put(member, failure);
                            }
                            return null;
                        })))
                .thenApply(done -> zones.stream().filter(receipts::containsKey).toList());
    }

    private CompletableFuture<List<Member>> allKnow(View view, List<Member> well) {
        List<Member> missing = List.copyOf(failures.keySet());
        Throwable why = missing.isEmpty() ? new RedisException("nothing") : failures.get(missing.get(0));
        failures.clear();
        return well.stream().noneMatch(view.trusted()::contains) && why != null && ZonedCache.isRefusal(why)
                ? CompletableFuture.failedFuture(why)
                : cache.missed(well, missing, debt, why == null ? new RedisException("nothing") : why);
    }

    /** That of the zone heard, or, if it was lost on the way, of any other that was trusted. */
    private CompletableFuture<Receipt> receipt(View before, List<Member> well) {
        View view = cache.view();
        Member from = well.stream()
                .filter(before.trusted()::contains)
                .min(Comparator.comparing(member -> member != view.heard()))
                .orElse(null);
        Receipt receipt = from == null ? null : receipts.get(from);
        return from == null || receipt == null
                ? CompletableFuture.failedFuture(new RedisException("No zone has carried out the write"))
                : CompletableFuture.completedFuture(new Receipt(
                        receipt.applied(),
                        receipt.revoked(),
                        view.present(from, receipt.serverMicros(), System.nanoTime())));
    }
}
