package io.stampede.spring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.util.ReflectionUtils;

/**
 * Loads a key anew in the background: makes its value stale, and calls the cached method as anybody would, through its
 * proxy. That takes a cache with one cached method, whose only parameter is the key.
 *
 * <p>Thread-safe.
 */
final class KeyRefresher implements DisposableBean {

    private static final Log LOG = LogFactory.getLog(KeyRefresher.class);

    private static final int AT_A_TIME = 8;
    private static final int TOO_MANY_REQUESTS = 429;

    private final TypedKeys keys;
    private final BeanFactory beans;
    private final SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("stampede-refresh-");

    KeyRefresher(TypedKeys keys, BeanFactory beans) {
        this.keys = keys;
        this.beans = beans;
        threads.setDaemon(true);
        threads.setConcurrencyLimit(AT_A_TIME);
        threads.setRejectTasksWhenLimitReached(true);
    }

    /**
     * Begins to.
     *
     * @return the news of it
     * @throws RefusedRequestException if the cache has no method for it, or too many other keys are being refreshed
     */
    String refresh(BuiltCache cache, Object key) {
        List<CachedMethod> methods = keys.methods(cache);
        CachedMethod only = methods.size() == 1 ? methods.get(0) : null;
        Class<?> type = only == null ? null : keys.simpleKey(only, cache);
        if (only == null
                || type == null
                || !type.isInstance(key)
                || ReturnShape.of(only.method()) == ReturnShape.STREAM) {
            throw CacheSteering.refused("Cache '" + cache.name() + "' can't be refreshed by key: that takes one cached"
                    + " method, whose only parameter is the key and of a simple type, and which is not reactive; there"
                    + " is " + methods + ". Expire the key, and its next read loads it anew");
        }
        try {
            threads.execute(() -> load(cache, only, key));
        } catch (TaskRejectedException e) {
            throw new RefusedRequestException(
                    TOO_MANY_REQUESTS,
                    AT_A_TIME + " keys are being refreshed, and no more are at a time; try again later");
        }
        return "BEGUN";
    }

    private void load(BuiltCache cache, CachedMethod method, Object key) {
        try {
            cache.cache().expire(key);
            if (call(method, key) instanceof CompletionStage<?> later) {
                later.whenComplete((value, failure) -> {
                    if (failure != null) {
                        failed(cache, failure);
                    }
                });
            }
        } catch (InvocationTargetException e) {
            failed(cache, e.getTargetException());
        } catch (ReflectiveOperationException | RuntimeException e) {
            failed(cache, e);
        }
    }

    private @Nullable Object call(CachedMethod method, Object key) throws ReflectiveOperationException {
        Object bean = beans.getBean(method.beanName());
        Method invocable = AopUtils.selectInvocableMethod(method.method(), bean.getClass());
        ReflectionUtils.makeAccessible(invocable);
        return invocable.invoke(bean, key);
    }

    private static void failed(BuiltCache cache, Throwable failure) {
        LOG.warn("Cache '" + cache.name() + "': the refresh of a key that was asked for has failed", failure);
    }

    @Override
    public void destroy() {
        threads.close();
    }
}
