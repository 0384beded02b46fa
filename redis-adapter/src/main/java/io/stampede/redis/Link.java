package io.stampede.redis;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.resource.Delay;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection to Redis open: a lost one is closed for good, and a new one is opened with bounded backoff.
 *
 * <p>Lettuce can reconnect by itself, but not at first, and not without sending again what was under way when the
 * connection broke, unless the client's options say so, which an application's client need not. A closed connection
 * sends nothing any more, whatever the options.
 *
 * <p>Thread-safe. State changes and events happen one at a time on the client's executor.
 */
final class Link<C extends StatefulConnection<byte[], byte[]>> {

    private static final System.Logger LOG = System.getLogger(Link.class.getName());
    private static final Delay BACKOFF =
            Delay.fullJitter(Duration.ofMillis(20), Duration.ofSeconds(1), 20, TimeUnit.MILLISECONDS);
    private static final long STEADY_MILLIS = 1_000;

    /** For one attempt to connect: whoever takes longer to greet may be gone, and the next attempt find somebody. */
    private static final long ATTEMPT_MILLIS = 2_000;

    private final String name;
    private final Wire<C> wire;
    private final EventExecutor executor;
    private final Events<C> events;
    private final AtomicReference<@Nullable C> current = new AtomicReference<>();
    private final CompletableFuture<Void> tried = new CompletableFuture<>();
    private volatile boolean closed;
    private volatile @Nullable Throwable trouble;
    private volatile @Nullable Future<?> retry;
    private final AtomicLong openings = new AtomicLong();
    private final AtomicBoolean checking = new AtomicBoolean();
    private volatile Runnable whenOpen = () -> {};
    private int attempts; // on the executor only

    Link(String name, Wire<C> wire, EventExecutor executor, Events<C> events) {
        this.name = name;
        this.wire = wire;
        this.executor = executor;
        this.events = events;
    }

    /** Who is told when a connection comes and goes. */
    interface Events<C> {
        void up(C connection);

        void down();
    }

    /** Whom to tell when a connection has been opened. */
    void whenOpen(Runnable listener) {
        whenOpen = listener;
    }

    /** Starts to connect; the stage completes, never with a failure, when the first attempt has ended either way. */
    CompletionStage<Void> open() {
        post(this::attempt);
        return tried;
    }

    /** The connection; null while there is none. */
    @Nullable
    C connection() {
        return current.get();
    }

    /** There is reason to believe that the server can be reached now: the next attempt is made at once. */
    void hurry() {
        Future<?> pending = retry;
        if (connection() == null && pending != null && pending.cancel(false)) {
            post(this::attempt);
        }
    }

    /** How many connections there have been; a new one may lead elsewhere. */
    long openings() {
        return openings.get();
    }

    /** Why there is no connection; null if there has been no trouble. */
    @Nullable
    Throwable trouble() {
        return trouble;
    }

    private void attempt() {
        if (closed) {
            return;
        }
        attempts++;
        AtomicBoolean ended = new AtomicBoolean();
        Future<?> limit = later(
                () -> {
                    if (ended.compareAndSet(false, true)) {
                        attempted(null, new TimeoutException("no greeting within " + ATTEMPT_MILLIS + " ms"));
                    }
                },
                ATTEMPT_MILLIS);
        started(wire::open).whenComplete((connection, failure) -> {
            boolean inTime = ended.compareAndSet(false, true) && post(() -> attempted(connection, failure));
            if (limit != null) {
                limit.cancel(false);
            }
            if (!inTime && connection != null) {
                connection.closeAsync();
            }
        });
    }

    /** Closes the connection, and opens another, if it gives no sign of life within the time. */
    void check(long nanos) {
        C connection = current.get();
        if (connection == null || !checking.compareAndSet(false, true)) {
            return;
        }
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
        Future<?> limit = later(
                () -> drop(connection, new TimeoutException("it has given no sign of life for " + millis + " ms")),
                millis);
        started(() -> wire.signOfLife(connection)).whenComplete((sign, failure) -> {
            // One that was lost meanwhile has been dropped for that.
            checking.set(false);
            if (limit != null) {
                limit.cancel(false);
            }
        });
    }

    private static <T> CompletionStage<T> started(Supplier<CompletionStage<T>> operation) {
        try {
            return operation.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void attempted(@Nullable C connection, @Nullable Throwable failure) {
        if (connection != null) {
            connected(connection);
        } else {
            LOG.log(trouble == null ? WARNING : DEBUG, () -> name + " can't be opened yet, trying on: " + failure);
            trouble = failure;
            retryLater();
        }
        tried.complete(null);
    }

    private void connected(C connection) {
        LOG.log(trouble == null ? DEBUG : INFO, () -> name + " is open");
        trouble = null;
        openings.incrementAndGet(); // before anything can be sent on it
        current.set(connection);
        try {
            wire.whenLost(connection, () -> drop(connection, new IllegalStateException("the connection was lost")));
            events.up(connection);
            whenOpen.run();
        } catch (RuntimeException e) { // Lettuce throws when a connection to a cluster has just been closed
            drop(connection, e);
        }
        if (closed || !connection.isOpen()) {
            drop(connection, new IllegalStateException("the connection was lost at once"));
        }
        // One that breaks as soon as it is open must not be opened again at full speed.
        later(() -> attempts = connection == current.get() ? 0 : attempts, STEADY_MILLIS);
    }

    /**
     * Closes a connection that is gone or no good.
     *
     * @return completes when it is closed; at once if that has been done before
     */
    CompletionStage<Void> drop(C connection, Throwable cause) {
        if (!current.compareAndSet(connection, null)) {
            return CompletableFuture.completedFuture(null);
        }
        trouble = cause;
        CompletionStage<Void> end = connection.closeAsync();
        post(() -> {
            if (!closed) {
                LOG.log(WARNING, () -> name + " is closed, a new one will be opened: " + cause.getMessage());
                retryLater();
            }
            events.down();
        });
        return end;
    }

    private void retryLater() {
        retry = later(this::attempt, BACKOFF.createDelay(attempts).toMillis());
    }

    private @Nullable Future<?> later(Runnable task, long millis) {
        try {
            return executor.schedule(task, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            tellRejected(e);
            return null;
        }
    }

    /** Closes the connection and opens no other. Idempotent; the stage completes when the connection is closed. */
    CompletionStage<Void> close() {
        closed = true;
        Future<?> pending = retry;
        if (pending != null) {
            pending.cancel(false); // one that is set just now finds the link closed
        }
        C connection = current.get();
        return connection == null
                ? CompletableFuture.completedFuture(null)
                : drop(connection, new IllegalStateException("the RedisTier was closed"));
    }

    private boolean post(Runnable task) {
        try {
            executor.execute(new Surviving(name, task));
            return true;
        } catch (RejectedExecutionException e) {
            tellRejected(e);
            return false;
        }
    }

    private void tellRejected(RejectedExecutionException e) {
        LOG.log(closed ? DEBUG : WARNING, () -> name + " can't go on: its client was shut down", e);
    }
}
