package io.stampede.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** How the two connections are opened. */
interface Connector {

    CompletionStage<StatefulRedisConnection<byte[], byte[]>> data();

    CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> pubSub();

    /** Where they lead to, for messages; without credentials. */
    String address();

    /** To an address that we know. */
    record Known(RedisClient client, RedisURI uri) implements Connector {

        @Override
        public CompletionStage<StatefulRedisConnection<byte[], byte[]>> data() {
            return client.connectAsync(ByteArrayCodec.INSTANCE, uri);
        }

        @Override
        public CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> pubSub() {
            return client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri);
        }

        @Override
        public String address() {
            return uri.toString(); // masks the password
        }
    }

    /**
     * To the address that only the client knows: Lettuce neither tells it nor connects to it without blocking. Hence a
     * thread for as long as one attempt takes; the client's own few event threads must not be blocked.
     */
    record Hidden(RedisClient client) implements Connector {

        @Override
        public CompletionStage<StatefulRedisConnection<byte[], byte[]>> data() {
            return inThread(() -> client.connect(ByteArrayCodec.INSTANCE));
        }

        @Override
        public CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> pubSub() {
            return inThread(() -> client.connectPubSub(ByteArrayCodec.INSTANCE));
        }

        @Override
        public String address() {
            return "the Redis of the given RedisClient";
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
    }
}
