package io.stampede;

import java.util.function.Function;

/**
 * Turns keys into text for the remote tier and back. Strings, numbers, UUIDs and enums have one by themselves; any
 * other type needs one. {@link Object#toString()} is never used: two keys that are not equal must never share a text.
 *
 * <p>Implementations are thread-safe and quick: they may run on a thread of the bus.
 *
 * @param <K> the type of keys
 */
public interface KeyCodec<K> {

    /**
     * Writes a key.
     *
     * @param key the key
     * @return its text: equal for equal keys, different for different ones, well-formed Unicode
     */
    String encode(K key);

    /**
     * Reads a key.
     *
     * @param text what {@link #encode} made
     * @return a key that equals the one that was written
     */
    K decode(String text);

    /**
     * A codec of two functions.
     *
     * @param encode writes a key
     * @param decode reads it
     * @param <K> the type of keys
     * @return the codec
     */
    static <K> KeyCodec<K> of(Function<? super K, String> encode, Function<String, ? extends K> decode) {
        return new KeyCodec<>() {
            @Override
            public String encode(K key) {
                return encode.apply(key);
            }

            @Override
            public K decode(String text) {
                return decode.apply(text);
            }
        };
    }
}
