package io.stampede.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;

/** Where the second tier is, if not where {@code spring.data.redis} says. */
class RedisProperties implements InitializingBean {

    static final String PREFIX = "stampede.redis";
    static final String ENABLED = PREFIX + ".enabled";
    static final String CLIENT = PREFIX + ".client";
    static final String URI = PREFIX + ".uri";
    static final String CLUSTER = PREFIX + ".cluster";
    static final String SSL_BUNDLE = PREFIX + ".ssl-bundle";

    /** Whose connections lead to Redis. */
    enum Client {
        LETTUCE,
        REDISSON
    }

    /**
     * Whether Redis is used. If not, each node has a cache of its own.
     */
    private boolean enabled = true;

    /**
     * Whether Stampede opens connections of its own, by Lettuce, or uses those of the RedissonClient bean.
     */
    private Client client = Client.LETTUCE;

    /**
     * Address of Redis, such as redis://user:password@host:6379/0, rediss://host for TLS, or
     * redis-sentinel://one:26379,two:26379?sentinelMasterId=name. Takes precedence over spring.data.redis.
     */
    private @Nullable String uri;

    /**
     * Whether the URI is that of a Redis Cluster; it may then name several servers, as URIs with commas in between.
     */
    private boolean cluster;

    /**
     * SSL bundle to connect with, if the URI is one with TLS.
     */
    private @Nullable String sslBundle;

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    public Client getClient() {
        return client;
    }

    public void setClient(Client client) {
        this.client = client;
    }

    public @Nullable String getUri() {
        return uri;
    }

    public void setUri(@Nullable String uri) {
        this.uri = uri;
    }

    public boolean isCluster() {
        return cluster;
    }

    public void setCluster(boolean cluster) {
        this.cluster = cluster;
    }

    public @Nullable String getSslBundle() {
        return sslBundle;
    }

    public void setSslBundle(@Nullable String sslBundle) {
        this.sslBundle = sslBundle;
    }

    @Override
    public void afterPropertiesSet() {
        if (client == Client.REDISSON && uri != null) {
            throw new StampedeConfigurationException(
                    CLIENT, "redisson", "the RedissonClient bean knows its own address; remove this or " + URI);
        }
        if (cluster && uri == null) {
            throw new StampedeConfigurationException(CLUSTER, true, onlyWithUri("spring.data.redis.cluster.nodes"));
        }
        if (sslBundle != null && uri == null) {
            throw new StampedeConfigurationException(
                    SSL_BUNDLE, sslBundle, onlyWithUri("spring.data.redis.ssl.bundle"));
        }
    }

    private static String onlyWithUri(String instead) {
        return "it says how to understand " + URI + ", which is not set; set that or " + instead;
    }
}
