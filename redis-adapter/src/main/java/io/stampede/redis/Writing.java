package io.stampede.redis;

import io.lettuce.core.RedisException;
import io.stampede.spi.RemoteTier.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
            view = cache.oweWhereAway(debt);
        } catch (RedisException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<List<Member>> marked = cache.marked(view.trusted(), view.away(), debt);
        CompletableFuture<List<Member>> done = carriedOut(view.trusted(), operation)
                .thenCompose(well ->
                        isApplied(view.reader()) ? madeGood(well, instead) : CompletableFuture.completedFuture(well));
        return marked.thenCombine(
                        done,
                        (known, well) -> known.stream().filter(well::contains).toList())
                .thenCompose(this::allKnow)
                .thenCompose(this::receipt);
    }

    /**
     * In the first zone before the others, and not before all know which zones are missing: for what another node may carry
     * from the first zone to the others.
     */
    CompletableFuture<Receipt> inOrder() {
        View view;
        try {
            view = cache.oweWhereAway(debt);
        } catch (RedisException e) {
            return CompletableFuture.failedFuture(e);
        }
        return cache.marked(view.trusted(), view.away(), debt)
                .thenCompose(this::firstOf)
                .thenCompose(this::receipt);
    }

    private CompletableFuture<List<Member>> firstOf(List<Member> well) {
        List<Member> rest = well.subList(1, well.size());
        return carriedOut(well.subList(0, 1), operation)
                .thenCompose(first -> first.isEmpty()
                        ? allKnow(rest).thenCompose(left -> firstOf(left))
                        : carriedOut(rest, operation)
                                .thenApply(others -> both(first, others))
                                .thenCompose(this::allKnow));
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

    private CompletableFuture<List<Member>> allKnow(List<Member> well) {
        List<Member> missing = List.copyOf(failures.keySet());
        Throwable why = missing.isEmpty() ? new RedisException("nothing") : failures.get(missing.get(0));
        failures.clear();
        return well.isEmpty() && why != null && ZonedCache.isRefusal(why)
                ? CompletableFuture.failedFuture(why)
                : cache.missed(well, missing, debt, why == null ? new RedisException("nothing") : why);
    }

    /** That of the zone heard, or, if it was lost on the way, any other's. */
    private CompletableFuture<Receipt> receipt(List<Member> well) {
        View view = cache.view();
        @Nullable Member heard = view.heard();
        Member from = heard != null && well.contains(heard) ? heard : well.get(0);
        Receipt receipt = receipts.get(from);
        return receipt == null
                ? CompletableFuture.failedFuture(new RedisException("No zone has carried out the write"))
                : CompletableFuture.completedFuture(new Receipt(
                        receipt.applied(),
                        receipt.revoked(),
                        view.present(from, receipt.serverMicros(), System.nanoTime())));
    }
}
