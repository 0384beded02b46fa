package io.stampede.spring;

import io.stampede.StampedeCache;
import java.util.Map;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Makes a bean of each cache under {@code stampede.caches}, to be injected with {@code @Qualifier} and its name. The bean's
 * own name has a prefix: a service may well be called like its cache.
 */
final class CacheBeans implements ImportBeanDefinitionRegistrar {

    private static final String PREFIX = "stampedeCache.";

    private final Environment environment;

    CacheBeans(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        Map<String, Object> caches = Binder.get(environment)
                .bind(StampedeProperties.PREFIX + ".caches", Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of());
        for (String name : caches.keySet()) {
            RootBeanDefinition definition = new RootBeanDefinition(StampedeCache.class);
            definition.setFactoryBeanName(StampedeAutoConfiguration.MANAGER);
            definition.setFactoryMethodName("nativeCache");
            definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
            definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
            definition.setLazyInit(true);
            definition.setDestroyMethodName("");
            registry.registerBeanDefinition(PREFIX + name, definition);
        }
    }
}
