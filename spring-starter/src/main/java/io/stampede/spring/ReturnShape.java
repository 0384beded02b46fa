package io.stampede.spring;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.util.ClassUtils;

/** How a method hands its value over: as it is, in an {@link Optional}, as a future, or as a stream. */
enum ReturnShape {
    VALUE {
        @Override
        @Nullable
        Object run(CachedCall call) {
            return call.value();
        }
    },
    OPTIONAL {
        @Override
        Object run(CachedCall call) {
            return Optional.ofNullable(call.value());
        }
    },
    FUTURE {
        @Override
        @SuppressWarnings("unchecked") // a stage of whatever the cache holds
        Object run(CachedCall call) {
            return call.later(stage -> ((CompletionStage<@Nullable Object>) stage).toCompletableFuture());
        }
    },
    STREAM {
        @Override
        Object run(CachedCall call) {
            return Streams.answer(call, call.returnType());
        }
    };

    private static final boolean HAS_REACTOR = ClassUtils.isPresent("reactor.core.publisher.Flux", null);

    abstract @Nullable Object run(CachedCall call);

    /** Whether it is one of these. */
    static boolean isKnown(Method method) {
        Class<?> type = method.getReturnType();
        boolean isOtherFuture = CompletionStage.class.isAssignableFrom(type) && !isFuture(type);
        return !isOtherFuture && !KotlinDetector.isSuspendingFunction(method);
    }

    static ReturnShape of(Method method) {
        Class<?> type = method.getReturnType();
        if (type == Optional.class) {
            return OPTIONAL;
        }
        if (isFuture(type)) {
            return FUTURE;
        }
        return HAS_REACTOR && Streams.adapter(type) != null ? STREAM : VALUE;
    }

    private static boolean isFuture(Class<?> type) {
        return type == CompletableFuture.class || type == CompletionStage.class;
    }
}
