package io.stampede.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client of a {@link RedisTier} that was not given one. */
final class OwnClient {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(5);
    private static final long SHUTDOWN_SECONDS = 2;

    /** In a cluster, to connect and again to tell who is there: until a server that hangs has had both, nobody knows. */
    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(1);

    /** How often the servers of a cluster are asked who is there. */
    private static final Duration LEAST_BETWEEN_LOOKS = Duration.ofMillis(500);

    private static final Duration LONGEST_BETWEEN_LOOKS = Duration.ofSeconds(15);

    private OwnClient() {}

    /** A string that names no timeout gets one that a cache can live with; Lettuce's own is a minute. */
    static RedisURI parse(String text) {
        RedisURI uri = RedisURI.create(text);
        if (uri.getTimeout().equals(RedisURI.DEFAULT_TIMEOUT_DURATION)) {
            uri.setTimeout(RESPONSE_TIMEOUT);
        }
        return uri;
    }

    static RedisClient create(RedisURI uri, @Nullable SslOptions ssl, @Nullable Duration connectTimeout) {
        RedisClient client = RedisClient.create(uri);
        Duration timeout = connectTimeout == null ? CONNECT_TIMEOUT : connectTimeout;
        client.setOptions(options(ClientOptions.builder(), ssl, timeout).build());
        return client;
    }

    /** The timeout of the first is that of commands. A look at who is there has to be quicker, however many hang. */
    static RedisClusterClient create(
            Collection<RedisURI> seeds, @Nullable SslOptions ssl, @Nullable Duration connectTimeout) {
        List<RedisURI> quick = seeds.stream()
                .map(seed -> RedisURI.builder(seed).withTimeout(LOOK_TIMEOUT).build())
                .toList();
        RedisClusterClient client = RedisClusterClient.create(quick);
        ClusterClientOptions.Builder options = ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enableAllAdaptiveRefreshTriggers()
                        .adaptiveRefreshTriggersTimeout(LEAST_BETWEEN_LOOKS)
                        .enablePeriodicRefresh(LONGEST_BETWEEN_LOOKS)
                        .build())
                .nodeFilter(node ->
                        !node.is(NodeFlag.FAIL) && !node.is(NodeFlag.EVENTUAL_FAIL) && !node.is(NodeFlag.NOADDR));
        options(options, ssl, connectTimeout == null ? LOOK_TIMEOUT : connectTimeout);
        options.timeoutOptions(TimeoutOptions.enabled(seeds.iterator().next().getTimeout()));
        client.setOptions(options.build());
        return client;
    }

    private static ClientOptions.Builder options(
            ClientOptions.Builder builder, @Nullable SslOptions ssl, Duration connectTimeout) {
        if (ssl != null) {
            builder.sslOptions(ssl);
        }
        return builder.autoReconnect(false) // Link does it, also the first time, and sends nothing twice
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(connectTimeout)
                        .tcpNoDelay(true)
                        // A subscriber sends nothing, so only the operating system can notice that the other end is
                        // gone.
                        .keepAlive(KeepAliveOptions.builder()
                                .enable()
                                .idle(Duration.ofSeconds(5))
                                .interval(Duration.ofSeconds(3))
                                .count(3)
                                .build())
                        .build());
    }

    static CompletionStage<Void> shutDown(AbstractRedisClient client) {
        return client.shutdownAsync(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    }
}
