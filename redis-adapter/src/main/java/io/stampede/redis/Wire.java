package io.stampede.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How a connection of one kind is opened, used, and known to be alive.
 *
 * @param <C> the kind of connection
 */
interface Wire<C extends StatefulConnection<byte[], byte[]>> {

    /** Opens a connection. */
    CompletionStage<C> open();

    /** What can be sent on it. */
    RedisClusterAsyncCommands<byte[], byte[]> commands(C connection);

    /** Completes when the connection has shown that somebody is there, be it with an error from the other end. */
    default CompletionStage<?> signOfLife(C connection) {
        return ping(commands(connection));
    }

    /** Has somebody told when the connection is lost. */
    default void whenLost(C connection, Runnable lost) {
        listen(connection, lost);
    }

    /** Which server the keys of this prefix are asked of, by a number; always the same where there is only one. */
    default int owner(C connection, byte[] prefix) {
        return 0;
    }

    static CompletionStage<?> ping(RedisClusterAsyncCommands<byte[], byte[]> commands) {
        return commands.ping()
                .exceptionallyCompose(failure -> failure instanceof RedisCommandExecutionException
                        ? CompletableFuture.completedFuture("an error is a sign of life, too")
                        : CompletableFuture.failedFuture(failure));
    }

    static void listen(StatefulConnection<byte[], byte[]> socket, Runnable lost) {
        socket.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> which) {
                // Comes before Lettuce's own watchdog, which finds the connection closed and leaves it so.
                lost.run();
            }
        });
    }
}
