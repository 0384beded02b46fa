package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "größer", "日本", "a pair: \uD83D\uDE00", "the replacement itself: \uFFFD"})
    void whatIsWellFormedComesBackAsItWas(String text) throws Exception {
        byte[] bytes = Utf8.encode(text);
        assertThat(bytes).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(Utf8.decode(ByteBuffer.wrap(bytes))).isEqualTo(text);
        assertThat(Utf8.decode(ByteBuffer.wrap(bytes).asReadOnlyBuffer())).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "x\uDE00", "\uDE00\uD83D"})
    void halfAPairIsRefused(String text) {
        assertThatThrownBy(() -> Utf8.encode(text)).isInstanceOf(CharacterCodingException.class);
        assertThatThrownBy(() -> Utf8.check(text)).isInstanceOf(CharacterCodingException.class);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] bytes = {'a', (byte) 0xFF, 'b'};
        assertThatThrownBy(() -> Utf8.decode(ByteBuffer.wrap(bytes))).isInstanceOf(CharacterCodingException.class);
    }

    @Test
    void onlyWhatLiesBetweenPositionAndLimitIsRead() throws Exception {
        ByteBuffer bytes = ByteBuffer.wrap("before|text|after".getBytes(StandardCharsets.UTF_8))
                .position(7)
                .limit(11)
                .slice();
        assertThat(Utf8.decode(bytes)).isEqualTo("text");
        assertThat(bytes.hasRemaining()).isFalse();
    }
}
