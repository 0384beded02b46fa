package io.stampede.spi;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells the others about a write.
 *
 * <p>On the wire, big-endian. The store itself writes the first three fields, the only ones known no sooner than there:
 *
 * <pre>
 *  0  16  serverMicros, as ASCII decimal digits padded with zeros
 * 16  16  revoked lease, zeros for none
 * 32  16  sequence, as ASCII decimal digits padded with zeros
 * 48   1  format, 1
 * 49   1  kind: 1 published, 2 put, 3 invalidated, 4 expired, 5 cleared, 6 tag invalidated;
 *         released: 33 abandoned, 34 absent, 35 not storable, 36 failed, 37 answered,
 *         38 refresh failed, 39 not stored
 * 50  16  origin node
 * 66  16  token: the version (PUT, PUBLISHED), the lease (RELEASED),
 *         the generation (CLEARED, TAG_INVALIDATED), else zeros
 * 82   2  length of the detail in bytes, unsigned
 * 84   n  detail, UTF-8
 *      m  key, UTF-8, the rest of the message
 * </pre>
 *
 * @param kind what happened
 * @param origin the node that wrote
 * @param serverMicros the store's clock at the write, in microseconds since the epoch
 * @param revoked the lease that the write revoked, or {@link Token#NONE}
 * @param sequence the message's number among those of its part of the cache, 1 for the first
 * @param token the version, lease or generation concerned, or {@link Token#NONE}
 * @param detail for a load that failed or was answered by an exception the class name of it, for one that found nothing
 *     the cache's generation when it began, else empty
 * @param outcome how a load ended, for {@link Kind#RELEASED}; else null
 * @param key the encoded key; the tag for {@link Kind#TAG_INVALIDATED}, empty for {@link Kind#CLEARED}
 */
public record BusMessage(
        Kind kind,
        Token origin,
        long serverMicros,
        Token revoked,
        long sequence,
        Token token,
        String detail,
        LoadOutcome.@Nullable Kind outcome,
        String key) {

    /** How many bytes the store writes in front of what {@link #encodeTail} makes. */
    public static final int HEAD_BYTES = 48;

    private static final byte FORMAT = 1;
    private static final int DIGITS = 16;
    private static final int MAX_DETAIL = 1_000;
    /** What happened to a key, or to the whole cache. */
    public enum Kind {
        /** A load's value was stored. */
        PUBLISHED(1),
        /** A caller's value was stored. */
        PUT(2),
        /** The entry was removed. */
        INVALIDATED(3),
        /** The entry was made stale. */
        EXPIRED(4),
        /** A load ended without a value to store. */
        RELEASED(256),
        /** The cache moved to a new generation. */
        CLEARED(5),
        /** A tag moved to a new generation; the key is the tag. */
        TAG_INVALIDATED(6);

        /** On the wire; that of a release is one that no byte has, since its outcome's code is sent instead. */
        private final int code;

        Kind(int code) {
            this.code = code;
        }

        private static @Nullable Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return LoadOutcome.Kind.of(code) == null ? null : RELEASED;
        }
    }

    /**
     * The part of a message that the writing node knows before the store has carried out the write.
     *
     * @param kind what happens; not {@link Kind#RELEASED}
     * @param origin the node that writes
     * @param token the version or generation, or {@link Token#NONE}
     * @param key the encoded key, or empty
     * @return bytes from offset {@link #HEAD_BYTES} on
     */
    public static byte[] encodeTail(Kind kind, Token origin, Token token, String key) {
        return tail(kind.code, origin, token, "", key);
    }

    /**
     * As {@link #encodeTail}, for a {@link Kind#RELEASED}.
     *
     * @param outcome how the load ended
     * @param origin the node that loaded
     * @param lease its lease
     * @param key the encoded key
     * @return bytes from offset {@link #HEAD_BYTES} on
     */
    public static byte[] encodeReleaseTail(LoadOutcome outcome, Token origin, Token lease, String key) {
        return tail(outcome.kind().code(), origin, lease, outcome.detail(), key);
    }

    private static byte[] tail(int kind, Token origin, Token token, String detail, String key) {
        byte[] shortDetail = (detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL))
                .getBytes(StandardCharsets.UTF_8);
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + 2 * Token.BYTES + 2 + shortDetail.length + keyBytes.length)
                .put(FORMAT)
                .put((byte) kind)
                .put(origin.toBytes())
                .put(token.toBytes())
                .putShort((short) shortDetail.length)
                .put(shortDetail)
                .put(keyBytes)
                .array();
    }

    /**
     * Reads a message.
     *
     * @param bytes a whole message
     * @return the message, or null if it is of another format or damaged
     */
    public static @Nullable BusMessage decode(byte[] bytes) {
        try {
            long micros = number(bytes, 0);
            ByteBuffer buffer = ByteBuffer.wrap(bytes).position(DIGITS);
            Token revoked = Token.read(buffer);
            long sequence = number(bytes, buffer.position());
            buffer.position(buffer.position() + DIGITS);
            byte format = buffer.get();
            int code = buffer.get();
            Kind kind = Kind.of(code);
            if (format != FORMAT || kind == null) {
                return null;
            }
            Token origin = Token.read(buffer);
            Token token = Token.read(buffer);
            String detail = readText(buffer, Short.toUnsignedInt(buffer.getShort()));
            String key = readText(buffer, buffer.remaining());
            return new BusMessage(
                    kind, origin, micros, revoked, sequence, token, detail, LoadOutcome.Kind.of(code), key);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return null; // the caller treats it as a message that may have concerned any key
        }
    }

    private static long number(byte[] bytes, int from) {
        return Long.parseLong(new String(bytes, from, DIGITS, StandardCharsets.US_ASCII));
    }

    private static String readText(ByteBuffer buffer, int length) {
        byte[] text = new byte[length];
        buffer.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
