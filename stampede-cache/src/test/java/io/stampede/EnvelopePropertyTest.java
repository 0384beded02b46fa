package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** P19: an envelope comes back as it was written, and whatever else is found in its place is no envelope. */
class EnvelopePropertyTest {

    private static final String SEED = "20261101";

    @Provide
    Arbitrary<Envelope.Header> headers() {
        Arbitrary<Long> numbers = Arbitraries.longs();
        Arbitrary<Token> tokens = Combinators.combine(numbers, numbers).as(Token::new);
        return Combinators.combine(
                        tokens,
                        numbers,
                        numbers,
                        numbers,
                        numbers,
                        tokens,
                        Arbitraries.integers().between(0, 7),
                        numbers)
                .as(Envelope.Header::new);
    }

    @Provide
    Arbitrary<Map<String, Token>> tags() {
        Arbitrary<String> names = Arbitraries.strings()
                .ofMinLength(1)
                .ofMaxLength(20)
                .filter(name -> StandardCharsets.UTF_8.newEncoder().canEncode(name));
        Arbitrary<Token> tokens =
                Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(Token::new);
        return Arbitraries.maps(names, tokens).ofMaxSize(6);
    }

    @Property(seed = SEED, tries = 150, edgeCases = EdgeCasesMode.NONE)
    void whatIsWrittenIsRead(
            @ForAll("headers") Envelope.Header header,
            @ForAll("tags") Map<String, Token> tags,
            @ForAll @Size(max = 200) byte[] payload) {
        byte[] bytes = Envelope.encode(header, tags, payload);
        Envelope read = Envelope.decode(bytes);
        assertThat(read).isNotNull();
        assertThat(read.header()).isEqualTo(header);
        assertThat(read.tags()).isEqualTo(tags);
        assertThat(List.copyOf(read.tags().keySet())).isEqualTo(List.copyOf(tags.keySet()));
        assertThat(read.payload()).isEqualTo(ByteBuffer.wrap(payload));
        assertThat(Envelope.stamp(bytes)).isEqualTo(Envelope.stamp(header.version()));
    }

    @Property(seed = SEED, tries = 500)
    void noBytesAreTooStrange(@ForAll @Size(max = 200) byte[] bytes) {
        assertThatCode(() -> Envelope.decode(bytes)).doesNotThrowAnyException();
        if (bytes.length > 0) {
            bytes[0] = Envelope.FORMAT;
        }
        assertThatCode(() -> Envelope.decode(bytes)).doesNotThrowAnyException();
    }

    /** Lengths and tags are where a reader can stumble. */
    @Property(seed = SEED, tries = 500, edgeCases = EdgeCasesMode.NONE)
    void norAreThoseOfADamagedEnvelope(
            @ForAll("headers") Envelope.Header header,
            @ForAll("tags") Map<String, Token> tags,
            @ForAll @IntRange(min = 65, max = 400) int where,
            @ForAll byte what) {
        byte[] bytes = Envelope.encode(header, tags, new byte[20]);
        bytes[where % bytes.length] = what;
        assertThatCode(() -> Envelope.decode(bytes)).doesNotThrowAnyException();
    }

    @Property(seed = SEED, tries = 150, edgeCases = EdgeCasesMode.NONE)
    void aPartOfAnEnvelopeIsNone(
            @ForAll("headers") Envelope.Header header,
            @ForAll("tags") Map<String, Token> tags,
            @ForAll @IntRange(max = 500) int length) {
        byte[] bytes = Envelope.encode(header, tags, new byte[20]);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1 + length);
        assertThat(Envelope.decode(Arrays.copyOf(bytes, length % bytes.length))).isNull();
        assertThat(Envelope.decode(longer)).isNull();
    }

    @Property(seed = SEED, tries = 100, edgeCases = EdgeCasesMode.NONE)
    void aFlagOfTheFutureIsNotReadWithoutKnowingIt(
            @ForAll("headers") Envelope.Header header, @ForAll @IntRange(min = 8, max = 255) int flags) {
        byte[] bytes = Envelope.encode(header, new LinkedHashMap<>(), new byte[0]);
        bytes[65] = (byte) flags;
        assertThat(Envelope.decode(bytes)).isNull();
    }
}
