package io.stampede.spring;

import io.stampede.KeyCodec;
import io.stampede.spi.RemoteConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.AnnotationCacheOperationSource;
import org.springframework.cache.config.CacheManagementConfigUtils;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.SimpleCacheResolver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

/**
 * Backs Spring's cache abstraction with Stampede: a {@link CacheManager}, and an interceptor that has cached methods called
 * inside a flight. It stands back where the application has a cache manager of its own, or names one by
 * {@code spring.cache.type}, and where {@code stampede.enabled} is false.
 *
 * <p><b>Transactions.</b> What a transaction of Spring's puts, evicts, expires or clears, by annotations or by the
 * {@link org.springframework.cache.Cache}, is done when it has committed, each write even if one before it failed; what
 * failed is thrown to whoever committed, not given to the {@code CacheErrorHandler}, since what was to change stays in the
 * cache. A rollback, also one to a savepoint, forgets it. Until then everybody else reads the old values, and the
 * transaction itself what it put, and the source for what it evicted; of that nothing is stored.
 *
 * <p>Its limits: a key that the transaction reads before it has evicted it is loaded for all, from what it sees then; so
 * evict before you read what you have changed. A transaction that reads a snapshot (repeatable read) may load for all what
 * another has since replaced. A transaction is one of its thread: futures and streams that go on elsewhere, reactive
 * transactions, and what is asked of a {@link io.stampede.StampedeCache} directly, know nothing of it. A transaction that
 * writes more than 10,000 keys of a cache clears it.
 */
@AutoConfiguration(
        before = CacheAutoConfiguration.class,
        afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(CacheManager.class)
@ConditionalOnProperty(name = "stampede.enabled", matchIfMissing = true)
@Conditional(NoOtherCacheType.class)
@ConditionalOnMissingBean({CacheManager.class, CacheResolver.class})
@EnableConfigurationProperties(StampedeProperties.class)
@Import({
    RedisConfiguration.class,
    CacheBeans.class,
    MetricsConfiguration.class,
    ObservationConfiguration.class,
    HealthConfiguration.class,
    EndpointConfiguration.class
})
@ImportRuntimeHints(StampedeRuntimeHints.class)
public class StampedeAutoConfiguration {

    static final String MANAGER = "stampedeCacheManager";

    /** Made by Spring. */
    public StampedeAutoConfiguration() {}

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static FlightInterceptorInstaller stampedeInterceptorInstaller() {
        return new FlightInterceptorInstaller();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static MethodExtras stampedeMethodExtras(BeanFactory beans) {
        return new MethodExtras(beans);
    }

    @Bean
    CacheFactory stampedeCacheFactory(
            StampedeProperties properties,
            ConfigurableListableBeanFactory beans,
            ObjectProvider<CacheOperationSource> source,
            ObjectProvider<RemoteConnection> remote,
            ObjectProvider<CacheFactory.CacheListenerFactory> listeners,
            ObjectProvider<StampedeCacheCustomizer> customizers) {
        return new CacheFactory(
                properties,
                SingletonSupplier.of(() -> catalog(properties, beans, source))::obtain,
                remote.getIfAvailable(),
                new ValueCodecs(),
                keyCodecs(beans),
                listeners.orderedStream().toList(),
                customizers.orderedStream().toList());
    }

    @Bean(MANAGER)
    StampedeCacheManager cacheManager(
            CacheFactory factory, MethodExtras extras, BeanFactory beans, Environment environment) {
        List<String> names = Binder.get(environment)
                .bind("spring.cache.cache-names", Bindable.listOf(String.class))
                .orElse(List.of());
        boolean isProxied = beans.containsBean(CacheManagementConfigUtils.CACHE_ADVISOR_BEAN_NAME);
        return new StampedeCacheManager(factory, new MethodChecks(extras, isProxied), names);
    }

    @Bean(StampedeCacheable.RESOLVER)
    CacheResolver stampedeCacheResolver(StampedeCacheManager manager) {
        return new SimpleCacheResolver(manager);
    }

    @Bean(StampedeEvict.RESOLVER)
    CacheResolver stampedeEvictResolver(StampedeCacheManager manager, BeanFactory beans) {
        return new EvictResolver(manager, beans);
    }

    private static CacheCatalog catalog(
            StampedeProperties properties,
            ConfigurableListableBeanFactory beans,
            ObjectProvider<CacheOperationSource> source) {
        return new CacheCatalog(
                properties,
                new CachedMethods(beans, source.getIfAvailable(() -> new AnnotationCacheOperationSource(false))).find(),
                new AnnotatedOptions(text -> resolved(beans, text)),
                beans.getBeanClassLoader());
    }

    private static String resolved(ConfigurableListableBeanFactory beans, String text) {
        String value = beans.resolveEmbeddedValue(text);
        return value == null ? "" : value;
    }

    private static Map<Class<?>, KeyCodec<?>> keyCodecs(ConfigurableListableBeanFactory beans) {
        Map<Class<?>, KeyCodec<?>> codecs = new HashMap<>();
        for (String name : beans.getBeanNamesForType(KeyCodec.class)) {
            ResolvableType type = beans.getMergedBeanDefinition(name).getResolvableType();
            Class<?> key = type.as(KeyCodec.class).resolveGeneric();
            if (key == null) {
                throw new StampedeConfigurationException(
                        "bean '" + name + "'",
                        null,
                        "it is a KeyCodec, but its declaration does not say of which type of keys; declare the bean as "
                                + "KeyCodec<ThatType>");
            }
            codecs.put(key, beans.getBean(name, KeyCodec.class));
        }
        return codecs;
    }
}
