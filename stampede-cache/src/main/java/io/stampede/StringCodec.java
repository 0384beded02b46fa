package io.stampede;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Strict UTF-8: text that is not well-formed is refused instead of being changed on the way. */
enum StringCodec implements Codec<String> {
    INSTANCE;

    @Override
    public byte[] encode(String value) throws CharacterCodingException {
        return Utf8.encode(value);
    }

    @Override
    public String decode(ByteBuffer bytes) throws CharacterCodingException {
        return Utf8.decode(bytes);
    }
}
