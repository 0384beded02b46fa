package io.stampede.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/** What an application says about its caches, for all of them and for each. */
@ConfigurationProperties(prefix = StampedeProperties.PREFIX, ignoreUnknownFields = false)
class StampedeProperties {

    static final String PREFIX = "stampede";

    /** Whether Stampede backs Spring's cache abstraction. */
    private boolean enabled = true;

    /**
     * Put before the name of each cache in Redis, in metrics and in logs, so that applications which share a Redis do not
     * share their caches. Letters, digits and the characters . _ : -
     */
    private String namespace = "";

    /** What holds for every cache, unless it is said otherwise for one. */
    @NestedConfigurationProperty
    private final CacheProperties defaults = new CacheProperties();

    /** What holds for one cache, by its name as the annotations have it. */
    private final Map<String, NamedCacheProperties> caches = new LinkedHashMap<>();

    /** Where the remote tier is. */
    @NestedConfigurationProperty
    private final RedisProperties redis = new RedisProperties();

    /** How the health of the caches is told. */
    @NestedConfigurationProperty
    private final HealthProperties health = new HealthProperties();

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    public String getNamespace() {
        return namespace;
    }

    public void setNamespace(String namespace) {
        this.namespace = namespace;
    }

    public CacheProperties getDefaults() {
        return defaults;
    }

    public Map<String, NamedCacheProperties> getCaches() {
        return caches;
    }

    public RedisProperties getRedis() {
        return redis;
    }

    public HealthProperties getHealth() {
        return health;
    }
}
