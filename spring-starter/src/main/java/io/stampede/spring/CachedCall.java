package io.stampede.spring;

import io.stampede.CacheClosedException;
import io.stampede.LoadException;
import io.stampede.Loaded;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.CacheOperationInvoker;
import org.springframework.util.ObjectUtils;

/** One call of a cached method: what {@link ReturnShape} needs to have it answered, however it returns its result. */
final class CachedCall {

    private final SpringCache cache;
    private final Object key;
    private final FlightInterceptor.Operation operation;
    private final CacheOperationInvoker invoker;
    private final MethodExtras.Extras extras;
    private final LoadObserver observer;
    private final CacheTrouble trouble;

    /** Decides what becomes of trouble of the cache itself: throws it, or has the method called without the cache. */
    @FunctionalInterface
    interface CacheTrouble {
        void forgive(RuntimeException trouble, SpringCache cache, Object key);
    }

    CachedCall(
            SpringCache cache,
            Object key,
            FlightInterceptor.Operation operation,
            CacheOperationInvoker invoker,
            MethodExtras extras,
            LoadObserver observer,
            CacheTrouble trouble) {
        this.cache = cache;
        this.key = key;
        this.operation = operation;
        this.invoker = invoker;
        this.extras = extras.of(operation.getMethod(), operation.targetClass());
        this.observer = observer;
        this.trouble = trouble;
    }

    Class<?> returnType() {
        return operation.getMethod().getReturnType();
    }

    // ---- a method that returns its value ----------------------------------------------------------------------

    @Nullable
    Object value() {
        try {
            return cache.load(
                    key, observer.observed(cache.getName(), () -> ObjectUtils.unwrapOptional(method())), this::loaded);
        } catch (KeyRefusedException | CacheClosedException e) {
            trouble.forgive(e, cache, key);
            return ObjectUtils.unwrapOptional(invoker.invoke());
        } catch (Exception | Error e) {
            return insteadOf(e);
        }
    }

    private @Nullable Object insteadOf(Throwable failure) {
        Throwable own = own(failure);
        Fallback fallback = extras.fallback();
        if (fallback == null) {
            throw new CacheOperationInvoker.ThrowableWrapper(own);
        }
        try {
            return ObjectUtils.unwrapOptional(fallback.call(operation.getTarget(), operation.getArgs(), own));
        } catch (Throwable e) {
            throw new CacheOperationInvoker.ThrowableWrapper(e);
        }
    }

    // ---- a method that returns a promise of it ----------------------------------------------------------------

    /**
     * The value of a method that answers later.
     *
     * @param promise turns what the method returns into a future of its value
     */
    CompletableFuture<@Nullable Object> later(Function<Object, CompletableFuture<@Nullable Object>> promise) {
        try {
            return orFallback(
                    cache.loadAsync(
                            key,
                            observer.observedLater(cache.getName(), () -> promise.apply(returned(method()))),
                            this::loaded),
                    promise);
        } catch (KeyRefusedException | CacheClosedException e) {
            trouble.forgive(e, cache, key);
            return promise.apply(returned(invoker.invoke()));
        }
    }

    private CompletableFuture<@Nullable Object> orFallback(
            CompletableFuture<@Nullable Object> value, Function<Object, CompletableFuture<@Nullable Object>> promise) {
        Fallback fallback = extras.fallback();
        if (fallback == null) {
            return value;
        }
        return value.exceptionallyCompose(failure -> {
            try {
                return promise.apply(returned(fallback.call(operation.getTarget(), operation.getArgs(), own(failure))));
            } catch (Throwable e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    private Object returned(@Nullable Object promise) {
        if (promise == null) {
            throw new IllegalStateException(operation.getMethod() + " has returned null in place of a promise");
        }
        return promise;
    }

    // ---- the load ----------------------------------------------------------------------------------------------

    private @Nullable Object method() throws Exception {
        try {
            return invoker.invoke();
        } catch (CacheOperationInvoker.ThrowableWrapper e) {
            Throwable own = e.getOriginal();
            if (own instanceof Error error) {
                throw error;
            }
            throw (Exception) own;
        }
    }

    private Loaded<Object> loaded(@Nullable Object value) {
        Loaded<Object> loaded = SpringCache.loaded(value);
        if (!operation.mayStore(value)) {
            return loaded.notStored();
        }
        return extras.hasTags()
                ? loaded.tags(extras.tags(operation.getTarget(), operation.getMethod(), operation.getArgs(), value))
                : loaded;
    }

    /** As the method has thrown it. */
    private static Throwable own(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        Throwable thrown = cause instanceof LoadException ? cause.getCause() : cause;
        return thrown == null ? failure : thrown;
    }
}
