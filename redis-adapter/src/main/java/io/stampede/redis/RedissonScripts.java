package io.stampede.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.redisson.api.BatchOptions;
import org.redisson.api.RBatch;
import org.redisson.api.RFuture;
import org.redisson.api.RScript.Mode;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RScriptAsync;
import org.redisson.api.options.OptionalOptions;
import org.redisson.client.RedisNoScriptException;
import org.redisson.client.codec.ByteArrayCodec;

/**
 * Runs scripts with Redisson, each once, and where it is asked for those of one thread in the order of the calls, though
 * Redisson has many connections. A script that Redis doesn't know, and hence has not run, is sent again with its source.
 *
 * <p>Thread-safe.
 */
final class RedissonScripts {

    private final RedissonContact contact;
    private final InTurn<Call> inTurn = new InTurn<>(this::send);

    RedissonScripts(RedissonContact contact) {
        this.contact = contact;
    }

    CompletionStage<List<Object>> runAtOnce(Script script, byte[][] keys, byte[]... args) {
        Call call = new Call(script, List.of((Object[]) keys), args, new CompletableFuture<>());
        send(List.of(call));
        return call.answer;
    }

    /** After what this thread has sent before, except at once. */
    CompletionStage<List<Object>> runInTurn(Script script, byte[][] keys, byte[]... args) {
        Call call = new Call(script, List.of((Object[]) keys), args, new CompletableFuture<>());
        inTurn.send(call);
        return call.answer;
    }

    /** A script on its way. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Call(Script script, List<Object> keys, byte[][] args, CompletableFuture<List<Object>> answer) {

        RFuture<List<Object>> by(RScriptAsync scripts, boolean withSource) {
            String slot = new String((byte[]) keys.get(0), StandardCharsets.UTF_8);
            return withSource
                    ? scripts.evalAsync(slot, Mode.READ_WRITE, script.source(), ReturnType.LIST, keys, (Object[]) args)
                    : scripts.evalShaAsync(
                            slot, Mode.READ_WRITE, script.digest(), ReturnType.LIST, keys, (Object[]) args);
        }

        void ends(@Nullable List<Object> reply, @Nullable Throwable failure) {
            if (reply != null) {
                answer.complete(reply);
            } else {
                answer.completeExceptionally(RedissonErrors.failed(
                        script.name(), failure == null ? new IllegalStateException("an empty reply") : failure));
            }
        }
    }

    private CompletionStage<?> send(List<Call> calls) {
        return send(calls, false).thenCompose(unknown -> send(unknown, true));
    }

    /** Sends scripts together. Completes when all are answered, with those that have to be sent with their source. */
    private CompletionStage<List<Call>> send(List<Call> calls, boolean withSource) {
        List<CompletableFuture<List<Object>>> replies;
        try {
            replies = calls.size() > 1 ? pipelined(calls, withSource) : replies(calls, alone(), withSource);
        } catch (RuntimeException e) { // the client can't be used yet, or not any more
            calls.forEach(call -> call.ends(null, e));
            return CompletableFuture.completedFuture(List.of());
        }
        CompletionStage<List<Call>> unknown = CompletableFuture.completedFuture(new ArrayList<>());
        for (int i = 0; i < calls.size(); i++) {
            Call call = calls.get(i);
            CompletionStage<Boolean> isUnknown = replies.get(i).handle((reply, failure) -> {
                if (!withSource
                        && failure != null
                        && RedissonErrors.causeOf(failure) instanceof RedisNoScriptException) {
                    return true;
                }
                call.ends(reply, failure);
                return false;
            });
            unknown = unknown.thenCombine(isUnknown, (list, add) -> {
                if (add) {
                    list.add(call);
                }
                return list;
            });
        }
        return unknown;
    }

    private RScriptAsync alone() {
        return contact.client()
                .getScript(OptionalOptions.defaults()
                        .codec(ByteArrayCodec.INSTANCE)
                        .retryAttempts(0));
    }

    private List<CompletableFuture<List<Object>>> pipelined(List<Call> calls, boolean withSource) {
        RBatch batch = contact.client().createBatch(BatchOptions.defaults().retryAttempts(0));
        List<CompletableFuture<List<Object>>> replies =
                replies(calls, batch.getScript(ByteArrayCodec.INSTANCE), withSource);
        batch.executeAsync().whenComplete((all, failure) -> {
            if (failure != null) { // of one or of all; who has a reply keeps it
                replies.forEach(reply -> reply.completeExceptionally(failure));
            }
        });
        return replies;
    }

    private static List<CompletableFuture<List<Object>>> replies(
            List<Call> calls, RScriptAsync scripts, boolean withSource) {
        return calls.stream()
                .map(call -> call.by(scripts, withSource).toCompletableFuture())
                .toList();
    }
}
