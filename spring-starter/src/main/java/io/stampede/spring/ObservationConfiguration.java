package io.stampede.spring;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.SingletonSupplier;

/** Observations of loads, where Micrometer is. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(ObservationRegistry.class)
class ObservationConfiguration {

    @Bean
    LoadObserver stampedeLoadObserver(ObjectProvider<ObservationRegistry> registry) {
        return new ObservedLoads(
                SingletonSupplier.of(() -> registry.getIfUnique(() -> ObservationRegistry.NOOP))::obtain);
    }
}
