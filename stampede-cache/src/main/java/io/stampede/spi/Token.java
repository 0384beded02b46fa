package io.stampede.spi;

import java.nio.ByteBuffer;

/**
 * A unique 16-byte mark: of a version, a lease, a generation or a node. Tokens are compared for equality only, never
 * for order.
 *
 * <p>Immutable and thread-safe.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
public record Token(long high, long low) {

    /** The number of bytes a token takes. */
    public static final int BYTES = 16;

    /** No token: never handed out, equal to no lease, version or node. */
    public static final Token NONE = new Token(0, 0);

    /**
     * The token in sixteen bytes, big-endian.
     *
     * @return a new array of {@link #BYTES} bytes
     */
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    /**
     * Reads a token from the buffer's position and moves the position behind it.
     *
     * @param buffer a big-endian buffer
     * @return the token
     * @throws java.nio.BufferUnderflowException if fewer than {@link #BYTES} bytes remain
     */
    public static Token read(ByteBuffer buffer) {
        return new Token(buffer.getLong(), buffer.getLong());
    }

    /** The token as 32 hexadecimal digits, for logs. */
    @Override
    public String toString() {
        return String.format("%016x%016x", high, low);
    }
}
