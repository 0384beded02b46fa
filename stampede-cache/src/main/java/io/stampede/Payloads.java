package io.stampede;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Makes an envelope's payload of a codec's bytes, and the other way round: first compressed, then encrypted. A compressed
 * payload is 4 bytes with the original length, big-endian, and a zlib stream. What the remote tier returns is trusted in
 * nothing: the memory that it can make a reader take is bounded by {@code maxValueSize}, and whatever is not exactly what
 * {@link #encode} made is an exception.
 */
final class Payloads {

    private final int compressAbove;
    private final int maxValueSize;
    private final @Nullable Encryption encryption;

    /**
     * One for a cache.
     *
     * @param compressAbove values of more bytes are compressed; {@link Integer#MAX_VALUE}: none
     * @param maxValueSize how many bytes a value may have as the codec made it
     * @param encryption null: payloads are neither encrypted nor, if they are, readable
     */
    Payloads(int compressAbove, int maxValueSize, @Nullable Encryption encryption) {
        this.compressAbove = compressAbove;
        this.maxValueSize = maxValueSize;
        this.encryption = encryption;
    }

    /** Whether it matters where a payload belongs. */
    boolean isEncrypting() {
        return encryption != null;
    }

    /** What an envelope holds, and all the flags that go with it. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Payload(byte[] bytes, int flags) {}

    /**
     * The way into an envelope.
     *
     * @param encoded the codec's bytes; returned as they are if there is nothing to do
     * @param flags what else the envelope says of them
     * @param boundTo where the payload belongs: an encrypted one can't be read elsewhere
     * @throws ValueTooLargeException if there are more than {@code maxValueSize}
     * @throws GeneralSecurityException if this JVM can't encrypt
     */
    Payload encode(byte[] encoded, int flags, String boundTo) throws ValueTooLargeException, GeneralSecurityException {
        checkSize(encoded.length, maxValueSize);
        byte[] compressed = encoded.length > compressAbove ? compressed(encoded) : null;
        Payload payload =
                compressed == null ? new Payload(encoded, flags) : new Payload(compressed, flags | Envelope.COMPRESSED);
        return encryption == null ? payload : encrypted(encryption, payload, boundTo);
    }

    private static Payload encrypted(Encryption encryption, Payload plain, String boundTo)
            throws GeneralSecurityException {
        int flags = plain.flags | Envelope.ENCRYPTED;
        return new Payload(encryption.encrypt(plain.bytes, flags, boundTo), flags);
    }

    /** Null if that would not be smaller. */
    private static byte @Nullable [] compressed(byte[] encoded) {
        if (encoded.length <= Integer.BYTES) {
            return null;
        }
        byte[] smaller = new byte[encoded.length - 1];
        ByteBuffer.wrap(smaller).putInt(encoded.length);
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(encoded);
            deflater.finish();
            int length = deflater.deflate(smaller, Integer.BYTES, smaller.length - Integer.BYTES);
            return deflater.finished() ? Arrays.copyOf(smaller, Integer.BYTES + length) : null;
        } finally {
            deflater.end();
        }
    }

    /**
     * The way out of an envelope.
     *
     * @param payload as it was found; its position stays where it is
     * @param flags all that the envelope says of it
     * @param boundTo where it was found
     * @return the codec's bytes, all of them
     * @throws ValueTooLargeException if these are, or claim to be, more than {@code maxValueSize}
     * @throws DataFormatException if decompression does not yield exactly what was compressed
     * @throws GeneralSecurityException if it was encrypted with another key, for another place or with other flags, was
     *     altered since, or is not encrypted although all that this cache writes is
     */
    ByteBuffer decode(ByteBuffer payload, int flags, String boundTo)
            throws ValueTooLargeException, DataFormatException, GeneralSecurityException {
        ByteBuffer plain = decrypted(payload.slice(), flags, boundTo);
        checkSize(plain.remaining(), maxValueSize);
        return (flags & Envelope.COMPRESSED) == 0 ? plain : decompressed(plain);
    }

    private ByteBuffer decrypted(ByteBuffer payload, int flags, String boundTo)
            throws ValueTooLargeException, GeneralSecurityException {
        boolean isEncrypted = (flags & Envelope.ENCRYPTED) != 0;
        if (encryption == null) {
            if (isEncrypted) {
                throw new GeneralSecurityException("The payload is encrypted, and this cache has no key");
            }
            return payload;
        }
        if (!isEncrypted) {
            // Whoever can write to the store but has no key must not get a value of theirs accepted.
            throw new GeneralSecurityException("The payload is not encrypted, and this cache encrypts all it writes");
        }
        checkSize(payload.remaining(), (long) maxValueSize + Encryption.MAX_OVERHEAD);
        return encryption.decrypt(payload, flags, boundTo);
    }

    private ByteBuffer decompressed(ByteBuffer compressed) throws ValueTooLargeException, DataFormatException {
        if (compressed.remaining() < Integer.BYTES) {
            throw new DataFormatException("The compressed payload is cut short");
        }
        int length = compressed.getInt();
        if (length < 0) {
            throw new DataFormatException("The compressed payload claims a length of " + length);
        }
        checkSize(length, maxValueSize);
        byte[] encoded = new byte[length];
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(compressed);
            int inflated = inflater.inflate(encoded);
            if (inflated != length || !inflater.finished() || compressed.hasRemaining()) {
                throw new DataFormatException("The compressed payload is not one stream of " + length + " bytes");
            }
            return ByteBuffer.wrap(encoded);
        } finally {
            inflater.end();
        }
    }

    private void checkSize(int size, long limit) throws ValueTooLargeException {
        if (size > limit) {
            throw new ValueTooLargeException(size, maxValueSize);
        }
    }
}
