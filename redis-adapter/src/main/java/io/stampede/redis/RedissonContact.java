package io.stampede.redis;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisConnectionException;

/**
 * Whether a Redisson client may be used. One that was created with lazy initialization connects on the thread of whoever
 * uses it first, and keeps that thread until Redis is there or Redisson gives up; then the next one's. That must not be a
 * cache's caller, so it is a thread of ours, and until it has succeeded nobody else gets near the client.
 *
 * <p>Thread-safe.
 */
final class RedissonContact {

    private static final System.Logger LOG = System.getLogger(RedissonContact.class.getName());
    private static final long RETRY_MILLIS = 1_000;

    private enum State {
        AWAITED,
        MADE,
        CLOSED
    }

    private final RedissonClient client;
    private final ScheduledExecutorService executor;
    private final CompletableFuture<Void> tried = new CompletableFuture<>();
    private volatile State state = State.AWAITED;

    RedissonContact(RedissonClient client, ScheduledExecutorService executor) {
        this.client = client;
        this.executor = executor;
    }

    /** Goes about it until it succeeds. The stage completes, never with a failure, when the first attempt has ended. */
    CompletionStage<Void> make() {
        if (client.getConfig().isLazyInitialization()) {
            executor.execute(this::attempt);
        } else {
            made();
        }
        return tried;
    }

    private void attempt() {
        try {
            client.getBucket("stampede:1:").getAsync(); // whatever Redis answers
            made();
        } catch (RuntimeException e) {
            LOG.log(tried.isDone() ? DEBUG : WARNING, () -> "Redisson can't connect yet, trying on: " + e);
            if (state == State.AWAITED) {
                executor.schedule(this::attempt, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
            tried.complete(null);
        }
    }

    private synchronized void made() {
        if (state == State.AWAITED) {
            state = State.MADE;
        }
        tried.complete(null);
    }

    /** Nobody uses the client from now on. */
    synchronized void close() {
        state = State.CLOSED;
    }

    /**
     * The client.
     *
     * @throws RedisConnectionException if it can't be used without waiting
     */
    RedissonClient client() {
        return switch (state) {
            case MADE -> client;
            case AWAITED -> throw new RedisConnectionException("Redisson has not connected to Redis yet");
            case CLOSED -> throw new RedisConnectionException("The RedissonTier was closed");
        };
    }
}
