package io.stampede.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

/** Where Redis is, be it one server or many: what leads to its data, and to its bus. */
interface Servers {

    /** For messages; without credentials. */
    String address();

    Wire<? extends StatefulConnection<byte[], byte[]>> data();

    Wire<? extends StatefulRedisPubSubConnection<byte[], byte[]>> bus();
}
