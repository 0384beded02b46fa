package io.stampede;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Strict UTF-8: text that is not well-formed is refused instead of being changed on the way. Nearly all text is well-formed
 * beyond doubt, and takes the way that the JVM has made fast.
 */
final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    static byte[] encode(String text) throws CharacterCodingException {
        check(text);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** @throws CharacterCodingException if the text holds half a surrogate pair */
    static void check(String text) throws CharacterCodingException {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
                return;
            }
        }
    }

    static String decode(ByteBuffer bytes) throws CharacterCodingException {
        if (bytes.hasArray()) {
            int from = bytes.arrayOffset() + bytes.position();
            String text = new String(bytes.array(), from, bytes.remaining(), StandardCharsets.UTF_8);
            if (text.indexOf(REPLACEMENT) < 0) {
                bytes.position(bytes.limit());
                return text;
            }
        }
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    }
}
