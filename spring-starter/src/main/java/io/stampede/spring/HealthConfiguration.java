package io.stampede.spring;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the caches have to say about the application's health, where somebody asks for it. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, HealthEndpointGroups.class})
class HealthConfiguration {

    /** Apart, because its condition can be asked only where the library is. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnEnabledHealthIndicator("stampede")
    static class Enabled {

        @Bean
        HealthIndicator stampedeHealthIndicator(StampedeCacheManager manager, StampedeProperties properties) {
            return new CachesHealth(manager, properties.getHealth().getDegradedStatus());
        }

        @Bean(DeepHealthGroups.INDICATOR + "HealthIndicator")
        HealthIndicator stampedeDeepHealthIndicator(StampedeCacheManager manager) {
            return new DeepCachesHealth(manager);
        }

        @Bean
        static HealthEndpointGroupsPostProcessor stampedeDeepHealthGroup() {
            return DeepHealthGroups::new;
        }
    }
}
