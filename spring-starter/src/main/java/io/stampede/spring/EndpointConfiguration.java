package io.stampede.spring;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The actuator's endpoint of the caches, where it is available. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
class EndpointConfiguration {

    /** Apart, because its condition can be asked only where the library is. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnAvailableEndpoint(endpoint = StampedeEndpoint.class)
    static class Available {

        @Bean
        TypedKeys stampedeTypedKeys(CacheFactory factory, ObjectProvider<CachingConfigurer> configurers) {
            return new TypedKeys(
                    factory::catalog, FlightInterceptorInstaller.from(configurers, CachingConfigurer::keyGenerator));
        }

        @Bean
        KeyRefresher stampedeKeyRefresher(TypedKeys keys, BeanFactory beans) {
            return new KeyRefresher(keys, beans);
        }

        @Bean
        StampedeEndpoint stampedeEndpoint(StampedeCacheManager manager, TypedKeys keys, KeyRefresher refresher) {
            return new StampedeEndpoint(manager, new CacheSteering(keys, refresher));
        }

        @Bean
        StampedeEndpointWebExtension stampedeEndpointWebExtension(StampedeEndpoint endpoint) {
            return new StampedeEndpointWebExtension(endpoint);
        }
    }
}
