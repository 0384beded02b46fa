package io.stampede.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads of single keys, some of which share a command. As long as few are under way each is a {@code GET} that is sent at
 * once. Those that come while there are many wait for the next answer and then go together, as one {@code MGET}: a command
 * costs much more than a key, on the way to Redis and back.
 *
 * <p>Thread-safe.
 */
final class SharedReads {

    /** A read that waits does so for an eighth of a round trip, and saves more than that where there are so many. */
    static final int MOST_UNDER_WAY = 8;

    /** All are answered together: large values must not keep small ones waiting for long. */
    static final int MOST_TOGETHER = 32;

    private final RedisCommands redis;
    private final AtomicInteger underWay = new AtomicInteger();
    private final Queue<Read> waiting = new ConcurrentLinkedQueue<>();

    SharedReads(RedisCommands redis) {
        this.redis = redis;
    }

    /** A read that waits for others. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Read(byte[] key, CompletableFuture<byte @Nullable []> answer) {}

    /** The value of a key, as {@link RedisCommands#get} or as {@link RedisCommands#getAll} finds it. */
    CompletionStage<byte @Nullable []> get(byte[] key) {
        if (begin()) {
            return read(key);
        }
        Read read = new Read(key, new CompletableFuture<>());
        waiting.add(read);
        sendWaiting(); // all that were under way may have ended since
        return read.answer;
    }

    private boolean begin() {
        for (int now = underWay.get(); now < MOST_UNDER_WAY; now = underWay.get()) {
            if (underWay.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** First: so that Redis has something to do while those are woken whom it has answered. */
    private void end() {
        underWay.decrementAndGet();
        sendWaiting();
    }

    private void sendWaiting() {
        while (!waiting.isEmpty() && begin()) {
            List<Read> together = new ArrayList<>();
            for (Read next = waiting.poll();
                    next != null;
                    next = together.size() < MOST_TOGETHER ? waiting.poll() : null) {
                together.add(next);
            }
            if (together.isEmpty()) {
                underWay.decrementAndGet();
            } else {
                read(together);
            }
        }
    }

    private CompletionStage<byte @Nullable []> read(byte[] key) {
        try {
            return redis.get(key).whenComplete((value, failure) -> end());
        } catch (RuntimeException e) {
            end();
            throw e;
        }
    }

    private void read(List<Read> together) {
        try {
            redis.getAll(together.stream().map(Read::key).toArray(byte[][]::new))
                    .whenComplete((values, failure) -> {
                        end();
                        for (int i = 0; i < together.size(); i++) {
                            if (failure == null) {
                                together.get(i).answer.complete(values.get(i));
                            } else {
                                together.get(i).answer.completeExceptionally(failure);
                            }
                        }
                    });
        } catch (RuntimeException e) {
            end();
            together.forEach(read -> read.answer.completeExceptionally(e));
        }
    }
}
