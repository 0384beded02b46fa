package io.stampede;

import io.stampede.spi.RemoteTier;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is stored in L2: an entry's metadata and its payload. Big-endian:
 *
 * <pre>
 *  0   1  format, 1
 *  1  16  version
 * 17   8  fresh until, microseconds of the store's clock since the epoch; 0 once it was expired
 * 25   8  dead at, microseconds likewise
 * 33   8  how long the load took (delta), nanoseconds; 0 for a value that was put
 * 41  16  generation
 * 57   1  flags, 0: none are defined yet, and an envelope with a flag that the reader does not know is a miss
 * 58   4  length of the tags block, t
 * 62   4  length of the payload, p
 * 66   t  tags: none are written yet, and readers skip them
 *      p  payload, as the codec made it
 * </pre>
 *
 * The first {@link RemoteTier#STAMP_BYTES} bytes tell one version from another without reading the rest; the offset of
 * <em>fresh until</em> is known to the store, which overwrites it in place when an entry is expired.
 */
record Envelope(
        Token version,
        long freshUntilMicros,
        long deadAtMicros,
        long deltaNanos,
        Token generation,
        ByteBuffer payload) {

    static final int HEADER_BYTES = 66;
    static final byte FORMAT = 1;

    /** The stamp of nothing. */
    static final byte[] NO_STAMP = {};

    static byte[] encode(
            Token version,
            long freshUntilMicros,
            long deadAtMicros,
            long deltaNanos,
            Token generation,
            byte[] payload) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.addExact(HEADER_BYTES, payload.length));
        buffer.put(FORMAT);
        buffer.putLong(version.high()).putLong(version.low());
        buffer.putLong(freshUntilMicros).putLong(deadAtMicros).putLong(deltaNanos);
        buffer.putLong(generation.high()).putLong(generation.low());
        buffer.put((byte) 0).putInt(0).putInt(payload.length);
        return buffer.put(payload).array();
    }

    /** Reads an envelope without copying its payload; null for anything that is not one, whatever it is. */
    static @Nullable Envelope decode(byte[] bytes) {
        if (bytes.length < HEADER_BYTES || bytes[0] != FORMAT) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).position(1);
        Token version = Token.read(buffer);
        long freshUntil = buffer.getLong();
        long deadAt = buffer.getLong();
        long delta = buffer.getLong();
        Token generation = Token.read(buffer);
        byte flags = buffer.get();
        int tags = buffer.getInt();
        int payload = buffer.getInt();
        // Lengths in long arithmetic: two huge ones must not add up to a small one.
        if (flags != 0 || tags < 0 || payload < 0 || (long) tags + payload != buffer.remaining()) {
            return null;
        }
        ByteBuffer rest = buffer.position(HEADER_BYTES + tags).slice();
        return new Envelope(version, freshUntil, deadAt, delta, generation, rest);
    }

    static byte[] stamp(byte @Nullable [] bytes) {
        return bytes == null ? NO_STAMP : Arrays.copyOf(bytes, Math.min(bytes.length, RemoteTier.STAMP_BYTES));
    }
}
