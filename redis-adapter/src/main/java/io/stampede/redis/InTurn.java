package io.stampede.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what one thread sends in order, for a client that spreads commands over many connections, where the second may
 * overtake the first. The first is sent at once; what the thread sends before it is answered goes together when it is,
 * in one pipeline. A thread that waits for each answer never notices.
 *
 * <p>Thread-safe. Holds nothing for a thread of which nothing is under way.
 *
 * @param <C> a command
 */
final class InTurn<C> {

    private final Function<List<C>, CompletionStage<?>> pipeline;
    private final Map<Thread, Queue<C>> underWay = new ConcurrentHashMap<>();

    /**
     * For one client.
     *
     * @param pipeline sends commands in their order; completes, with a failure or not, when none of them is under way
     *     any more; doesn't throw
     */
    InTurn(Function<List<C>, CompletionStage<?>> pipeline) {
        this.pipeline = pipeline;
    }

    void send(C command) {
        Thread sender = Thread.currentThread();
        boolean[] isFirst = {false};
        underWay.compute(sender, (thread, waiting) -> {
            if (waiting == null) {
                isFirst[0] = true;
                return new ArrayDeque<>();
            }
            waiting.add(command);
            return waiting;
        });
        if (isFirst[0]) {
            send(sender, List.of(command));
        }
    }

    private void send(Thread sender, List<C> commands) {
        pipeline.apply(commands).whenComplete((nothing, failure) -> {
            List<C> next = next(sender);
            if (next != null) {
                send(sender, next);
            }
        });
    }

    private @Nullable List<C> next(Thread sender) {
        List<C> next = new ArrayList<>();
        underWay.computeIfPresent(sender, (thread, waiting) -> {
            next.addAll(waiting);
            return waiting.isEmpty() ? null : new ArrayDeque<>();
        });
        return next.isEmpty() ? null : next;
    }
}
