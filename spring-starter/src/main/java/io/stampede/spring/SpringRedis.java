package io.stampede.spring;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.StringUtils;

/**
 * A Redis as Spring Boot describes it, be it by connection details or by properties.
 *
 * @param layout how many servers there are, and in which roles
 * @param login for the servers
 * @param database its number; a cluster has but one
 * @param tls whether connections use TLS, those to sentinels included
 * @param sslBundle what to trust and to show then; null for what the JVM does
 * @param tuning what is asked of the client
 */
record SpringRedis(
        Layout layout,
        Login login,
        int database,
        boolean tls,
        @Nullable SslBundle sslBundle,
        Tuning tuning) {

    /** The prefix of Boot's own properties. */
    static final String PREFIX = "spring.data.redis.";

    static final String SENTINEL_MASTER = PREFIX + "sentinel.master";
    static final String SENTINEL_NODES = PREFIX + "sentinel.nodes";
    static final String CLUSTER_NODES = PREFIX + "cluster.nodes";
    static final String MASTER_REPLICA_NODES = PREFIX + "masterreplica.nodes";

    private static final int MAX_PORT = 65_535;

    sealed interface Layout permits OneServer, Sentinels, Cluster {}

    record OneServer(Node node) implements Layout {}

    record Sentinels(String master, List<Node> nodes, Login login) implements Layout {

        Sentinels {
            if (!StringUtils.hasText(master)) {
                throw new StampedeConfigurationException(
                        SENTINEL_MASTER, null, "needed with sentinels: the name that they know the primary by");
            }
            checkNotEmpty(SENTINEL_NODES, nodes);
        }
    }

    record Cluster(List<Node> nodes) implements Layout {

        Cluster {
            checkNotEmpty(CLUSTER_NODES, nodes);
        }
    }

    record Node(String host, int port) {

        /**
         * One that may be reached.
         *
         * @param property which names it, should it be wrong
         */
        static Node of(String property, @Nullable String host, int port) {
            if (!StringUtils.hasText(host) || port < 1 || port > MAX_PORT) {
                throw new StampedeConfigurationException(
                        property, host + ":" + port, "needed are a host and a port from 1 to " + MAX_PORT);
            }
            return new Node(host, port);
        }
    }

    /** Who we are; without a password, nobody. */
    record Login(@Nullable String username, @Nullable String password) {

        private RedisURI.Builder onto(RedisURI.Builder uri) {
            if (!StringUtils.hasLength(password)) {
                return uri;
            }
            return StringUtils.hasLength(username)
                    ? uri.withAuthentication(username, password)
                    : uri.withPassword(password.toCharArray());
        }

        /** Not the password. */
        @Override
        public String toString() {
            return username == null ? "default" : username;
        }
    }

    /** What is asked of the client. Each may be missing. */
    record Tuning(
            @Nullable Duration timeout,
            @Nullable Duration connectTimeout,
            @Nullable String clientName) {

        private RedisURI.Builder onto(RedisURI.Builder uri) {
            if (timeout != null) {
                uri.withTimeout(timeout);
            }
            if (StringUtils.hasText(clientName)) {
                uri.withClientName(clientName);
            }
            return uri;
        }
    }

    private static void checkNotEmpty(String property, List<Node> nodes) {
        if (nodes.isEmpty()) {
            throw new StampedeConfigurationException(property, null, "needed is at least one host:port");
        }
    }

    /** A static list says who was the primary once, but nobody keeps it. */
    static StampedeConfigurationException masterReplicaRefused(@Nullable Object nodes) {
        return new StampedeConfigurationException(
                MASTER_REPLICA_NODES,
                nodes,
                "Stampede needs to know the primary; name it by " + RedisProperties.URI + ", or the sentinels by "
                        + SENTINEL_NODES + ", or set " + RedisProperties.ENABLED + "=false");
    }

    RedisAddress address(String source) {
        return new RedisAddress(source, uris(), layout instanceof Cluster, sslBundle, tuning.connectTimeout());
    }

    private List<RedisURI> uris() {
        if (layout instanceof OneServer one) {
            return List.of(server(one.node()).withDatabase(database).build());
        }
        if (layout instanceof Sentinels sentinels) {
            return List.of(primaryOf(sentinels));
        }
        return ((Cluster) layout)
                .nodes().stream().map(node -> server(node).build()).toList();
    }

    private RedisURI primaryOf(Sentinels sentinels) {
        RedisURI.Builder primary = common(RedisURI.builder(), login)
                .withSentinelMasterId(sentinels.master())
                .withDatabase(database);
        sentinels.nodes().stream()
                .map(node -> common(at(node), sentinels.login()).build())
                .forEach(primary::withSentinel);
        return primary.build();
    }

    private RedisURI.Builder server(Node node) {
        return common(at(node), login);
    }

    private static RedisURI.Builder at(Node node) {
        return RedisURI.builder().withHost(node.host()).withPort(node.port());
    }

    private RedisURI.Builder common(RedisURI.Builder uri, Login as) {
        return tuning.onto(as.onto(uri.withSsl(tls)));
    }
}
