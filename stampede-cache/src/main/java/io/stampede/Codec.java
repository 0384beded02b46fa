package io.stampede;

import java.nio.ByteBuffer;

/**
 * Turns values into bytes for the remote tier and back. Values are never Java-serialized.
 *
 * <p>Implementations are thread-safe.
 *
 * @param <V> the type of values
 */
public interface Codec<V> {

    /**
     * Writes a value.
     *
     * @param value the value
     * @return its bytes
     * @throws Exception if the value can't be written; the caller who loaded it gets it all the same, and it is kept on
     *     its node only
     */
    byte[] encode(V value) throws Exception;

    /**
     * Reads a value.
     *
     * @param bytes what {@link #encode} made, or anything else that was found in its place
     * @return the value
     * @throws Exception if the bytes can't be read; that is a miss, and the bytes are replaced
     */
    V decode(ByteBuffer bytes) throws Exception;

    /**
     * Identifies the shape of the bytes. Two versions of an application whose codecs can't read each other's bytes must
     * differ in it: then, while both run, their values stand side by side in the remote tier instead of replacing each
     * other for ever, and an invalidation concerns both.
     *
     * @return the id, always the same one; the empty text, which is the default, is an id like any other
     */
    default String schemaId() {
        return "";
    }

    /**
     * Text in UTF-8.
     *
     * @return the codec
     */
    static Codec<String> strings() {
        return StringCodec.INSTANCE;
    }

    /**
     * Bytes as they are. The arrays are not copied: whoever changes one changes what the cache holds.
     *
     * @return the codec
     */
    static Codec<byte[]> bytes() {
        return BytesCodec.INSTANCE;
    }
}
