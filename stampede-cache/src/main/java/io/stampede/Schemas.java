package io.stampede;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** How a {@link Codec#schemaId} is written in an {@link Envelope}. */
final class Schemas {

    private static final long NONE = 0;

    private Schemas() {}

    /** 0 for the empty id, and for no other. */
    static long hash(String schemaId) {
        if (schemaId.isEmpty()) {
            return NONE;
        }
        long hash = ByteBuffer.wrap(sha256(schemaId)).getLong();
        return hash == NONE ? 1 : hash;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
