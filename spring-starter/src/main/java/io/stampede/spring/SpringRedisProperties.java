package io.stampede.spring;

import io.stampede.spring.SpringRedis.Cluster;
import io.stampede.spring.SpringRedis.Layout;
import io.stampede.spring.SpringRedis.Login;
import io.stampede.spring.SpringRedis.Node;
import io.stampede.spring.SpringRedis.OneServer;
import io.stampede.spring.SpringRedis.Sentinels;
import io.stampede.spring.SpringRedis.Tuning;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Boot's {@code spring.data.redis} properties, understood as Boot does, also where its module for them is not. */
final class SpringRedisProperties {

    static final String HOST = SpringRedis.PREFIX + "host";
    private static final String URL = SpringRedis.PREFIX + "url";
    static final String SSL_BUNDLE = SpringRedis.PREFIX + "ssl.bundle";
    private static final int DEFAULT_PORT = 6379;

    private final Binder binder;

    SpringRedisProperties(Environment environment) {
        this.binder = Binder.get(environment);
    }

    /** Whether any of them says where a Redis is. */
    boolean nameAServer() {
        return isSet(HOST)
                || isSet(URL)
                || namesSentinels()
                || namesCluster()
                || isSet(SpringRedis.MASTER_REPLICA_NODES);
    }

    private boolean namesSentinels() {
        return isSet(SpringRedis.SENTINEL_MASTER) || isSet(SpringRedis.SENTINEL_NODES);
    }

    private boolean namesCluster() {
        return isSet(SpringRedis.CLUSTER_NODES);
    }

    /** Lists count as set, too. */
    private boolean isSet(String property) {
        return !texts(property).isEmpty();
    }

    /**
     * All that they say.
     *
     * @param bundles from the name of an SSL bundle to the bundle
     */
    SpringRedis describe(Function<String, SslBundle> bundles) {
        URI url = url();
        String bundle = text(SSL_BUNDLE);
        boolean ssl = get(SpringRedis.PREFIX + "ssl.enabled", Boolean.class, bundle != null);
        return new SpringRedis(
                layout(url),
                url == null ? login(SpringRedis.PREFIX) : loginIn(url),
                url == null ? get(SpringRedis.PREFIX + "database", Integer.class, 0) : databaseIn(url),
                ssl || urlAsksForTls(),
                ssl && bundle != null ? bundles.apply(bundle) : null,
                tuning());
    }

    Tuning tuning() {
        return new Tuning(
                binder.bind(SpringRedis.PREFIX + "timeout", Duration.class).orElse(null),
                binder.bind(SpringRedis.PREFIX + "connect-timeout", Duration.class)
                        .orElse(null),
                text(SpringRedis.PREFIX + "client-name"));
    }

    boolean urlAsksForTls() {
        URI url = url();
        return url != null && "rediss".equals(url.getScheme());
    }

    private Layout layout(@Nullable URI url) {
        if (isSet(SpringRedis.MASTER_REPLICA_NODES)) {
            throw SpringRedis.masterReplicaRefused(texts(SpringRedis.MASTER_REPLICA_NODES));
        }
        checkNotBoth(namesSentinels(), namesCluster());
        if (namesSentinels()) {
            String master = text(SpringRedis.SENTINEL_MASTER);
            return new Sentinels(
                    master == null ? "" : master,
                    nodes(SpringRedis.SENTINEL_NODES),
                    login(SpringRedis.PREFIX + "sentinel."));
        }
        if (namesCluster()) {
            return new Cluster(nodes(SpringRedis.CLUSTER_NODES));
        }
        if (url != null) {
            return new OneServer(Node.of(URL, url.getHost(), url.getPort() < 0 ? DEFAULT_PORT : url.getPort()));
        }
        return new OneServer(Node.of(HOST, text(HOST), get(SpringRedis.PREFIX + "port", Integer.class, DEFAULT_PORT)));
    }

    static void checkNotBoth(boolean sentinels, boolean cluster) {
        if (sentinels && cluster) {
            throw new StampedeConfigurationException(
                    SpringRedis.SENTINEL_NODES,
                    null,
                    "a Redis Cluster has no sentinels; remove these or " + SpringRedis.CLUSTER_NODES);
        }
    }

    private List<Node> nodes(String property) {
        return texts(property).stream().map(text -> node(property, text)).toList();
    }

    private static Node node(String property, String text) {
        int colon = text.lastIndexOf(':');
        try {
            return Node.of(property, text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new StampedeConfigurationException(property, text, "needed is host:port", e);
        }
    }

    private Login login(String prefix) {
        return new Login(text(prefix + "username"), text(prefix + "password"));
    }

    private @Nullable URI url() {
        String text = text(URL);
        if (text == null) {
            return null;
        }
        try {
            URI url = URI.create(text);
            if (List.of("redis", "rediss").contains(String.valueOf(url.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException malformed) {
            // It would quote the password.
        }
        throw new StampedeConfigurationException(
                URL,
                RedisUris.masked(text),
                "allowed are redis://[[user]:password@]host[:port][/database] and the same with rediss:// for TLS");
    }

    private static Login loginIn(URI url) {
        String info = url.getUserInfo();
        if (info == null) {
            return new Login(null, null);
        }
        int colon = info.indexOf(':');
        return colon < 0 ? new Login(null, info) : new Login(info.substring(0, colon), info.substring(colon + 1));
    }

    private static int databaseIn(URI url) {
        String path = url.getPath();
        try {
            return path == null || path.length() < 2 ? 0 : Integer.parseInt(path.substring(1));
        } catch (NumberFormatException e) {
            throw new StampedeConfigurationException(
                    URL, RedisUris.masked(url.toString()), "needed after the / is the number of a database", e);
        }
    }

    private @Nullable String text(String property) {
        return binder.bind(property, String.class)
                .map(text -> StringUtils.hasText(text) ? text : null)
                .orElse(null);
    }

    private List<String> texts(String property) {
        return binder.bind(property, Bindable.listOf(String.class)).orElse(List.of()).stream()
                .filter(StringUtils::hasText)
                .toList();
    }

    private <T> T get(String property, Class<T> type, T otherwise) {
        return binder.bind(property, type).orElse(otherwise);
    }
}
