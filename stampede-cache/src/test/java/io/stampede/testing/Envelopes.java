package io.stampede.testing;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a store knows of envelopes: those of different schemas stand behind each other in one value. */
final class Envelopes {

    private static final byte FORMAT = 2;
    private static final int FRESH_UNTIL = 17;
    private static final int FRESH_UNTIL_END = FRESH_UNTIL + Long.BYTES;
    private static final int DEAD_AT = 25;
    private static final int SCHEMA = 66;
    private static final int TAGS_LENGTH = 74;
    private static final int PAYLOAD_LENGTH = 78;
    private static final int HEADER_BYTES = 82;

    private Envelopes() {}

    /** The envelopes of a value; none if it is anything else than envelopes. */
    static List<byte[]> split(byte[] value) {
        List<byte[]> envelopes = new ArrayList<>();
        int at = 0;
        while (at < value.length) {
            long length = lengthAt(value, at);
            if (length > value.length - at) {
                return List.of();
            }
            envelopes.add(Arrays.copyOfRange(value, at, at + (int) length));
            at += (int) length;
        }
        return envelopes;
    }

    private static long lengthAt(byte[] value, int at) {
        if (value.length - at < HEADER_BYTES || value[at] != FORMAT) {
            return Long.MAX_VALUE;
        }
        ByteBuffer buffer = ByteBuffer.wrap(value);
        return HEADER_BYTES
                + Integer.toUnsignedLong(buffer.getInt(at + TAGS_LENGTH))
                + Integer.toUnsignedLong(buffer.getInt(at + PAYLOAD_LENGTH));
    }

    /** The envelope of a schema, null if there is none; the whole value if it is anything else than envelopes. */
    static byte @Nullable [] ofSchema(long schema, byte[] value) {
        List<byte[]> envelopes = split(value);
        if (envelopes.isEmpty()) {
            return value;
        }
        return envelopes.stream()
                .filter(envelope -> schema(envelope) == schema)
                .findFirst()
                .orElse(null);
    }

    static long schema(byte[] envelope) {
        return ByteBuffer.wrap(envelope).getLong(SCHEMA);
    }

    static long deadAt(byte[] envelope) {
        return ByteBuffer.wrap(envelope).getLong(DEAD_AT);
    }

    static byte[] madeStale(byte[] envelope, long now) {
        ByteBuffer stale = ByteBuffer.wrap(envelope.clone());
        return stale.putLong(FRESH_UNTIL, Math.min(stale.getLong(FRESH_UNTIL), now))
                .array();
    }

    /** Whether both are the same version, and nobody made the one stale since. */
    static boolean sameAsWritten(byte[] one, byte[] other) {
        return Arrays.equals(
                Arrays.copyOf(one, Math.min(one.length, FRESH_UNTIL_END)),
                Arrays.copyOf(other, Math.min(other.length, FRESH_UNTIL_END)));
    }

    static byte[] join(List<byte[]> envelopes) {
        ByteBuffer all = ByteBuffer.allocate(
                envelopes.stream().mapToInt(envelope -> envelope.length).sum());
        envelopes.forEach(all::put);
        return all.array();
    }
}
