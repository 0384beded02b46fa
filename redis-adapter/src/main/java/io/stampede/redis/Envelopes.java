package io.stampede.redis;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The part of an envelope's layout that the adapter knows, because Redis holds the entries of all schemas of a key in one
 * value, one envelope behind the other: the same that {@code envelopes.lua} tells.
 */
final class Envelopes {

    private static final byte FORMAT = 2;
    private static final int SCHEMA = 66;
    private static final int TAGS_LENGTH = 74;
    private static final int PAYLOAD_LENGTH = 78;
    private static final int HEADER_BYTES = 82;
    private static final int NONE = -1;

    private Envelopes() {}

    /** The envelope of a schema, null if there is none; the whole value if it is anything else than envelopes. */
    static byte @Nullable [] ofSchema(long schema, byte @Nullable [] value) {
        if (value == null || value.length == 0) {
            return value;
        }
        ByteBuffer buffer = ByteBuffer.wrap(value);
        int own = NONE;
        int from = 0;
        while (from < value.length) {
            long end = end(buffer, from);
            if (end > value.length) {
                return value;
            }
            if (own == NONE && buffer.getLong(from + SCHEMA) == schema) {
                own = from;
            }
            from = (int) end;
        }
        return own == NONE ? null : slice(value, own, (int) end(buffer, own));
    }

    /** Where the envelope ends that begins there; behind any value if there is none. */
    private static long end(ByteBuffer value, int from) {
        if (value.capacity() - from < HEADER_BYTES || value.get(from) != FORMAT) {
            return Long.MAX_VALUE;
        }
        return (long) from
                + HEADER_BYTES
                + Integer.toUnsignedLong(value.getInt(from + TAGS_LENGTH))
                + Integer.toUnsignedLong(value.getInt(from + PAYLOAD_LENGTH));
    }

    /** Without copying where it is the only one, as it nearly always is. */
    private static byte[] slice(byte[] value, int from, int to) {
        return to - from == value.length ? value : Arrays.copyOfRange(value, from, to);
    }
}
