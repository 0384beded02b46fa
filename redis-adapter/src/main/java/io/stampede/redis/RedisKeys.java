package io.stampede.redis;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Where a cache's data is in Redis. The number is that of the layout: a new layout never reads the old one's bytes.
 *
 * <pre>
 * stampede:1:&lt;cache&gt;:{&lt;part&gt;}:v&lt;key&gt;   value
 * stampede:1:&lt;cache&gt;:{&lt;part&gt;}:l&lt;key&gt;   lease
 * stampede:1:&lt;cache&gt;:{&lt;part&gt;}:r&lt;key&gt;   Redisson's lock, where it elects
 * stampede:1:&lt;cache&gt;:{&lt;part&gt;}:t&lt;tag&gt;   a tag's generation
 * stampede:1:&lt;cache&gt;:{&lt;part&gt;}:s        the part's state: its generation and the number of its last message
 * stampede:1:&lt;cache&gt;:{0}:z             what other zones owe
 * stampede:1:&lt;cache&gt;:bus               channel
 * </pre>
 *
 * <p>A script may touch only keys of one slot of Redis Cluster, and every write counts its message in the state. So a cache
 * is divided into parts, each with a state of its own. Redis places a key by what stands between its first brace and the
 * next closing one; a cache's name has no braces, so that this is always the part, whatever the user's key looks like.
 */
final class RedisKeys {

    /**
     * Each of these numbers is placed near the middle of one of 32 equal ranges of the 16,384 slots: however the slots are
     * dealt out in ranges to however many servers, each gets its share of the parts.
     */
    private static final int[] IN_CLUSTER = {
        10, 622, 25, 617, 171, 402, 144, 437, 634, 262, 24, 33, 208, 167, 59, 152,
        102, 348, 137, 5, 63, 168, 56, 664, 467, 114, 452, 121, 647, 75, 672, 40
    };

    private static final int[] ON_ONE_SERVER = {0};

    private final byte[][] prefixes;
    private final String channel;

    RedisKeys(String cache, int[] parts) {
        String prefix = "stampede:1:" + cache + ":";
        this.prefixes = IntStream.of(parts)
                .mapToObj(part -> ascii(prefix + "{" + part + "}:"))
                .toArray(byte[][]::new);
        this.channel = prefix + "bus";
    }

    static RedisKeys onOneServer(String cache) {
        return new RedisKeys(cache, ON_ONE_SERVER);
    }

    static RedisKeys inCluster(String cache) {
        return new RedisKeys(cache, IN_CLUSTER);
    }

    int parts() {
        return prefixes.length;
    }

    /** In which part a key or tag is. All nodes must agree, for ever. */
    int part(String name) {
        if (prefixes.length == 1) {
            return 0;
        }
        CRC32 hash = new CRC32();
        hash.update(name.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % prefixes.length);
    }

    /** What all keys of a part begin with; not to be changed. */
    byte[] prefix(int part) {
        return prefixes[part];
    }

    byte[] value(String key) {
        return join('v', key);
    }

    byte[] lease(String key) {
        return join('l', key);
    }

    /** What Redisson's lock of a key is called. It keeps more beside it, under names that lie in the same slot. */
    byte[] lock(String key) {
        return join('r', key);
    }

    byte[] tag(String tag) {
        return join('t', tag);
    }

    /** The state of the part that a key or tag is in. */
    byte[] stateOf(String name) {
        return state(part(name));
    }

    byte[] state(int part) {
        return only('s', part);
    }

    /** The marks of the debts of other zones. */
    byte[] marks() {
        return only('z', 0);
    }

    private byte[] only(char kind, int part) {
        byte[] prefix = prefixes[part];
        byte[] key = Arrays.copyOf(prefix, prefix.length + 1);
        key[prefix.length] = (byte) kind;
        return key;
    }

    String channel() {
        return channel;
    }

    private byte[] join(char kind, String name) {
        byte[] prefix = prefixes[part(name)];
        byte[] encoded = encode(name);
        return ByteBuffer.allocate(prefix.length + 1 + encoded.length)
                .put(prefix)
                .put((byte) kind)
                .put(encoded)
                .array();
    }

    /**
     * Strict where it matters, because {@code String.getBytes} makes one and the same question mark of every half surrogate
     * pair; and else by {@code String.getBytes}, because it is quick.
     */
    private static byte[] encode(String keyOrTag) {
        for (int i = 0; i < keyOrTag.length(); i++) {
            if (Character.isSurrogate(keyOrTag.charAt(i))) {
                checkWellFormed(keyOrTag);
                break;
            }
        }
        return keyOrTag.getBytes(StandardCharsets.UTF_8);
    }

    private static void checkWellFormed(String keyOrTag) {
        try {
            StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(keyOrTag));
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
