package io.stampede.spring;

import io.stampede.spring.KeyTypes.KeyType;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.SimpleKey;

/**
 * Writes one key. A single thing is its type, a colon and its text; what holds others is a word and these in parentheses,
 * as in {@code key(s:a,list(int:1,int:2),null)}. There, the signs that mean something have a backslash before them where
 * they belong to a text.
 */
final class KeyWriter {

    static final String KEY = "key";
    static final String LIST = "list";
    static final String ARRAY = "array";
    static final String NULL = "null";

    /** How deep keys may hold keys; it also ends the walk through a list that holds itself. */
    static final int DEEPEST = 16;

    private final KeyTypes types;
    private final StringBuilder text;
    private final Function<@Nullable Class<?>, RuntimeException> noText;

    /**
     * A writer for one key.
     *
     * @param noText what to throw for a part of that class, or, for null, for a key that is too deep
     */
    KeyWriter(KeyTypes types, StringBuilder text, Function<@Nullable Class<?>, RuntimeException> noText) {
        this.types = types;
        this.text = text;
        this.noText = noText;
    }

    void write(Object key) {
        KeyType type = types.of(key);
        if (type != null) {
            text.append(type.name()).append(':').append(type.write().apply(key));
        } else {
            writeHolder(key, 0);
        }
    }

    private void writePart(@Nullable Object part, boolean ofKey, int depth) {
        if (part == null) {
            text.append(NULL);
            return;
        }
        KeyType type = types.of(part);
        if (type != null) {
            text.append(type.name()).append(':');
            escape(type.write().apply(part));
        } else if (ofKey && part.getClass().isArray()) {
            writeArray(part, depth);
        } else {
            writeHolder(part, depth);
        }
    }

    private void writeHolder(Object holder, int depth) {
        if (depth == DEEPEST) {
            throw noText.apply(null);
        }
        if (holder.getClass() == SimpleKey.class) {
            writeAll(KEY, Arrays.asList(SimpleKeys.elementsOf((SimpleKey) holder)), true, depth);
        } else if (holder instanceof List<?> list) {
            writeAll(LIST, list, false, depth);
        } else {
            throw noText.apply(holder.getClass());
        }
    }

    /**
     * An array inside a {@link SimpleKey}, the one place where arrays of equal elements are equal: those of primitives if
     * their type is the same, all others by their elements alone.
     */
    private void writeArray(Object array, int depth) {
        if (depth == DEEPEST) {
            throw noText.apply(null);
        }
        Class<?> component = array.getClass().getComponentType();
        Object[] elements = new Object[Array.getLength(array)];
        Arrays.setAll(elements, i -> Array.get(array, i));
        writeAll(component.isPrimitive() ? ARRAY + ' ' + component : ARRAY, Arrays.asList(elements), true, depth);
    }

    private void writeAll(String word, Collection<? extends @Nullable Object> parts, boolean ofKey, int depth) {
        text.append(word).append('(');
        String separator = "";
        for (Object part : parts) {
            text.append(separator);
            writePart(part, ofKey, depth + 1);
            separator = ",";
        }
        text.append(')');
    }

    private void escape(String part) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (isSign(c)) {
                text.append('\\');
            }
            text.append(c);
        }
    }

    /** Whether a character means something between parentheses. */
    static boolean isSign(char c) {
        return c == ',' || c == '(' || c == ')' || c == '\\';
    }
}
