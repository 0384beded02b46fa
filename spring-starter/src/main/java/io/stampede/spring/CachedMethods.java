package io.stampede.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.core.MethodIntrospector;
import org.springframework.util.ClassUtils;

/** Finds the methods of all beans that have something to do with our caches, without making a bean. */
final class CachedMethods {

    private static final Set<String> OUR_RESOLVERS = Set.of(StampedeCacheable.RESOLVER, StampedeEvict.RESOLVER);

    private final ConfigurableListableBeanFactory beans;
    private final CacheOperationSource source;

    CachedMethods(ConfigurableListableBeanFactory beans, CacheOperationSource source) {
        this.beans = beans;
        this.source = source;
    }

    List<CachedMethod> find() {
        List<CachedMethod> found = new ArrayList<>();
        for (String name : beans.getBeanDefinitionNames()) {
            Class<?> beanClass = beanClass(name);
            if (beanClass != null && source.isCandidateClass(beanClass)) {
                collect(name, beanClass, found);
            }
        }
        return found;
    }

    private @Nullable Class<?> beanClass(String name) {
        if (beans.getBeanDefinition(name).isAbstract() || name.startsWith("scopedTarget.")) {
            return null;
        }
        Class<?> type = AutoProxyUtils.determineTargetClass(beans, name);
        return type == null ? null : ClassUtils.getUserClass(type);
    }

    private void collect(String beanName, Class<?> beanClass, List<CachedMethod> found) {
        MethodIntrospector.selectMethods(beanClass, (MethodIntrospector.MetadataLookup<Collection<CacheOperation>>)
                        method -> operations(method, beanClass))
                .forEach((method, operations) ->
                        found.add(new CachedMethod(beanName, beanClass, specific(method, beanClass), operations)));
    }

    private @Nullable Collection<CacheOperation> operations(Method method, Class<?> beanClass) {
        if (Modifier.isStatic(method.getModifiers()) || method.getDeclaringClass() == Object.class) {
            return null;
        }
        Collection<CacheOperation> all = source.getCacheOperations(method, beanClass);
        if (all == null) {
            return null;
        }
        List<CacheOperation> ours = all.stream().filter(CachedMethods::isOurs).toList();
        return ours.isEmpty() ? null : ours;
    }

    private static Method specific(Method method, Class<?> beanClass) {
        return AopUtils.getMostSpecificMethod(method, beanClass);
    }

    /** Those that name another manager or resolver are none of our business. */
    private static boolean isOurs(CacheOperation operation) {
        String manager = operation.getCacheManager();
        String resolver = operation.getCacheResolver();
        boolean isDefault = manager == null || manager.isEmpty() || manager.equals(StampedeAutoConfiguration.MANAGER);
        return isDefault && (resolver == null || resolver.isEmpty() || OUR_RESOLVERS.contains(resolver));
    }
}
