package io.stampede.redis;

import static java.lang.System.Logger.Level.DEBUG;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.netty.util.concurrent.EventExecutor;
import io.stampede.spi.RemoteCutOffException;
import io.stampede.spi.RemoteRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The three commands that the data connection carries, with Lettuce. Nothing is ever sent a second time, except what Redis
 * says it has not run: a script that it doesn't know, and what it asks to try again while a slot moves.
 *
 * <p>Thread-safe.
 */
final class LettuceCommands<C extends StatefulConnection<byte[], byte[]>> implements RedisCommands, Link.Events<C> {

    private static final System.Logger LOG = System.getLogger(LettuceCommands.class.getName());
    private static final byte[] NO_ENVELOPE = {};

    /** What tells the owners apart is an int. */
    private static final long MANY_OWNERS = 1L << 32;

    /** While a slot moves, a script may find some of its keys moved and others not. Mostly that is over soon. */
    private static final long FIRST_PAUSE_MILLIS = 5;

    private static final long LONGEST_PAUSE_MILLIS = 40;

    private final String address;
    private final EventExecutor executor;
    private final Wire<C> wire;
    private final Link<C> link;

    LettuceCommands(String address, Wire<C> wire, EventExecutor executor) {
        this.address = address;
        this.wire = wire;
        this.executor = executor;
        this.link = new Link<>("The data connection to " + address, wire, executor, this);
    }

    Link<?> link() {
        return link;
    }

    @Override
    public long session(byte[] prefix) {
        C connection = link.connection();
        return link.openings() * MANY_OWNERS + (connection == null ? 0 : wire.owner(connection, prefix));
    }

    @Override
    public CompletionStage<byte @Nullable []> get(byte[] key) {
        return send("GET", commands -> commands.get(key))
                .exceptionallyCompose(e -> e.getCause() != null && startsWith(e.getCause(), "WRONGTYPE")
                        ? CompletableFuture.completedFuture(NO_ENVELOPE)
                        : CompletableFuture.failedFuture(e));
    }

    @Override
    public CompletionStage<List<byte @Nullable []>> getAll(byte[][] keys) {
        return send("MGET", commands -> commands.mget(keys)).thenApply(LettuceCommands::values);
    }

    private static List<byte @Nullable []> values(List<KeyValue<byte[], byte[]>> found) {
        List<byte @Nullable []> values = new ArrayList<>(found.size());
        for (KeyValue<byte[], byte[]> each : found) {
            values.add(each.hasValue() ? each.getValue() : null);
        }
        return values;
    }

    @Override
    public CompletionStage<List<Object>> run(Script script, byte[][] keys, byte[]... args) {
        return this.<List<Object>>send(
                        script.name(),
                        commands -> commands.evalsha(script.digest(), ScriptOutputType.MULTI, keys, args))
                .exceptionallyCompose(e -> e.getCause() instanceof RedisNoScriptException
                        ? send(
                                script.name(),
                                commands -> commands.eval(script.source(), ScriptOutputType.MULTI, keys, args))
                        : CompletableFuture.failedFuture(e));
    }

    private <T extends @Nullable Object> CompletionStage<T> send(
            String operation, Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        return send(operation, command, FIRST_PAUSE_MILLIS);
    }

    /** Sends it again after a pause, and after twice the pause, if Redis asks for that. */
    private <T extends @Nullable Object> CompletionStage<T> send(
            String operation,
            Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command,
            long pauseMillis) {
        C connection = link.connection();
        if (connection == null) {
            return CompletableFuture.failedFuture(notConnected(operation));
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        RedisFuture<T> sent = command.apply(wire.commands(connection));
        sent.whenComplete((reply, failure) -> {
            if (failure == null) {
                answer.complete(reply);
            } else if (pauseMillis > LONGEST_PAUSE_MILLIS
                    || !startsWith(unwrapped(failure), "TRYAGAIN")
                    || !later(pauseMillis, () -> send(operation, command, 2 * pauseMillis), answer)) {
                answer.completeExceptionally(failed(operation, failure, connection));
            }
        });
        if (!connection.isOpen()) {
            sent.cancel(true); // it may have been queued behind the clean-up, where nobody would answer it
        }
        return answer;
    }

    private <T extends @Nullable Object> boolean later(
            long millis, Supplier<CompletionStage<T>> attempt, CompletableFuture<T> answer) {
        try {
            executor.schedule(
                    () -> attempt.get().whenComplete((reply, failure) -> {
                        if (failure == null) {
                            answer.complete(reply);
                        } else {
                            answer.completeExceptionally(failure);
                        }
                    }),
                    millis,
                    TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    private RedisException notConnected(String operation) {
        Throwable trouble = link.trouble();
        return new RedisConnectionException(
                operation + " was not sent, there is no connection to " + address
                        + " at the moment; it will be opened as soon as the server answers",
                trouble);
    }

    private RuntimeException failed(String operation, Throwable failure, C connection) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof RedisCommandTimeoutException) {
            link.drop(connection, cause); // nothing comes back: it may be half open, and only a new one can tell
        } else if (startsWith(cause, "READONLY")) {
            link.drop(connection, cause); // no primary any more: the way to the new one has to be found anew
        }
        String reason = cause instanceof CancellationException
                ? "the connection was lost, so it may have been carried out or not"
                : String.valueOf(cause.getMessage());
        String message = operation + " failed at " + address + ": " + reason + hint(reason);
        if (startsWith(cause, "NOREPLICAS")) {
            return new RemoteCutOffException(message, cause);
        }
        return cause instanceof RedisCommandExecutionException
                ? new RemoteRefusedException(message, cause)
                : new RedisException(message, cause);
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static String hint(String reason) {
        if (reason.startsWith("NOPERM")) {
            return " (the user needs ~stampede:1:* &stampede:1:* +get +mget +set +setrange +getrange +strlen +del +type"
                    + " +hset +hmget +hincrby +pexpire +pttl +time +info +ping +publish +subscribe +unsubscribe +eval +evalsha +script|load)";
        }
        if (reason.startsWith("MOVED") || reason.startsWith("ASK")) {
            return " (this is a node of a Redis Cluster, which a RedisClient does not follow; see RedisTier.connectCluster)";
        }
        return "";
    }

    private static boolean startsWith(Throwable failure, String code) {
        String message = failure.getMessage();
        return message != null && message.startsWith(code);
    }

    /**
     * Loads the scripts. Nobody waits for it: Redis runs what follows on this connection after it, and where it fails
     * (permissions) or is undone later ({@code SCRIPT FLUSH}), the scripts are sent along when needed.
     */
    @Override
    public void up(C connection) {
        for (Script script : Script.values()) {
            wire.commands(connection).scriptLoad(script.source()).whenComplete((digest, failure) -> {
                if (failure != null) {
                    LOG.log(DEBUG, () -> script + " can't be loaded and will be sent with each use", failure);
                }
            });
        }
    }

    @Override
    public void down() {
        // Lettuce has failed the commands that were under way
    }
}
