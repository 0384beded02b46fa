package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How the shape of a codec's bytes is told apart. */
class SchemasTest {

    @Test
    void noIdIsZeroAndAnyOtherIsNot() {
        assertThat(Schemas.hash("")).isZero();
        Set<Long> hashes = new HashSet<>(Set.of(0L));
        for (int i = 0; i < 1_000; i++) {
            assertThat(hashes.add(Schemas.hash("v" + i))).isTrue();
        }
    }

    /** Nodes of different versions of this library meet in one store, so that it may never change. */
    @Test
    void theHashIsTheFirstEightBytesOfSha256() {
        assertThat(Schemas.hash("v2")).isEqualTo(0xfb04dcb6970e4c3dL);
        assertThat(Schemas.hash("ä")).isEqualTo(0x33e6d73fee82904cL);
    }

    @Test
    void aCodecHasNoIdUnlessItIsGivenOne() {
        JsonCodec<String> codec = JsonCodec.of(String.class);
        assertThat(Codec.strings().schemaId()).isEmpty();
        assertThat(Codec.bytes().schemaId()).isEmpty();
        assertThat(codec.schemaId()).isEmpty();
        assertThat(codec.withSchemaId("v2").schemaId()).isEqualTo("v2");
        assertThat(codec.schemaId()).isEmpty();
        assertThat(codec.withSchemaId("v2").encode("a")).isEqualTo(codec.encode("a"));
    }
}
