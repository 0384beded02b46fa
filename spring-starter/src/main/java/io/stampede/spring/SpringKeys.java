package io.stampede.spring;

import io.stampede.KeyCodec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a Spring cache as text and back. A key of the usual types, or a {@code SimpleKey} or a list of them, has a
 * text of its own: {@code 1}, {@code 1L} and {@code "1"} are {@code int:1}, {@code long:1} and {@code s:1}.
 *
 * <p>No class name in a text chooses a class: enums and the user's own types are read only into classes that this cache
 * has met. A key that names another one can't be in this node's L1 or be waited for here, so it is read as a
 * {@link ForeignKey}, which equals no key of the application's.
 *
 * <p>Thread-safe.
 */
final class SpringKeys implements KeyCodec<Object> {

    private final String cacheName;
    private final KeyTypes types;

    /**
     * The keys of one cache.
     *
     * @param cacheName for error messages
     * @param userCodecs what the application declared, each for the keys of exactly that class
     */
    SpringKeys(String cacheName, Map<Class<?>, KeyCodec<?>> userCodecs) {
        this.cacheName = cacheName;
        this.types = new KeyTypes(userCodecs);
    }

    /**
     * Writes a key.
     *
     * @throws IllegalArgumentException if it is of a type that has no text, or holds something that is; says what to do
     */
    @Override
    public String encode(Object key) {
        StringBuilder text = new StringBuilder();
        new KeyWriter(types, text, type -> noText(key, type)).write(key);
        return text.toString();
    }

    /** What to say of a part that has no text; null stands for one that is too deep. */
    private IllegalArgumentException noText(Object key, @Nullable Class<?> part) {
        String keyClass = key.getClass().getTypeName();
        if (part == null) {
            return new IllegalArgumentException("Cache '" + cacheName + "': a " + keyClass
                    + " can't be a key in Redis: it holds lists, arrays or keys more than " + KeyWriter.DEEPEST
                    + " deep");
        }
        String where = part == key.getClass() ? "" : ", a part of a " + keyClass + ",";
        // Two equal arrays are different keys; no codec can change that.
        String advice =
                part.isArray() ? "Let" : "Declare a bean of type KeyCodec<" + part.getSimpleName() + ">, or let";
        return new IllegalArgumentException("Cache '" + cacheName + "': a " + part.getTypeName() + where
                + " can't be a key in Redis as it is. " + advice
                + " the 'key' of the cached method make a String, a number "
                + "or another usual type of it");
    }

    /**
     * Reads a key.
     *
     * @throws IllegalArgumentException if {@link #encode} can't have made the text
     */
    @Override
    public Object decode(String text) {
        try {
            return new KeyReader(types, text).read();
        } catch (KeyTypes.ForeignException e) {
            return new ForeignKey(text);
        }
    }

    /** A key that holds something this node has never had in a key. */
    record ForeignKey(String text) {}
}
