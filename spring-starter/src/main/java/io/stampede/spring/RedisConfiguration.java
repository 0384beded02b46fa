package io.stampede.spring;

import static java.lang.System.Logger.Level.INFO;

import io.stampede.redis.RedissonTier;
import io.stampede.spi.RemoteConnection;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/**
 * The connection to Redis, from the first place that tells of one; no connection where none does, so that caches are L1
 * alone. A {@link RemoteConnection} of the user's makes all of it unnecessary.
 *
 * <p>To be imported after Boot's own auto-configuration of Redis, whose connection details count.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StampedeProperties.class)
class RedisConfiguration {

    static final String CONNECTION = "stampedeRemoteConnection";

    private static final String DETAILS =
            "org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails";
    private static final System.Logger LOG = System.getLogger(RedisConfiguration.class.getName());

    @Bean
    static RedisProperties stampedeRedisProperties(StampedeProperties properties) {
        return properties.getRedis();
    }

    /** {@code stampede.redis.uri}. */
    @Order(1)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(RemoteConnection.class)
    @ConditionalOnBooleanProperty(name = RedisProperties.ENABLED, matchIfMissing = true)
    @ConditionalOnProperty(RedisProperties.URI)
    static class ByUri {

        @Bean(CONNECTION)
        RemoteConnection connection(RedisProperties properties, ObjectProvider<SslBundles> bundles) {
            String bundle = properties.getSslBundle();
            return LettuceConnections.open(RedisUris.address(
                    properties,
                    String.valueOf(properties.getUri()),
                    bundle == null ? null : bundle(bundles, RedisProperties.SSL_BUNDLE, bundle)));
        }
    }

    /** {@code stampede.redis.client=redisson}. */
    @Order(2)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(RemoteConnection.class)
    @ConditionalOnBooleanProperty(name = RedisProperties.ENABLED, matchIfMissing = true)
    @ConditionalOnProperty(name = RedisProperties.CLIENT, havingValue = "redisson")
    static class ByRedisson {

        @Bean(CONNECTION)
        RemoteConnection connection(ConfigurableListableBeanFactory beans) {
            if (!ClassUtils.isPresent("org.redisson.api.RedissonClient", beans.getBeanClassLoader())) {
                throw Redisson.mistake(
                        "Redisson is not on the class path; add org.redisson:redisson, or remove this property");
            }
            return Redisson.connection(beans.getBeanProvider(RedissonClient.class));
        }
    }

    /** Keeps Redisson's types away from those who don't have it. */
    private static final class Redisson {

        static RemoteConnection connection(ObjectProvider<RedissonClient> clients) {
            RedissonClient client = clients.getIfUnique();
            if (client == null) {
                throw mistake(
                        clients.stream().findAny().isEmpty()
                                ? "there is no bean of type org.redisson.api.RedissonClient; declare one, or remove this property"
                                : "there are several beans of type org.redisson.api.RedissonClient; mark one as @Primary");
            }
            try {
                RedissonTier tier = RedissonTier.of(client);
                LOG.log(INFO, "Stampede's caches are shared by way of Redis, on the connections of the RedissonClient");
                return tier;
            } catch (IllegalArgumentException e) {
                throw mistake(e.getMessage());
            }
        }

        static StampedeConfigurationException mistake(@Nullable String message) {
            return new StampedeConfigurationException(RedisProperties.CLIENT, "redisson", String.valueOf(message));
        }
    }

    /** What Boot's own support of Redis connects by. */
    @Order(3)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(RemoteConnection.class)
    @ConditionalOnBooleanProperty(name = RedisProperties.ENABLED, matchIfMissing = true)
    @ConditionalOnClass(name = DETAILS)
    @ConditionalOnBean(type = DETAILS)
    static class ByConnectionDetails {

        @Bean(CONNECTION)
        RemoteConnection connection(DataRedisConnectionDetails details, Environment environment) {
            SpringRedis redis = new SpringRedisDetails(details).describe(new SpringRedisProperties(environment));
            return LettuceConnections.open(redis.address("Spring Boot's connection details"));
        }
    }

    /** {@code spring.data.redis}, where nobody else understands it. */
    @Order(4)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(RemoteConnection.class)
    @ConditionalOnBooleanProperty(name = RedisProperties.ENABLED, matchIfMissing = true)
    @Conditional(OnServerProperty.class)
    static class BySpringProperties {

        @Bean(CONNECTION)
        RemoteConnection connection(Environment environment, ObjectProvider<SslBundles> bundles) {
            SpringRedis redis = new SpringRedisProperties(environment)
                    .describe(name -> bundle(bundles, SpringRedisProperties.SSL_BUNDLE, name));
            return LettuceConnections.open(redis.address("spring.data.redis"));
        }
    }

    /** Nobody tells of a Redis. */
    @Order(5)
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(RemoteConnection.class)
    static class Nowhere {

        Nowhere(RedisProperties properties, Environment environment) {
            checkNobodyHasToldSince(properties, environment);
            String reason = properties.isEnabled()
                    ? "no Redis is configured; to share them set " + RedisProperties.URI
                            + ", such as redis://localhost:6379, or " + SpringRedisProperties.HOST
                    : RedisProperties.ENABLED + " is false";
            LOG.log(INFO, "Stampede's caches are L1 alone, not shared with other nodes: " + reason);
        }

        /** The conditions of an application made ready ahead of time have been asked when it was built. */
        private static void checkNobodyHasToldSince(RedisProperties properties, Environment environment) {
            boolean namedByUri = properties.getUri() != null;
            if (properties.isEnabled() && (namedByUri || new SpringRedisProperties(environment).nameAServer())) {
                throw new StampedeConfigurationException(
                        namedByUri ? RedisProperties.URI : SpringRedis.PREFIX + "*",
                        null,
                        "it was not set when the application was processed ahead of time, and so no Redis was made ready;"
                                + " set it there too, to any address, or set " + RedisProperties.ENABLED + "=false");
            }
        }
    }

    static class OnServerProperty extends SpringBootCondition {

        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            ConditionMessage.Builder message = ConditionMessage.forCondition("A server in spring.data.redis");
            return new SpringRedisProperties(context.getEnvironment()).nameAServer()
                    ? ConditionOutcome.match(message.because("one is named"))
                    : ConditionOutcome.noMatch(message.because("none is named"));
        }
    }

    private static SslBundle bundle(ObjectProvider<SslBundles> bundles, String property, String name) {
        SslBundles known = bundles.getIfAvailable();
        if (known == null) {
            throw new StampedeConfigurationException(
                    property, name, "there is no bean of type SslBundles; leave Boot's SslAutoConfiguration on");
        }
        return known.getBundle(name);
    }
}
