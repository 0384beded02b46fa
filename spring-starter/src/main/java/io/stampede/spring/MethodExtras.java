package io.stampede.spring;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.AnnotatedElementKey;

/**
 * What {@link StampedeCacheable} says of a method rather than of its cache: tags, and what answers when nothing else does.
 *
 * <p>Thread-safe.
 */
final class MethodExtras {

    private final MethodTags evaluator;
    private final Map<AnnotatedElementKey, Extras> byMethod = new ConcurrentHashMap<>();

    MethodExtras(BeanFactory beans) {
        this.evaluator = new MethodTags(beans);
    }

    /**
     * What is said of a method.
     *
     * @throws StampedeConfigurationException if it names a fallback that its class does not have
     */
    Extras of(Method method, Class<?> beanClass) {
        return byMethod.computeIfAbsent(new AnnotatedElementKey(method, beanClass), key -> read(method, beanClass));
    }

    private Extras read(Method method, Class<?> beanClass) {
        Method specific = AopUtils.getMostSpecificMethod(method, beanClass);
        StampedeCacheable own = CachedMethod.annotation(StampedeCacheable.class, specific, beanClass);
        return own == null
                ? new Extras(new String[0], null)
                : new Extras(
                        own.tags(), own.fallback().isEmpty() ? null : Fallback.of(own.fallback(), specific, beanClass));
    }

    /** The extras of one method. */
    final class Extras {

        private final String[] tags;
        private final @Nullable Fallback fallback;

        private Extras(String[] tags, @Nullable Fallback fallback) {
            this.tags = tags;
            this.fallback = fallback;
        }

        /**
         * Reads what is else read at the first call.
         *
         * @throws StampedeConfigurationException if a tag can't be read
         */
        void check(CachedMethod method) {
            MethodTags.check(tags, "tags of @StampedeCacheable on " + method);
        }

        boolean hasTags() {
            return tags.length > 0;
        }

        String[] tags(Object target, Method method, @Nullable Object[] arguments, @Nullable Object result) {
            return evaluator.of(tags, target, method, arguments, result);
        }

        @Nullable
        Fallback fallback() {
            return fallback;
        }
    }
}
