package io.stampede.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cache.annotation.AnnotationCacheOperationSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * What a native image must not leave out because of what the application caches: the types of the values, which are
 * written and read by reflection, and the fallbacks, which are called by it. Mistakes that would keep the application from
 * starting show when it is built.
 */
final class CachedMethodHints implements BeanFactoryInitializationAotProcessor {

    CachedMethodHints() {}

    @Override
    public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
            ConfigurableListableBeanFactory beans) {
        if (!beans.containsBeanDefinition(StampedeAutoConfiguration.MANAGER)) {
            return null;
        }
        List<CachedMethod> methods = new CachedMethods(beans, new AnnotationCacheOperationSource(false)).find();
        List<Method> fallbacks = fallbacks(methods);
        Set<Type> values = BoundTypes.of(valueTypes(beans, methods));
        return (generation, code) -> {
            ReflectionHints hints = generation.getRuntimeHints().reflection();
            fallbacks.forEach(method -> hints.registerMethod(method, ExecutableMode.INVOKE));
            new BindingReflectionHintsRegistrar().registerReflectionHints(hints, values.toArray(Type[]::new));
        };
    }

    private static List<Method> fallbacks(List<CachedMethod> methods) {
        List<Method> fallbacks = new ArrayList<>();
        for (CachedMethod cached : methods) {
            StampedeCacheable annotation = cached.annotation();
            if (annotation != null && !annotation.fallback().isEmpty()) {
                fallbacks.add(Fallback.of(annotation.fallback(), cached.method(), cached.beanClass())
                        .method());
            }
        }
        return fallbacks;
    }

    private static Set<Type> valueTypes(ConfigurableListableBeanFactory beans, List<CachedMethod> methods) {
        Environment environment =
                beans.getBean(ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME, Environment.class);
        StampedeProperties properties =
                Binder.get(environment).bindOrCreate(StampedeProperties.PREFIX, StampedeProperties.class);
        // Types alone: options may well have placeholders that are filled when the application runs.
        AnnotatedOptions options = new AnnotatedOptions(text -> "");
        CacheCatalog catalog = new CacheCatalog(properties, methods, options, beans.getBeanClassLoader());
        Set<Type> types = new LinkedHashSet<>();
        for (String cache : catalog.names()) {
            ValueType type = catalog.type(cache).type();
            if (type != null) {
                types.add(type.type());
            }
        }
        return types;
    }
}
