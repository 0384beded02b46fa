package io.stampede.redis;

import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.masterreplica.MasterReplica;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** One Redis. */
record OneServer(
        String address,
        Wire<StatefulRedisConnection<byte[], byte[]>> data,
        Subscribing bus,
        Function<ReadFrom, Wire<? extends StatefulConnection<byte[], byte[]>>> copies)
        implements Servers {

    /** At an address that we know. */
    static OneServer at(RedisClient client, RedisURI uri) {
        return new OneServer(
                uri.toString(), // masks the password
                (Data) () -> client.connectAsync(ByteArrayCodec.INSTANCE, uri),
                () -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri),
                readFrom -> withReplicas(client, uri, readFrom));
    }

    /** To the server, or to the one that sentinels name, and its replicas. Lettuce finds out which they are. */
    static Data withReplicas(RedisClient client, RedisURI uri, ReadFrom readFrom) {
        return () -> MasterReplica.connectAsync(client, ByteArrayCodec.INSTANCE, uri)
                .thenApply(connection -> {
                    connection.setReadFrom(readFrom);
                    return connection;
                });
    }

    /**
     * At an address that only the client knows: Lettuce neither tells it nor connects to it without blocking. Hence a
     * thread for as long as one attempt takes; the client's own few event threads must not be blocked.
     */
    static OneServer of(RedisClient client) {
        return new OneServer(
                "the Redis of the given RedisClient",
                (Data) () -> inThread(() -> client.connect(ByteArrayCodec.INSTANCE)),
                () -> inThread(() -> client.connectPubSub(ByteArrayCodec.INSTANCE)),
                readFrom -> {
                    throw new IllegalStateException(
                            "readFrom: the address is known to the RedisClient only; give it to RedisTier.of, too");
                });
    }

    @Override
    public Wire<? extends StatefulConnection<byte[], byte[]>> nearby(ReadFrom readFrom) {
        return copies.apply(readFrom);
    }

    @Override
    public RedisKeys keys(String cache) {
        return RedisKeys.onOneServer(cache);
    }

    private static <C> CompletionStage<C> inThread(Supplier<C> connect) {
        CompletableFuture<C> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(connect.get());
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    }
                },
                "stampede-redis-connect");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** A connection to a single server, for data. */
    interface Data extends Wire<StatefulRedisConnection<byte[], byte[]>> {
        @Override
        default RedisClusterAsyncCommands<byte[], byte[]> commands(StatefulRedisConnection<byte[], byte[]> connection) {
            return connection.async();
        }
    }

    /** A connection to a single server, for its bus. */
    interface Subscribing extends Wire<StatefulRedisPubSubConnection<byte[], byte[]>> {
        @Override
        default RedisClusterAsyncCommands<byte[], byte[]> commands(
                StatefulRedisPubSubConnection<byte[], byte[]> connection) {
            return connection.async();
        }
    }
}
