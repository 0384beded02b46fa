package io.stampede.spring;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.util.ReflectionUtils;

/** What a {@link SimpleKey} is made of, which it does not tell by itself. */
final class SimpleKeys {

    /** A native image needs a hint for it. */
    static final String FIELD = "params";

    private static final Field ELEMENTS = field();

    private SimpleKeys() {}

    private static Field field() {
        Field field = ReflectionUtils.findField(SimpleKey.class, FIELD);
        if (field == null) {
            throw new IllegalStateException(
                    "This version of Spring keeps the elements of a SimpleKey in another field");
        }
        ReflectionUtils.makeAccessible(field);
        return field;
    }

    /** The elements; not to be changed. */
    static @Nullable Object[] elementsOf(SimpleKey key) {
        @Nullable Object[] elements = (@Nullable Object[]) ReflectionUtils.getField(ELEMENTS, key);
        if (elements == null) {
            throw new IllegalArgumentException("A SimpleKey without elements");
        }
        return elements;
    }
}
