package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.stampede.Payloads.Payload;
import io.stampede.spi.Environment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.crypto.AEADBadTagException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of a codec's bytes on their way to L2 and back, and what is refused on the way back. */
class PayloadsTest {

    private static final int THRESHOLD = 100;
    private static final int LIMIT = 64 * 1024;
    private static final int NEVER = Integer.MAX_VALUE;
    private static final int PLAIN = 0;
    private static final String PLACE = "products:42";
    private static final EncryptionKeys OLD = EncryptionKeys.aesGcm("old", key(1));
    private static final EncryptionKeys NEW = EncryptionKeys.aesGcm("new", key(2));

    private final Environment environment = new ManualTime().node(Duration.ZERO);
    private final Payloads plain = payloads(NEVER, null);
    private final Payloads compressing = payloads(THRESHOLD, null);
    private final Payloads encrypting = payloads(NEVER, OLD);
    private final Payloads doingBoth = payloads(THRESHOLD, OLD);

    private Payloads payloads(int compressAbove, @Nullable EncryptionKeys keys) {
        return payloads(compressAbove, LIMIT, keys);
    }

    private Payloads payloads(int compressAbove, int maxValueSize, @Nullable EncryptionKeys keys) {
        return new Payloads(compressAbove, maxValueSize, keys == null ? null : new Encryption(keys, environment));
    }

