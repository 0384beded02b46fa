package io.stampede.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.SlotHash;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.RedissonObject;

/** KNOWN-BUG 43, 44: no collision, and no CROSSSLOT, whatever the key. */
class RedisKeysTest {

    private final RedisKeys keys = RedisKeys.onOneServer("products:v2");
    private final RedisKeys inCluster = RedisKeys.inCluster("products:v2");

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "}", "{", "{}", "}{", "{a}b", "a}b", "a{b", "}}}", "{{{", "}:v", "ä}日", "😀", " "})
    void whatAScriptTouchesSharesASlot(String key) {
        for (RedisKeys each : List.of(keys, inCluster)) {
            assertThat(List.of(each.lease(key), each.tag(key), each.stateOf(key), each.state(each.part(key))))
                    .extracting(SlotHash::getSlot)
                    .containsOnly(SlotHash.getSlot(each.value(key)));
            assertThat(Stream.of(each.value(key), each.lease(key), each.tag(key), each.stateOf(key))
                            .map(ByteBuffer::wrap))
                    .doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "}", "{", "{}", "}{", "{a}b", "a}b", "a{b", "}}}", "{{{", "}:v", "ä}日", "😀", " "})
    void theLockAndWhatRedissonKeepsBesideItAreInTheSlotToo(String key) {
        byte[] lock = inCluster.lock(key);
        int slot = SlotHash.getSlot(inCluster.lease(key));
        assertThat(SlotHash.getSlot(lock)).isEqualTo(slot);
        for (String prefix : new String[] {"redisson_lock__channel", "redisson_unlock_latch"}) {
            String name = RedissonObject.prefixName(prefix, new String(lock, UTF_8));
            assertThat(SlotHash.getSlot(name)).isEqualTo(slot);
        }
        assertThat(lock).isNotEqualTo(inCluster.lease(key)).isNotEqualTo(inCluster.value(key));
    }

    /** However many servers share the slots in equal ranges, none has more of the parts than it must. */
    @Test
    void partsAreSpreadEvenlyOverTheServers() {
        for (int servers = 1; servers <= 16; servers++) {
            int[] parts = new int[servers];
            for (int part = 0; part < inCluster.parts(); part++) {
                parts[SlotHash.getSlot(inCluster.state(part)) * servers / SlotHash.SLOT_COUNT]++;
            }
            assertThat(IntStream.of(parts).max().orElseThrow())
                    .as("%d servers", servers)
                    .isLessThanOrEqualTo((32 + servers - 1) / servers + 1);
            assertThat(IntStream.of(parts).min().orElseThrow()).isPositive();
        }
    }

    @Test
    void keysSpreadEvenlyOverTheParts() {
        int[] keysOf = new int[inCluster.parts()];
        IntStream.range(0, 32_000).forEach(i -> keysOf[inCluster.part("product-" + i)]++);
        assertThat(IntStream.of(keysOf).min().orElseThrow()).isGreaterThan(850);
        assertThat(IntStream.of(keysOf).max().orElseThrow()).isLessThan(1_150);
    }

    /** Nodes of different versions must place a key alike, so this must never change. */
    @Test
    void theLayoutIsAsDocumented() {
        assertThat(new String(keys.value("ä1"), UTF_8)).isEqualTo("stampede:1:products:v2:{0}:vä1");
        assertThat(new String(keys.lease("ä1"), UTF_8)).isEqualTo("stampede:1:products:v2:{0}:lä1");
        assertThat(new String(keys.tag("ä1"), UTF_8)).isEqualTo("stampede:1:products:v2:{0}:tä1");
        assertThat(new String(keys.state(0), UTF_8)).isEqualTo("stampede:1:products:v2:{0}:s");
        assertThat(keys.channel()).isEqualTo("stampede:1:products:v2:bus");
        assertThat(new String(inCluster.value("ä1"), UTF_8)).isEqualTo("stampede:1:products:v2:{647}:vä1");
        assertThat(inCluster.channel()).isEqualTo(keys.channel());
    }

    @Test
    void halfASurrogatePairDoesNotBecomeAQuestionMark() {
        assertThatThrownBy(() -> keys.value("a\uD83D"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("surrogate");
    }
}
