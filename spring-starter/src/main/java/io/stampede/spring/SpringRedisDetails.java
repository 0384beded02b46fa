package io.stampede.spring;

import io.stampede.spring.SpringRedis.Cluster;
import io.stampede.spring.SpringRedis.Layout;
import io.stampede.spring.SpringRedis.Login;
import io.stampede.spring.SpringRedis.Node;
import io.stampede.spring.SpringRedis.OneServer;
import io.stampede.spring.SpringRedis.Sentinels;
import java.util.List;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/** What the bean says by which Boot connects to Redis: from properties, Docker Compose, Testcontainers or the user. */
final class SpringRedisDetails {

    private static final int DEFAULT_PORT = 6379;

    private final DataRedisConnectionDetails details;

    SpringRedisDetails(DataRedisConnectionDetails details) {
        this.details = details;
    }

    /** With what the details don't tell. */
    SpringRedis describe(SpringRedisProperties properties) {
        SslBundle bundle = details.getSslBundle();
        return new SpringRedis(
                layout(),
                new Login(details.getUsername(), details.getPassword()),
                database(),
                bundle != null || properties.urlAsksForTls(),
                bundle,
                properties.tuning());
    }

    private Layout layout() {
        if (details.getMasterReplica() != null) {
            throw SpringRedis.masterReplicaRefused(null);
        }
        DataRedisConnectionDetails.Sentinel sentinel = details.getSentinel();
        DataRedisConnectionDetails.Cluster cluster = details.getCluster();
        SpringRedisProperties.checkNotBoth(sentinel != null, cluster != null);
        if (sentinel != null) {
            return new Sentinels(
                    sentinel.getMaster(),
                    nodes(SpringRedis.SENTINEL_NODES, sentinel.getNodes()),
                    new Login(sentinel.getUsername(), sentinel.getPassword()));
        }
        if (cluster != null) {
            return new Cluster(nodes(SpringRedis.CLUSTER_NODES, cluster.getNodes()));
        }
        DataRedisConnectionDetails.Standalone one = details.getStandalone();
        if (one == null) {
            throw new StampedeConfigurationException(
                    SpringRedisProperties.HOST,
                    null,
                    "the bean of type DataRedisConnectionDetails names no server; have it name one, or set "
                            + RedisProperties.URI);
        }
        int port = one.getPort() < 0 ? DEFAULT_PORT : one.getPort(); // a URL need not have one
        return new OneServer(Node.of(SpringRedisProperties.HOST, one.getHost(), port));
    }

    private int database() {
        DataRedisConnectionDetails.Sentinel sentinel = details.getSentinel();
        if (sentinel != null) {
            return sentinel.getDatabase();
        }
        DataRedisConnectionDetails.Standalone one = details.getStandalone();
        return one == null ? 0 : one.getDatabase();
    }

    private static List<Node> nodes(String property, List<DataRedisConnectionDetails.Node> nodes) {
        return nodes.stream()
                .map(node -> Node.of(property, node.host(), node.port()))
                .toList();
    }
}
