package io.stampede.spring;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.util.function.SingletonSupplier;

/** Puts our interceptor in the place of the one that {@code @EnableCaching} has declared. */
final class FlightInterceptorInstaller implements BeanDefinitionRegistryPostProcessor {

    private static final String INTERCEPTOR = "cacheInterceptor";

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        if (!registry.containsBeanDefinition(INTERCEPTOR)
                || !INTERCEPTOR.equals(registry.getBeanDefinition(INTERCEPTOR).getFactoryMethodName())) {
            return;
        }
        RootBeanDefinition ours = new RootBeanDefinition(FlightInterceptor.class);
        ours.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
        registry.removeBeanDefinition(INTERCEPTOR);
        registry.registerBeanDefinition(INTERCEPTOR, ours);
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        // The definitions are all there is to change.
    }

    /** What the application's {@link CachingConfigurer} says, asked for as late as possible: it is a bean. */
    static <T> Supplier<@Nullable T> from(
            ObjectProvider<CachingConfigurer> configurers, Function<CachingConfigurer, @Nullable T> what) {
        SingletonSupplier<List<CachingConfigurer>> all =
                SingletonSupplier.of(() -> configurers.stream().toList());
        return () -> {
            List<CachingConfigurer> found = all.obtain();
            if (found.size() > 1) {
                throw new IllegalStateException(
                        found.size() + " beans are a CachingConfigurer, and one is allowed: " + found);
            }
            return found.isEmpty() ? null : what.apply(found.get(0));
        };
    }
}
