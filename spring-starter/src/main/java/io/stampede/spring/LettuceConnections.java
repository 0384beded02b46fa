package io.stampede.spring;

import static java.lang.System.Logger.Level.INFO;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.stampede.redis.RedisTier;
import io.stampede.spi.InvalidationBus;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import java.time.Duration;
import org.springframework.boot.ssl.SslBundle;

/** Opens the connection to an address, which succeeds also while nobody is there. */
final class LettuceConnections {

    private static final System.Logger LOG = System.getLogger(LettuceConnections.class.getName());

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration BETWEEN_LOOKS_AT_CLUSTER = Duration.ofSeconds(15);
    private static final Duration BETWEEN_LOOKS_FOR_A_REASON = Duration.ofMillis(500);

    private LettuceConnections() {}

    static RemoteConnection open(RedisAddress address) {
        LOG.log(INFO, () -> "Stampede's caches are shared by way of Redis at " + address);
        boolean asTheAdapterWould = address.sslBundle() == null && address.connectTimeout() == null;
        if (address.cluster()) {
            return asTheAdapterWould ? RedisTier.connectCluster(address.uris()) : clusterWithOptions(address);
        }
        return asTheAdapterWould ? RedisTier.connect(address.first()) : withOptions(address);
    }

    private static RemoteConnection withOptions(RedisAddress address) {
        RedisClient client = RedisClient.create(address.first());
        client.setOptions(options(ClientOptions.builder(), address).build());
        return new WithItsClient(RedisTier.of(client, address.first()), client);
    }

    private static RemoteConnection clusterWithOptions(RedisAddress address) {
        RedisClusterClient client = RedisClusterClient.create(address.uris());
        ClusterClientOptions.Builder options = ClusterClientOptions.builder()
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enableAllAdaptiveRefreshTriggers()
                        .adaptiveRefreshTriggersTimeout(BETWEEN_LOOKS_FOR_A_REASON)
                        .enablePeriodicRefresh(BETWEEN_LOOKS_AT_CLUSTER)
                        .build());
        options(options, address);
        client.setOptions(options.build());
        return new WithItsClient(RedisTier.of(client), client);
    }

    private static ClientOptions.Builder options(ClientOptions.Builder builder, RedisAddress address) {
        Duration connectTimeout = address.connectTimeout();
        builder.autoReconnect(false) // the tier does it, and sends nothing twice
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled(address.first().getTimeout()))
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(connectTimeout == null ? CONNECT_TIMEOUT : connectTimeout)
                        .keepAlive(KeepAliveOptions.builder()
                                .enable()
                                .idle(Duration.ofSeconds(5))
                                .interval(Duration.ofSeconds(3))
                                .count(3)
                                .build())
                        .build());
        SslBundle bundle = address.sslBundle();
        if (bundle != null) {
            builder.sslOptions(sslOptions(bundle));
        }
        return builder;
    }

    private static SslOptions sslOptions(SslBundle bundle) {
        SslOptions.Builder options = SslOptions.builder()
                .keyManager(bundle.getManagers().getKeyManagerFactory())
                .trustManager(bundle.getManagers().getTrustManagerFactory());
        String[] ciphers = bundle.getOptions().getCiphers();
        if (ciphers != null) {
            options.cipherSuites(ciphers);
        }
        String[] protocols = bundle.getOptions().getEnabledProtocols();
        if (protocols != null) {
            options.protocols(protocols);
        }
        return options.build();
    }

    /** A tier leaves the client that it was given as it is; this one was made for it alone. */
    private record WithItsClient(RedisTier tier, AbstractRedisClient client)
            implements RemoteConnection, AutoCloseable {

        @Override
        public RemoteTier tier(RemoteNamespace namespace) {
            return tier.tier(namespace);
        }

        @Override
        public InvalidationBus bus(RemoteNamespace namespace) {
            return tier.bus(namespace);
        }

        @Override
        public void check(long nanos) {
            tier.check(nanos);
        }

        @Override
        public void close() {
            tier.close();
            client.shutdown(Duration.ZERO, SHUTDOWN_TIMEOUT);
        }
    }
}
