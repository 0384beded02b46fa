package io.stampede.redis;

import io.stampede.spi.RemoteCutOffException;
import io.stampede.spi.RemoteRefusedException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.redisson.RedissonShutdownException;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisException;
import org.redisson.client.RedisNodeNotFoundException;
import org.redisson.client.RedisReconnectedException;
import org.redisson.client.RedisTimeoutException;

/** What Redisson's exceptions say: whether Redis itself has said no, or nobody has answered. */
final class RedissonErrors {

    /** What Redisson adds to the text of an error that Redis has sent; behind it come the command's arguments. */
    private static final String ADDED = ". channel: ";

    private RedissonErrors() {}

    /** As a failure of ours. Redisson's own text, with a part of the arguments, is left to its cause. */
    static RuntimeException failed(String operation, Throwable failure) {
        Throwable cause = causeOf(failure);
        String error = errorReply(cause);
        if (error != null) {
            String message = operation + " failed at Redis: " + error;
            return error.startsWith("NOREPLICAS")
                    ? new RemoteCutOffException(message, cause)
                    : new RemoteRefusedException(message, cause);
        }
        String reason = cause instanceof CancellationException
                ? "the connection was lost, so it may have been carried out or not"
                : cause.getClass().getSimpleName();
        return new RedisException(operation + " got no answer from Redis through Redisson: " + reason, cause);
    }

    /** The text of the error with which Redis has answered; null if it hasn't. */
    static @Nullable String errorReply(Throwable failure) {
        Throwable cause = causeOf(failure);
        String message = cause.getMessage();
        if (!(cause instanceof RedisException) || isSilence(cause) || message == null) {
            return null;
        }
        int end = message.indexOf(ADDED);
        return end < 0 ? null : message.substring(0, end);
    }

    private static boolean isSilence(Throwable failure) {
        return failure instanceof RedisTimeoutException
                || failure instanceof RedisConnectionException
                || failure instanceof RedisReconnectedException
                || failure instanceof RedisNodeNotFoundException
                || failure instanceof RedissonShutdownException;
    }

    static Throwable causeOf(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
