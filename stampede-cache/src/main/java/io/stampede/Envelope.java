package io.stampede;

import io.stampede.spi.RemoteTier;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is stored in L2: an entry's metadata and its payload. Big-endian:
 *
 * <pre>
 *  0   1  format, 2
 *  1  16  version
 * 17   8  fresh until, microseconds of the store's clock since the epoch
 * 25   8  dead at, microseconds likewise
 * 33   8  since when: its load returned or it was put, microseconds likewise
 * 41   8  how long the load took (delta), nanoseconds; for a value that was put, how long loads took of late
 * 49  16  generation
 * 65   1  flags: 1 absent (the source has no value), 2 compressed, 4 encrypted; an envelope with a flag that the reader
 *         does not know is a miss
 * 66   8  schema of the codec's bytes, 0 for none
 * 74   4  length of the tags block, t
 * 78   4  length of the payload, p
 * 82   t  tags, for each: 2 bytes the length n of its name, n bytes the name in UTF-8, 16 bytes the tag's generation
 *      p  payload, as the codec made it, then compressed, then encrypted, as the flags say
 * </pre>
 *
 * The first {@link RemoteTier#STAMP_BYTES} bytes tell one version from another without reading the rest. The store knows
 * the offset of <em>fresh until</em>, which it overwrites in place when an entry is expired, and those of the schema and
 * of the two lengths, because entries of different schemas stand behind each other in one value.
 */
record Envelope(Header header, Map<String, Token> tags, ByteBuffer payload) {

    static final int HEADER_BYTES = 82;
    static final byte FORMAT = 2;

    static final int ABSENT = 1;
    static final int COMPRESSED = 2;
    static final int ENCRYPTED = 4;
    private static final int KNOWN_FLAGS = ABSENT | COMPRESSED | ENCRYPTED;

    /** The stamp of nothing. */
    static final byte[] NO_STAMP = {};

    /** All but the tags and the payload; times in microseconds of the store's clock, delta in nanoseconds. */
    record Header(
            Token version,
            long freshUntil,
            long deadAt,
            long since,
            long deltaNanos,
            Token generation,
            int flags,
            long schema) {

        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    Token version() {
        return header.version;
    }

    static byte[] encode(Header header, Map<String, Token> tags, byte[] payload) {
        byte[] tagBlock = encode(tags);
        ByteBuffer buffer = ByteBuffer.allocate(Math.addExact(HEADER_BYTES + tagBlock.length, payload.length));
        buffer.put(FORMAT);
        put(buffer, header.version);
        buffer.putLong(header.freshUntil).putLong(header.deadAt).putLong(header.since);
        buffer.putLong(header.deltaNanos);
        put(buffer, header.generation);
        buffer.put((byte) header.flags).putLong(header.schema);
        buffer.putInt(tagBlock.length).putInt(payload.length);
        return buffer.put(tagBlock).put(payload).array();
    }

    private static byte[] encode(Map<String, Token> tags) {
        List<ByteBuffer> blocks = new ArrayList<>();
        tags.forEach((tag, token) -> {
            byte[] name = tag.getBytes(StandardCharsets.UTF_8);
            ByteBuffer block = ByteBuffer.allocate(Short.BYTES + name.length + Token.BYTES);
            block.putShort((short) name.length).put(name);
            put(block, token);
            blocks.add(block.flip());
        });
        ByteBuffer all = ByteBuffer.allocate(
                blocks.stream().mapToInt(ByteBuffer::remaining).sum());
        blocks.forEach(all::put);
        return all.array();
    }

    private static void put(ByteBuffer buffer, Token token) {
        buffer.putLong(token.high()).putLong(token.low());
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
        long since = buffer.getLong();
        long delta = buffer.getLong();
        Token generation = Token.read(buffer);
        int flags = buffer.get();
        long schema = buffer.getLong();
        int tagBytes = buffer.getInt();
        int payload = buffer.getInt();
        // Lengths in long arithmetic: two huge ones must not add up to a small one.
        if ((flags & ~KNOWN_FLAGS) != 0
                || tagBytes < 0
                || payload < 0
                || (long) tagBytes + payload != buffer.remaining()) {
            return null;
        }
        Map<String, Token> tags =
                decodeTags(buffer.slice(HEADER_BYTES, tagBytes).asReadOnlyBuffer());
        if (tags == null) {
            return null;
        }
        Header header = new Header(version, freshUntil, deadAt, since, delta, generation, flags, schema);
        return new Envelope(
                header, tags, buffer.position(HEADER_BYTES + tagBytes).slice());
    }

    private static @Nullable Map<String, Token> decodeTags(ByteBuffer block) {
        if (!block.hasRemaining()) {
            return Map.of();
        }
        Map<String, Token> tags = new LinkedHashMap<>();
        while (block.remaining() >= Short.BYTES) {
            int length = Short.toUnsignedInt(block.getShort());
            if (block.remaining() < length + Token.BYTES) {
                return null;
            }
            byte[] name = new byte[length];
            block.get(name);
            tags.put(new String(name, StandardCharsets.UTF_8), Token.read(block));
        }
        return block.hasRemaining() ? null : tags;
    }

    static byte[] stamp(byte @Nullable [] bytes) {
        return bytes == null ? NO_STAMP : Arrays.copyOf(bytes, Math.min(bytes.length, RemoteTier.STAMP_BYTES));
    }

    /** The stamp of a version that is known to be in L2. */
    static byte[] stamp(Token version) {
        ByteBuffer stamp = ByteBuffer.allocate(RemoteTier.STAMP_BYTES).put(FORMAT);
        put(stamp, version);
        return stamp.array();
    }
}
