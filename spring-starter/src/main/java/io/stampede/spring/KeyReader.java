package io.stampede.spring;

import io.stampede.spring.KeyTypes.ForeignException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.SimpleKey;

/** Reads what a {@link KeyWriter} wrote, or anything else that was found in its place. */
final class KeyReader {

    private static final Map<String, Class<?>> PRIMITIVES = Map.of(
            "int", int.class,
            "long", long.class,
            "short", short.class,
            "byte", byte.class,
            "char", char.class,
            "boolean", boolean.class,
            "double", double.class,
            "float", float.class);

    private final KeyTypes types;
    private final String text;
    private int at;

    KeyReader(KeyTypes types, String text) {
        this.types = types;
        this.text = text;
    }

    /**
     * The whole text as a key.
     *
     * @throws ForeignException if it holds something of a class that this cache has not met
     * @throws IllegalArgumentException if it is not the text of a key
     */
    Object read() throws ForeignException {
        String word = word();
        if (at < text.length() && text.charAt(at) == ':') {
            return value(word, text.substring(at + 1));
        }
        Object key = holder(word, 0);
        if (at < text.length() || word.startsWith(KeyWriter.ARRAY)) {
            throw malformed(null);
        }
        return key;
    }

    /** All up to a colon or a sign. */
    private String word() {
        int start = at;
        while (at < text.length() && text.charAt(at) != ':' && !KeyWriter.isSign(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private Object value(String typeName, String value) throws ForeignException {
        KeyTypes.KeyType type = types.named(typeName);
        try {
            return type.read().read(value);
        } catch (RuntimeException e) {
            throw malformed(e);
        }
    }

    private @Nullable Object part(int depth) throws ForeignException {
        String word = word();
        if (at < text.length() && text.charAt(at) == ':') {
            at++;
            return value(word, unescaped());
        }
        return word.equals(KeyWriter.NULL) ? null : holder(word, depth);
    }

    private String unescaped() {
        StringBuilder value = new StringBuilder();
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length()) {
                at++;
                value.append(text.charAt(at));
            } else if (KeyWriter.isSign(c)) {
                break;
            } else {
                value.append(c);
            }
        }
        return value.toString();
    }

    private Object holder(String word, int depth) throws ForeignException {
        if (depth == KeyWriter.DEEPEST) {
            throw malformed(null);
        }
        List<@Nullable Object> parts = parts(depth);
        if (word.equals(KeyWriter.KEY)) {
            return new SimpleKey(parts.toArray());
        }
        if (word.equals(KeyWriter.LIST)) {
            return Collections.unmodifiableList(parts);
        }
        if (word.equals(KeyWriter.ARRAY)) {
            return parts.toArray();
        }
        return primitives(word, parts);
    }

    private Object primitives(String word, List<@Nullable Object> parts) {
        String prefix = KeyWriter.ARRAY + ' ';
        Class<?> component = word.startsWith(prefix) ? PRIMITIVES.get(word.substring(prefix.length())) : null;
        if (component == null) {
            throw malformed(null);
        }
        Object array = Array.newInstance(component, parts.size());
        try {
            for (int i = 0; i < parts.size(); i++) {
                Array.set(array, i, parts.get(i));
            }
        } catch (IllegalArgumentException | NullPointerException e) {
            throw malformed(e);
        }
        return array;
    }

    private List<@Nullable Object> parts(int depth) throws ForeignException {
        List<@Nullable Object> parts = new ArrayList<>();
        expect('(');
        if (!next(')')) {
            do {
                parts.add(part(depth + 1));
            } while (next(','));
            expect(')');
        }
        return parts;
    }

    private boolean next(char wanted) {
        boolean found = at < text.length() && text.charAt(at) == wanted;
        if (found) {
            at++;
        }
        return found;
    }

    private void expect(char wanted) {
        if (!next(wanted)) {
            throw malformed(null);
        }
    }

    private IllegalArgumentException malformed(@Nullable Exception cause) {
        return new IllegalArgumentException("'" + text + "' is not the text of a key", cause);
    }
}
