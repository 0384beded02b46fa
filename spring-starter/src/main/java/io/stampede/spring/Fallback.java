package io.stampede.spring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** The method that answers in place of a load for which there is nothing else. */
final class Fallback {

    private final Method method;
    private final boolean takesFailure;

    private Fallback(Method method, boolean takesFailure) {
        this.method = method;
        this.takesFailure = takesFailure;
    }

    /**
     * Finds it.
     *
     * @throws StampedeConfigurationException if the class has no such method
     */
    static Fallback of(String name, Method cached, Class<?> beanClass) {
        Class<?>[] parameters = cached.getParameterTypes();
        Class<?>[] withFailure = Arrays.copyOf(parameters, parameters.length + 1);
        withFailure[parameters.length] = Throwable.class;
        Method found = ReflectionUtils.findMethod(beanClass, name, withFailure);
        boolean takesFailure = found != null;
        if (found == null) {
            found = ReflectionUtils.findMethod(beanClass, name, parameters);
        }
        if (found == null || !ClassUtils.isAssignable(cached.getReturnType(), found.getReturnType())) {
            throw new StampedeConfigurationException(
                    "fallback of @StampedeCacheable on " + CachedMethod.describe(cached, beanClass),
                    name,
                    (found == null
                                    ? "there is no such method"
                                    : "it returns " + found.getReturnType().getName())
                            + "; it is to have the same parameters, and perhaps a Throwable as one more, and to return "
                            + cached.getReturnType().getName());
        }
        ReflectionUtils.makeAccessible(found);
        return new Fallback(found, takesFailure);
    }

    Method method() {
        return method;
    }

    @Nullable
    Object call(Object target, @Nullable Object[] arguments, Throwable failure) throws Throwable {
        @Nullable Object[] all = arguments;
        if (takesFailure) {
            all = Arrays.copyOf(arguments, arguments.length + 1);
            all[arguments.length] = failure;
        }
        try {
            return method.invoke(target, all);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
