package io.stampede;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The AES keys with which values are encrypted in the remote tier: one to write with, and any number of others to read
 * what was written with them. Each has an id, which is stored in the clear beside the values.
 *
 * <p>To change the key while the cache is in use, take three deployments: first all nodes get the new key by
 * {@link #alsoReads}; then they write with it and also read the old one; and once the longest lifetime of an entry has
 * passed, the old one is dropped. An id must not be used again for another key. A node that lacks a key takes the values
 * written with it for missing, and replaces them.
 *
 * <p>Values are encrypted with AES-GCM and random nonces: a key should be changed before all nodes together have written
 * 2<sup>32</sup> values with it, which is fifty days at 1,000 values a second.
 *
 * <p>Immutable, thus thread-safe.
 */
public final class EncryptionKeys {

    static final int LONGEST_ID = 50;

    private static final Pattern ID = Pattern.compile("[!-~]{1," + LONGEST_ID + "}");
    private static final Set<Integer> LENGTHS = Set.of(16, 24, 32);

    private final String writeKeyId;
    private final SecretKey writeKey;
    private final Map<String, SecretKey> others;

    private EncryptionKeys(String writeKeyId, SecretKey writeKey, Map<String, SecretKey> others) {
        this.writeKeyId = writeKeyId;
        this.writeKey = writeKey;
        this.others = others;
    }

    /**
     * The key to write with.
     *
     * @param keyId its id: 1 to 50 visible ASCII characters, no spaces
     * @param key 16, 24 or 32 bytes from a good random source, which are copied
     * @return keys of which this is the only one
     * @throws IllegalArgumentException if the id or the key's length is not allowed
     */
    public static EncryptionKeys aesGcm(String keyId, byte[] key) {
        return new EncryptionKeys(checked(keyId), aes(keyId, key), Map.of());
    }

    /**
     * One more key to read with.
     *
     * @param keyId its id: 1 to 50 visible ASCII characters, no spaces
     * @param key 16, 24 or 32 bytes, which are copied
     * @return a copy that has this key too
     * @throws IllegalArgumentException if the id or the key's length is not allowed, or there is a key of this id already
     */
    public EncryptionKeys alsoReads(String keyId, byte[] key) {
        if (find(checked(keyId)) != null) {
            throw new IllegalArgumentException("keyId = '" + keyId + "': there is a key of this id already");
        }
        Map<String, SecretKey> more = new LinkedHashMap<>(others);
        more.put(keyId, aes(keyId, key));
        return new EncryptionKeys(writeKeyId, writeKey, more);
    }

    private static String checked(String keyId) {
        if (!ID.matcher(keyId).matches()) {
            throw new IllegalArgumentException(
                    "keyId = '" + keyId + "': allowed are 1 to " + LONGEST_ID + " visible ASCII characters, no spaces");
        }
        return keyId;
    }

    private static SecretKey aes(String keyId, byte[] key) {
        if (!LENGTHS.contains(key.length)) {
            throw new IllegalArgumentException(
                    "The key '" + keyId + "' has " + key.length + " bytes: an AES key has 16, 24 or 32");
        }
        return new SecretKeySpec(key, "AES");
    }

    String writeKeyId() {
        return writeKeyId;
    }

    SecretKey writeKey() {
        return writeKey;
    }

    @Nullable
    SecretKey find(String keyId) {
        return keyId.equals(writeKeyId) ? writeKey : others.get(keyId);
    }

    /** The ids, never the keys. */
    @Override
    public String toString() {
        return "EncryptionKeys[writes with '" + writeKeyId + "', also reads " + new TreeSet<>(others.keySet()) + "]";
    }
}
