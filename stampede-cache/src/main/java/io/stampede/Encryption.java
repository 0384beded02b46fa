package io.stampede;

import io.stampede.spi.Environment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-GCM around a payload:
 *
 * <pre>
 *  0   1  length of the key's id, n
 *  1   n  the key's id in ASCII
 *     12  nonce
 *      c  ciphertext
 *     16  tag
 * </pre>
 *
 * The tag also covers the key's id, the envelope's flags and the place that the payload is bound to. So a ciphertext can
 * neither be moved to another place nor be passed off as compressed, or as a value's where the source has none.
 */
final class Encryption {

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    /** How much longer a payload gets at most. */
    static final int MAX_OVERHEAD = 1 + EncryptionKeys.LONGEST_ID + NONCE_BYTES + TAG_BYTES;

    private final EncryptionKeys keys;
    private final Environment environment;

    Encryption(EncryptionKeys keys, Environment environment) {
        this.keys = keys;
        this.environment = environment;
    }

    byte[] encrypt(byte[] plain, int flags, String boundTo) throws GeneralSecurityException {
        String keyId = keys.writeKeyId();
        byte[] nonce = new byte[NONCE_BYTES];
        environment.fillWithSecureRandom(nonce);
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, keys.writeKey(), nonce);
        cipher.updateAAD(associatedData(keyId, flags, boundTo));
        ByteBuffer sealed = ByteBuffer.allocate(
                Math.addExact(1 + keyId.length() + NONCE_BYTES, cipher.getOutputSize(plain.length)));
        sealed.put((byte) keyId.length()).put(ascii(keyId)).put(nonce);
        cipher.doFinal(ByteBuffer.wrap(plain), sealed);
        return sealed.array();
    }

    ByteBuffer decrypt(ByteBuffer sealed, int flags, String boundTo) throws GeneralSecurityException {
        String keyId = StandardCharsets.US_ASCII
                .decode(ByteBuffer.wrap(next(sealed, Byte.toUnsignedInt(next(sealed, 1)[0]))))
                .toString();
        byte[] nonce = next(sealed, NONCE_BYTES);
        SecretKey key = keys.find(keyId);
        if (key == null) {
            throw new InvalidKeyException("The payload is encrypted with a key that this cache does not have");
        }
        Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce);
        cipher.updateAAD(associatedData(keyId, flags, boundTo));
        ByteBuffer plain = ByteBuffer.allocate(cipher.getOutputSize(sealed.remaining()));
        cipher.doFinal(sealed, plain);
        return plain.flip();
    }

    private static byte[] next(ByteBuffer sealed, int count) throws AEADBadTagException {
        if (sealed.remaining() < count) {
            throw new AEADBadTagException("The encrypted payload is cut short");
        }
        byte[] bytes = new byte[count];
        sealed.get(bytes);
        return bytes;
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        return cipher;
    }

    /** The id comes with its length, so that no two triples give the same bytes. */
    private static byte[] associatedData(String keyId, int flags, String boundTo) {
        byte[] place = boundTo.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + keyId.length() + Integer.BYTES + place.length)
                .put((byte) keyId.length())
                .put(ascii(keyId))
                .putInt(flags)
                .put(place)
                .array();
    }

    private static byte[] ascii(String keyId) {
        return keyId.getBytes(StandardCharsets.US_ASCII);
    }
}
