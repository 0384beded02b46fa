package io.stampede.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.SlotHash;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** KNOWN-BUG 43, 44: no collision, and no CROSSSLOT, whatever the key. */
class RedisKeysTest {

    private final RedisKeys keys = new RedisKeys("products:v2");

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "}", "{", "{}", "}{", "{a}b", "a}b", "a{b", "}}}", "{{{", "}:v", "ä}日", "😀", " "})
    void valueAndLeaseShareASlot(String key) {
        assertThat(SlotHash.getSlot(keys.value(key))).isEqualTo(SlotHash.getSlot(keys.lease(key)));
        assertThat(keys.value(key)).isNotEqualTo(keys.lease(key));
    }

    @Test
    void entriesSpreadOverTheSlots() {
        assertThat(IntStream.range(0, 1_000)
                        .map(i -> SlotHash.getSlot(keys.value("product-" + i)))
                        .distinct())
                .hasSizeGreaterThan(900);
    }

    @Test
    void theLayoutIsAsDocumented() {
        assertThat(new String(keys.value("ä1"), UTF_8)).isEqualTo("stampede:1:products:v2:{kä1}:v");
        assertThat(new String(keys.lease("ä1"), UTF_8)).isEqualTo("stampede:1:products:v2:{kä1}:l");
        assertThat(new String(keys.state(), UTF_8)).isEqualTo("stampede:1:products:v2:s");
        assertThat(new String(keys.tag("ä1"), UTF_8)).isEqualTo("stampede:1:products:v2:t{kä1}");
        assertThat(keys.channel()).isEqualTo("stampede:1:products:v2:bus");
    }

    @Test
    void halfASurrogatePairDoesNotBecomeAQuestionMark() {
        assertThatThrownBy(() -> keys.value("a\uD83D"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("surrogate");
    }
}
