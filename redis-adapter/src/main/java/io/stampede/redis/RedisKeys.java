package io.stampede.redis;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Where a cache's data is in Redis. The number is that of the layout: a new layout never reads the old one's bytes.
 *
 * <pre>
 * stampede:1:&lt;cache&gt;:{k&lt;key&gt;}:v   value
 * stampede:1:&lt;cache&gt;:{k&lt;key&gt;}:l   lease
 * stampede:1:&lt;cache&gt;:g            generation
 * stampede:1:&lt;cache&gt;:bus          channel
 * </pre>
 *
 * <p>Redis Cluster places a key by what stands between its first brace and the next closing one. A cache's name has no
 * braces, so that part begins with our own {@code k}: it is never empty, also where the user's key is empty or begins
 * with a closing brace (Redis would then take the whole key, and value and lease would part). A closing brace further
 * on in the user's key cuts it short, alike for both.
 */
final class RedisKeys {

    private static final byte[] VALUE = ascii("}:v");
    private static final byte[] LEASE = ascii("}:l");

    private final byte[] entryPrefix;
    private final byte[] generation;
    private final String channel;

    RedisKeys(String cache) {
        String prefix = "stampede:1:" + cache + ":";
        this.entryPrefix = ascii(prefix + "{k");
        this.generation = ascii(prefix + "g");
        this.channel = prefix + "bus";
    }

    byte[] value(String key) {
        return entry(key, VALUE);
    }

    byte[] lease(String key) {
        return entry(key, LEASE);
    }

    byte[] generation() {
        return generation.clone();
    }

    String channel() {
        return channel;
    }

    private byte[] entry(String key, byte[] suffix) {
        ByteBuffer encoded = encode(key);
        return ByteBuffer.allocate(entryPrefix.length + encoded.remaining() + suffix.length)
                .put(entryPrefix)
                .put(encoded)
                .put(suffix)
                .array();
    }

    /** Strict, because {@code String.getBytes} makes one and the same question mark of every half surrogate pair. */
    private static ByteBuffer encode(String key) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(key));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "The key holds half a surrogate pair and has no UTF-8 form; use another KeyCodec", e);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
