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
 * stampede:1:&lt;cache&gt;:s            the cache's state: its generation and the number of its last message
 * stampede:1:&lt;cache&gt;:t{k&lt;tag&gt;}    a tag's generation
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
    private static final byte[] TAG = ascii("}");

    private final byte[] entryPrefix;
    private final byte[] tagPrefix;
    private final byte[] state;
    private final String channel;

    RedisKeys(String cache) {
        String prefix = "stampede:1:" + cache + ":";
        this.entryPrefix = ascii(prefix + "{k");
        this.tagPrefix = ascii(prefix + "t{k");
        this.state = ascii(prefix + "s");
        this.channel = prefix + "bus";
    }

    byte[] value(String key) {
        return join(entryPrefix, key, VALUE);
    }

    byte[] lease(String key) {
        return join(entryPrefix, key, LEASE);
    }

    byte[] state() {
        return state.clone();
    }

    byte[] tag(String tag) {
        return join(tagPrefix, tag, TAG);
    }

    String channel() {
        return channel;
    }

    private static byte[] join(byte[] prefix, String keyOrTag, byte[] suffix) {
        ByteBuffer encoded = encode(keyOrTag);
        return ByteBuffer.allocate(prefix.length + encoded.remaining() + suffix.length)
                .put(prefix)
                .put(encoded)
                .put(suffix)
                .array();
    }

    /** Strict, because {@code String.getBytes} makes one and the same question mark of every half surrogate pair. */
    private static ByteBuffer encode(String keyOrTag) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(keyOrTag));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "The key or tag holds half a surrogate pair and has no UTF-8 form; for keys, use another KeyCodec",
                    e);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
