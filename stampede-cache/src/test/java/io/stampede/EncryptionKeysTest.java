package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which keys are accepted, and that nobody gets to see or change them. */
class EncryptionKeysTest {

    private static byte[] key(int length, int filling) {
        byte[] key = new byte[length];
        Arrays.fill(key, (byte) filling);
        return key;
    }

    @Test
    void onlyTheLengthsOfAesAreAccepted() {
        EncryptionKeys keys = EncryptionKeys.aesGcm("k", key(32, 1));
        for (int length = 0; length <= 64; length++) {
            byte[] key = key(length, 2);
            if (Set.of(16, 24, 32).contains(length)) {
                assertThat(EncryptionKeys.aesGcm("a", key).writeKey().getEncoded())
                        .isEqualTo(key);
                assertThat(keys.alsoReads("a", key).find("a")).isNotNull();
            } else {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> EncryptionKeys.aesGcm("a", key))
                        .withMessageContainingAll("'a'", "has " + length + " bytes", "16, 24 or 32");
                assertThatIllegalArgumentException().isThrownBy(() -> keys.alsoReads("a", key));
            }
        }
    }

    @Test
    void idsAreShortVisibleAscii() {
        EncryptionKeys keys = EncryptionKeys.aesGcm("k", key(16, 1));
        for (String id : List.of("a", "2026-11/eu_1", "~!", "x".repeat(50))) {
            assertThat(EncryptionKeys.aesGcm(id, key(16, 1)).writeKeyId()).isEqualTo(id);
            assertThat(keys.alsoReads(id, key(16, 1)).find(id)).isNotNull();
        }
        for (String id : List.of("", " ", "a b", "ä", "a\n", "\0", "\u007f", "x".repeat(51))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EncryptionKeys.aesGcm(id, key(16, 1)))
                    .withMessageContainingAll("keyId = '" + id + "'", "1 to 50 visible ASCII");
            assertThatIllegalArgumentException().isThrownBy(() -> keys.alsoReads(id, key(16, 1)));
        }
    }

    @Test
    void anIdStandsForOneKey() {
        EncryptionKeys keys = EncryptionKeys.aesGcm("a", key(16, 1)).alsoReads("b", key(16, 2));
        for (String id : List.of("a", "b")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> keys.alsoReads(id, key(16, 3)))
                    .withMessageContainingAll("'" + id + "'", "already");
        }
    }

    @Test
    void keysAreCopied() {
        byte[] key = key(16, 1);
        EncryptionKeys keys = EncryptionKeys.aesGcm("a", key).alsoReads("b", key);
        Arrays.fill(key, (byte) 9);
        assertThat(keys.writeKey().getEncoded()).isEqualTo(key(16, 1));
        assertThat(keys.find("b").getEncoded()).isEqualTo(key(16, 1));
    }

    @Test
    void oneMoreKeyMakesACopy() {
        EncryptionKeys one = EncryptionKeys.aesGcm("a", key(16, 1));
        EncryptionKeys two = one.alsoReads("b", key(16, 2));
        EncryptionKeys three = two.alsoReads("c", key(16, 3));
        assertThat(one.find("b")).isNull();
        assertThat(two.find("c")).isNull();
        assertThat(three.writeKeyId()).isEqualTo("a");
        for (String id : List.of("a", "b", "c")) {
            assertThat(three.find(id)).isNotNull();
        }
    }

    @Test
    void noKeyIsPrinted() {
        EncryptionKeys keys = EncryptionKeys.aesGcm("a", key(16, 1))
                .alsoReads("c", key(16, 2))
                .alsoReads("b", key(16, 3));
        assertThat(keys).hasToString("EncryptionKeys[writes with 'a', also reads [b, c]]");
    }
}
