package io.stampede.spring;

import java.lang.reflect.Method;
import java.util.Collection;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cache.Cache;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationInvoker;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheableOperation;

/**
 * Spring's interceptor, but a method with one {@code @Cacheable} on one of our caches is called inside a flight, whether it
 * says {@code sync} or not, and {@code unless} is asked there, too. All else goes Spring's way.
 *
 * <p>Thread-safe.
 */
@SuppressWarnings("serial") // as its parent is: no proxy of ours is ever serialized
final class FlightInterceptor extends CacheInterceptor {

    private final transient MethodExtras extras;
    private final transient ObjectProvider<LoadObserver> observers;
    private transient LoadObserver observer = LoadObserver.NONE;
    private volatile boolean isReady;

    FlightInterceptor(
            CacheOperationSource source,
            MethodExtras extras,
            ObjectProvider<LoadObserver> observers,
            ObjectProvider<CachingConfigurer> configurers) {
        setCacheOperationSource(source);
        configure(
                FlightInterceptorInstaller.from(configurers, CachingConfigurer::errorHandler),
                FlightInterceptorInstaller.from(configurers, CachingConfigurer::keyGenerator),
                FlightInterceptorInstaller.from(configurers, CachingConfigurer::cacheResolver),
                FlightInterceptorInstaller.from(configurers, CachingConfigurer::cacheManager));
        this.extras = extras;
        this.observers = observers;
    }

    @Override
    public void afterSingletonsInstantiated() {
        super.afterSingletonsInstantiated();
        observer = observers.getIfAvailable(() -> LoadObserver.NONE);
        isReady = true;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object target = invocation.getThis();
        if (target == null) {
            return invocation.proceed();
        }
        try {
            return execute(repeatable(invocation), target, invocation.getMethod(), invocation.getArguments());
        } catch (CacheOperationInvoker.ThrowableWrapper e) {
            throw e.getOriginal();
        }
    }

    /** A value may be loaded again when this call has long returned: each load goes through the rest of the proxy anew. */
    private static CacheOperationInvoker repeatable(MethodInvocation invocation) {
        return () -> {
            try {
                return invocation instanceof ProxyMethodInvocation proxied
                        ? proxied.invocableClone().proceed()
                        : invocation.proceed();
            } catch (Throwable e) {
                throw new CacheOperationInvoker.ThrowableWrapper(e);
            }
        };
    }

    @Override
    protected @Nullable Object execute(
            CacheOperationInvoker invoker, Object target, Method method, @Nullable Object[] args) {
        CacheableOperation cacheable =
                isReady ? onlyCacheable(method, AopProxyUtils.ultimateTargetClass(target)) : null;
        if (cacheable == null || !ReturnShape.isKnown(method)) {
            return super.execute(invoker, target, method, args);
        }
        Operation operation = new Operation(cacheable, method, args, target);
        SpringCache cache = operation.onlyCache();
        if (cache == null) {
            return super.execute(invoker, target, method, args);
        }
        if (!operation.isConditionPassing()) {
            return invokeOperation(invoker);
        }
        CachedCall call = new CachedCall(cache, operation.key(), operation, invoker, extras, observer, this::forgive);
        return ReturnShape.of(method).run(call);
    }

    private @Nullable CacheableOperation onlyCacheable(Method method, Class<?> targetClass) {
        CacheOperationSource source = getCacheOperationSource();
        Collection<CacheOperation> operations = source == null ? null : source.getCacheOperations(method, targetClass);
        return operations != null
                        && operations.size() == 1
                        && operations.iterator().next() instanceof CacheableOperation cacheable
                ? cacheable
                : null;
    }

    /** The cache itself is in trouble: what becomes of that the application's error handler decides. */
    private void forgive(RuntimeException trouble, SpringCache cache, Object key) {
        getErrorHandler().handleCacheGetError(trouble, cache, key);
    }

    /** What Spring knows of an annotation and a call of its method. */
    final class Operation extends CacheOperationContext {

        private final Class<?> targetClass;

        private Operation(CacheableOperation operation, Method method, @Nullable Object[] args, Object target) {
            super(
                    getCacheOperationMetadata(operation, method, AopProxyUtils.ultimateTargetClass(target)),
                    args,
                    target);
            this.targetClass = AopProxyUtils.ultimateTargetClass(target);
        }

        Class<?> targetClass() {
            return targetClass;
        }

        private @Nullable SpringCache onlyCache() {
            Collection<? extends Cache> caches = getCaches();
            return caches.size() == 1 && caches.iterator().next() instanceof SpringCache ours ? ours : null;
        }

        private boolean isConditionPassing() {
            return isConditionPassing(null);
        }

        private Object key() {
            Object key = generateKey(null);
            if (key == null) {
                throw new IllegalArgumentException(getOperation() + ": the key is null. If it is made of parameters by "
                        + "their names, compile with -parameters");
            }
            return key;
        }

        /** Whether {@code unless} lets the value be stored. */
        boolean mayStore(@Nullable Object value) {
            return canPutToCache(value);
        }
    }
}