    private static byte[] key(int seed) {
        return random(seed, 32);
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] compressible(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % 5);
        }
        return bytes;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static byte[] decode(Payloads payloads, byte[] payload, int flags) throws Exception {
        return bytes(payloads.decode(ByteBuffer.wrap(payload), flags, PLACE));
    }

    // ---- there and back

    @Test
    void everySizeReadsBackInEveryCombination() throws Exception {
        int megabyte = 1 << 20;
        for (int size : List.of(0, 1, THRESHOLD - 1, THRESHOLD, THRESHOLD + 1, megabyte)) {
            for (int compressAbove : List.of(NEVER, THRESHOLD, 0)) {
                for (EncryptionKeys keys : Arrays.asList(null, OLD)) {
                    Payloads payloads = payloads(compressAbove, megabyte, keys);
                    assertReadsBack(payloads, compressible(size), compressAbove, keys != null);
                    assertReadsBack(payloads, random(3, size), NEVER, keys != null);
                }
            }
        }
    }

    private static void assertReadsBack(Payloads payloads, byte[] value, int compressedAbove, boolean encrypted)
            throws Exception {
        int compression = value.length > compressedAbove && value.length > 20 ? Envelope.COMPRESSED : 0;
        for (int flags : List.of(PLAIN, Envelope.ABSENT)) {
            Payload payload = payloads.encode(value, flags, PLACE);
            assertThat(payload.flags()).isEqualTo(flags | compression | (encrypted ? Envelope.ENCRYPTED : 0));
            assertThat(payloads.decode(ByteBuffer.wrap(payload.bytes()), payload.flags(), PLACE))
                    .isEqualTo(ByteBuffer.wrap(value));
        }
    }

    @Test
    void whatNeedNotBeChangedIsNotCopied() throws Exception {
        byte[] value = random(1, 1_000);
        assertThat(plain.encode(value, PLAIN, PLACE).bytes()).isSameAs(value);
        assertThat(compressing.encode(value, PLAIN, PLACE).bytes()).isSameAs(value);
    }

    @Test
    void compressionNeverMakesAValueLonger() throws Exception {
        Payloads eager = payloads(0, null);
        for (int size = 0; size < 50; size++) {
            for (byte[] value : List.of(new byte[size], compressible(size), random(size, size))) {
                Payload payload = eager.encode(value, PLAIN, PLACE);
                assertThat(payload.flags() == Envelope.COMPRESSED).isEqualTo(payload.bytes().length < value.length);
                assertThat(payload.bytes().length).isLessThanOrEqualTo(value.length);
                assertThat(decode(eager, payload.bytes(), payload.flags())).isEqualTo(value);
            }
        }
        assertThat(eager.encode(new byte[LIMIT], PLAIN, PLACE).bytes().length).isLessThan(LIMIT / 100);
    }

    @Test
    void whereThePayloadLiesInItsBufferDoesNotMatter() throws Exception {
        byte[] value = compressible(1_000);
        for (Payloads payloads : List.of(plain, compressing, encrypting, doingBoth)) {
            Payload payload = payloads.encode(value, PLAIN, PLACE);
            ByteBuffer inside = ByteBuffer.allocate(payload.bytes().length + 12)
                    .put(new byte[7])
                    .put(payload.bytes())
                    .position(3)
                    .slice()
                    .position(4);
            inside.limit(inside.position() + payload.bytes().length);
            ByteBuffer before = inside.duplicate();
            assertThat(bytes(payloads.decode(inside, payload.flags(), PLACE))).isEqualTo(value);
            assertThat(bytes(payloads.decode(inside.asReadOnlyBuffer(), payload.flags(), PLACE)))
                    .isEqualTo(value);
            assertThat(inside).isEqualTo(before);
        }
    }

    // ---- sizes

    @Test
    void aValueOfTheGreatestSizeIsTakenAndOneOfAByteMoreIsRefused() throws Exception {
        for (Payloads payloads : List.of(plain, compressing, encrypting, doingBoth)) {
            for (byte[] value : List.of(compressible(LIMIT), random(1, LIMIT))) {
                Payload payload = payloads.encode(value, PLAIN, PLACE);
                assertThat(decode(payloads, payload.bytes(), payload.flags())).isEqualTo(value);
            }
            assertThatThrownBy(() -> payloads.encode(new byte[LIMIT + 1], PLAIN, PLACE))
                    .isInstanceOf(ValueTooLargeException.class)
                    .hasMessageContainingAll("65537", "65536");
        }
    }

    @Test
    void whatIsReadIsBoundedToo() throws Exception {
        for (EncryptionKeys keys : Arrays.asList(null, OLD)) {
            for (int compressAbove : List.of(NEVER, 0)) {
                Payload payload = payloads(compressAbove, LIMIT + 1, keys).encode(new byte[LIMIT + 1], PLAIN, PLACE);
                assertThatThrownBy(() -> decode(payloads(compressAbove, keys), payload.bytes(), payload.flags()))
                        .isInstanceOf(ValueTooLargeException.class)
                        .hasMessageContaining("65536");
            }
        }
        assertThatThrownBy(() -> decode(encrypting, new byte[10 * LIMIT], Envelope.ENCRYPTED))
                .isInstanceOf(ValueTooLargeException.class);
    }

    @Test
    void aDeflateBombIsRefusedBeforeItTakesMemory() throws Exception {
        byte[] stream = deflated(100_000_000);
        for (int claimed : List.of(100_000_000, LIMIT + 1, LIMIT, LIMIT - 1, 1, 0, -1, Integer.MAX_VALUE)) {
            byte[] bomb = ByteBuffer.allocate(Integer.BYTES + stream.length)
                    .putInt(claimed)
                    .put(stream)
                    .array();
            // Compressed, it is longer than a value may be; whoever allows that still has to be safe.
            Payloads payloads = payloads(THRESHOLD, 2 * LIMIT, null);
            assertRefusedWithLittleMemory(() -> decode(payloads, bomb, Envelope.COMPRESSED));
            Payloads sealing = payloads(THRESHOLD, 2 * LIMIT, OLD);
            int flags = Envelope.COMPRESSED | Envelope.ENCRYPTED;
            byte[] sealed = new Encryption(OLD, environment).encrypt(bomb, flags, PLACE);
            assertRefusedWithLittleMemory(() -> decode(sealing, sealed, flags));
        }
        byte[] small = deflated(10_000_000);
        assertThat(small.length).isLessThan(LIMIT);
        byte[] bomb = ByteBuffer.allocate(Integer.BYTES + small.length)
                .putInt(LIMIT)
                .put(small)
                .array();
        assertRefusedWithLittleMemory(() -> decode(compressing, bomb, Envelope.COMPRESSED));
    }

    private static byte[] deflated(int zeros) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
            byte[] chunk = new byte[100_000];
            for (int i = 0; i < zeros / chunk.length; i++) {
                deflater.write(chunk);
            }
        }
        return out.toByteArray();
    }

    private static void assertRefusedWithLittleMemory(ThrowingCallable decoding) {
        long before = allocated();
        assertThatThrownBy(decoding).isInstanceOfAny(ValueTooLargeException.class, DataFormatException.class);
        assertThat(allocated() - before).isLessThan(2_000_000);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    // ---- compressed payloads that are not what they should be

    @Test
    void aLengthThatLiesIsRefused() throws Exception {
        byte[] value = compressible(1_000);
        byte[] payload = compressing.encode(value, PLAIN, PLACE).bytes();
        for (int lie : List.of(0, 1, 999, 1_001, LIMIT, LIMIT + 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE)) {
            byte[] lying = payload.clone();
            ByteBuffer.wrap(lying).putInt(lie);
            assertThatThrownBy(() -> decode(compressing, lying, Envelope.COMPRESSED))
                    .as("%d", lie)
                    .isInstanceOfAny(ValueTooLargeException.class, DataFormatException.class);
        }
    }

    @Test
    void whateverFollowsTheStreamIsRefused() throws Exception {
        byte[] payload = compressing.encode(compressible(1_000), PLAIN, PLACE).bytes();
        for (int more : List.of(1, 2, 1_000)) {
            assertThatThrownBy(() ->
                            decode(compressing, Arrays.copyOf(payload, payload.length + more), Envelope.COMPRESSED))
                    .isInstanceOf(DataFormatException.class);
        }
    }

    @Test
    void aStreamThatWantsADictionaryIsRefused() {
        Deflater deflater = new Deflater();
        byte[] payload = new byte[200];
        ByteBuffer.wrap(payload).putInt(100);
        deflater.setDictionary(new byte[50]);
        deflater.setInput(new byte[100]);
        deflater.finish();
        int length = deflater.deflate(payload, Integer.BYTES, 100);
        deflater.end();
        assertThatThrownBy(
                        () -> decode(compressing, Arrays.copyOf(payload, Integer.BYTES + length), Envelope.COMPRESSED))
                .isInstanceOf(DataFormatException.class);
    }

    @Test
    void whatIsCutShortIsRefusedWhereverItIsCut() throws Exception {
        for (Payloads payloads : List.of(compressing, encrypting, doingBoth)) {
            Payload payload = payloads.encode(compressible(300), PLAIN, PLACE);
            for (int length = 0; length < payload.bytes().length; length++) {
                byte[] cut = Arrays.copyOf(payload.bytes(), length);
                assertThatThrownBy(() -> decode(payloads, cut, payload.flags()))
                        .as("%d of %d bytes", length, payload.bytes().length)
                        .isInstanceOfAny(DataFormatException.class, GeneralSecurityException.class);
            }
        }
    }

    // ---- encryption

    @Test
    void aValueCanNotBeSeenInItsPayload() throws Exception {
        byte[] payload = encrypting.encode(new byte[1_000], PLAIN, PLACE).bytes();
        assertThat(payload).hasSize(1 + "old".length() + 12 + 1_000 + 16);
        int zeros = 0;
        for (byte each : payload) {
            zeros += each == 0 ? 1 : 0;
        }
        assertThat(zeros).isLessThan(100);
    }

    @Test
    void noNonceIsUsedTwice() throws Exception {
        Set<ByteBuffer> nonces = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            byte[] payload = encrypting.encode(new byte[1], PLAIN, PLACE).bytes();
            assertThat(nonces.add(ByteBuffer.wrap(Arrays.copyOfRange(payload, 4, 16))))
                    .isTrue();
        }
    }

    @Test
    void anyByteThatWasAlteredIsNoticed() throws Exception {
        for (Payloads payloads : List.of(encrypting, doingBoth)) {
            Payload payload = payloads.encode(compressible(THRESHOLD + 1), PLAIN, PLACE);
            for (int at = 0; at < payload.bytes().length; at++) {
                for (int mask = 1; mask < 256; mask++) {
                    byte[] altered = payload.bytes().clone();
                    altered[at] ^= (byte) mask;
                    assertRefused(payloads, altered, payload.flags(), "byte " + at);
                }
            }
        }
    }

    /** Without the cost of an assertion, for there are many. */
    private static void assertRefused(Payloads payloads, byte[] payload, int flags, String what) {
        try {
            payloads.decode(ByteBuffer.wrap(payload), flags, PLACE);
        } catch (Exception refused) {
            assertThat(refused instanceof GeneralSecurityException).as(what).isTrue();
            return;
        }
        throw new AssertionError(what + " was accepted");
    }

    @Test
    void aPayloadBelongsToItsPlace() throws Exception {
        for (Payloads payloads : List.of(encrypting, doingBoth)) {
            Payload payload = payloads.encode(compressible(300), PLAIN, PLACE);
            for (String place : List.of("", "products:4", "products:421", "products:43")) {
                assertThatThrownBy(() -> payloads.decode(ByteBuffer.wrap(payload.bytes()), payload.flags(), place))
                        .isInstanceOf(AEADBadTagException.class);
            }
        }
    }

    @Test
    void aPayloadBelongsToItsFlags() throws Exception {
        for (Payloads payloads : List.of(encrypting, doingBoth)) {
            for (int flags : List.of(PLAIN, Envelope.ABSENT)) {
                Payload payload = payloads.encode(compressible(300), flags, PLACE);
                for (int other = 0; other < 8; other++) {
                    if (other != payload.flags()) {
                        assertRefused(payloads, payload.bytes(), other, "flags " + other);
                    }
                }
            }
        }
    }

    @Test
    void plainValuesAreRefusedWhereAllAreEncrypted() throws Exception {
        byte[] value = compressible(300);
        Payload compressed = compressing.encode(value, PLAIN, PLACE);
        for (Payloads payloads : List.of(encrypting, doingBoth)) {
            assertRefused(payloads, value, PLAIN, "plain");
            assertRefused(payloads, new byte[0], Envelope.ABSENT, "absent");
            assertRefused(payloads, compressed.bytes(), compressed.flags(), "compressed");
        }
    }

    @Test
    void encryptedValuesAreRefusedWhereThereIsNoKey() throws Exception {
        Payload payload = encrypting.encode(new byte[5], PLAIN, PLACE);
        assertRefused(plain, payload.bytes(), payload.flags(), "encrypted");
    }

    /** While one deployment replaces another, nodes of both read what either writes. */
    @Test
    void keysCanBeChangedWhileTheCacheIsInUse() throws Exception {
        List<Payloads> deployments = List.of(
                payloads(NEVER, OLD),
                payloads(NEVER, OLD.alsoReads("new", key(2))),
                payloads(NEVER, NEW.alsoReads("old", key(1))),
                payloads(NEVER, NEW));
        for (int i = 0; i + 1 < deployments.size(); i++) {
            List<Payloads> both = deployments.subList(i, i + 2);
            for (Payloads writer : both) {
                Payload payload = writer.encode(new byte[] {1, 2, 3}, PLAIN, PLACE);
                for (Payloads reader : both) {
                    assertThat(decode(reader, payload.bytes(), payload.flags())).containsExactly(1, 2, 3);
                }
            }
        }
    }

    @Test
    void aPayloadOfAnUnknownKeyIsRefused() throws Exception {
        Payload payload = encrypting.encode(new byte[5], PLAIN, PLACE);
        assertThatThrownBy(() -> decode(payloads(NEVER, NEW), payload.bytes(), payload.flags()))
                .isInstanceOf(InvalidKeyException.class);
        EncryptionKeys sameIdOtherKey = EncryptionKeys.aesGcm("old", key(9));
        assertThatThrownBy(() -> decode(payloads(NEVER, sameIdOtherKey), payload.bytes(), payload.flags()))
                .isInstanceOf(AEADBadTagException.class);
    }

    @Test
    void aPayloadBelongsToTheIdOfItsKey() throws Exception {
        Payload payload = encrypting.encode(new byte[5], PLAIN, PLACE);
        byte[] renamed = payload.bytes().clone();
        System.arraycopy(new byte[] {'o', 'l', 'e'}, 0, renamed, 1, 3);
        Payloads sameKeyTwice = payloads(NEVER, OLD.alsoReads("ole", key(1)));
        assertThat(decode(sameKeyTwice, payload.bytes(), payload.flags())).hasSize(5);
        assertRefused(sameKeyTwice, renamed, payload.flags(), "another id");
    }

    // ---- anything at all

    @Test
    void garbageIsRefusedWithLittleMemory() {
        Random random = new Random(42);
        for (int i = 0; i < 4_000; i++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            if (garbage.length > 6 && random.nextBoolean()) {
                // A plausible start: a length within the limit and the header of a zlib stream, or a key's id.
                ByteBuffer.wrap(garbage)
                        .putShort((short) 0)
                        .position(4)
                        .put((byte) 0x78)
                        .put((byte) 0x01);
            }
            for (Payloads payloads : List.of(compressing, doingBoth)) {
                for (int flags = Envelope.COMPRESSED; flags < 8; flags++) {
                    int these = flags;
                    long before = allocated();
                    Exception refused = refusal(() -> decode(payloads, garbage, these));
                    assertThat(allocated() - before).isLessThan(2 * LIMIT);
                    boolean mayPass = payloads == compressing && flags == Envelope.ABSENT;
                    assertThat(refused != null || mayPass).isTrue();
                }
            }
        }
    }

    @Test
    void aDamagedStreamGivesTheValueOrNothing() throws Exception {
        byte[] value = compressible(1_000);
        byte[] payload = compressing.encode(value, PLAIN, PLACE).bytes();
        Random random = new Random(43);
        for (int i = 0; i < 4_000; i++) {
            byte[] damaged = payload.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Exception refused = refusal(() -> assertThat(decode(compressing, damaged, Envelope.COMPRESSED))
                    .isEqualTo(value));
            assertThat(refused == null
                            || refused instanceof DataFormatException
                            || refused instanceof ValueTooLargeException)
                    .isTrue();
        }
    }

    /** Lets errors through. */
    private static @Nullable Exception refusal(ThrowingCallable decoding) {
        try {
            decoding.call();
            return null;
        } catch (Exception e) {
            return e;
        } catch (Throwable e) {
            throw (Error) e;
        }
    }
}
