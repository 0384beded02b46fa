package io.stampede.redis;

import io.lettuce.core.ReadFrom;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where Redis is, be it one server or many: what leads to its data and to its bus, and how a cache's keys are placed. */
interface Servers {

    /** For messages; without credentials. */
    String address();

    Wire<? extends StatefulConnection<byte[], byte[]>> data();

    Wire<? extends StatefulRedisPubSubConnection<byte[], byte[]>> bus();

    /**
     * To the server that is best read from, by the given order.
     *
     * @throws IllegalStateException if that can't be had
     */
    Wire<? extends StatefulConnection<byte[], byte[]>> nearby(ReadFrom readFrom);

    /** Where the data of a cache is. */
    RedisKeys keys(String cache);

    /** Ends what goes on beside the connections. */
    default CompletionStage<Void> close() {
        return CompletableFuture.completedFuture(null);
    }
}
