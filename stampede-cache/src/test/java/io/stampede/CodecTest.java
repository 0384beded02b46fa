package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

/** What codecs write, read and refuse. P17 */
class CodecTest {

    record Product(long id, @Nullable String name) {}

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As the payload lies inside an envelope: with something before it and an offset of its own. */
    private static ByteBuffer inside(byte[] payload) {
        return ByteBuffer.allocate(payload.length + 7)
                .put(new byte[7])
                .put(payload)
                .position(5)
                .slice()
                .position(2)
                .slice();
    }

    @Test
    void jsonOfAClassReadsBack() {
        JsonCodec<Product> codec = JsonCodec.of(Product.class);
        Product product = new Product(42, "Köln \ud83d\ude00");
        assertThat(codec.decode(inside(codec.encode(product)))).isEqualTo(product);
        assertThat(new String(codec.encode(new Product(1, null)), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":1,\"name\":null}");
    }

    @Test
    void jsonOfAGenericTypeReadsBackAsItsElements() {
        JsonCodec<List<Product>> codec = JsonCodec.of(new TypeReference<List<Product>>() {});
        List<Product> products = List.of(new Product(1, "a"), new Product(2, "b"));
        assertThat(codec.decode(inside(codec.encode(products))))
                .isEqualTo(products)
                .allMatch(Product.class::isInstance);
    }

    @Test
    void unknownFieldsAreSkipped() {
        assertThat(JsonCodec.of(Product.class).decode(bytes("{\"id\":1,\"colour\":[{\"x\":2}],\"name\":\"a\"}")))
                .isEqualTo(new Product(1, "a"));
    }

    @Test
    void jsonNullIsRefused() {
        assertThatThrownBy(() -> JsonCodec.of(Product.class).decode(bytes("null")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void brokenJsonIsRefused() {
        JsonCodec<Product> codec = JsonCodec.of(Product.class);
        for (String text : List.of("", "{", "[]", "{\"id\":\"x\"}", "{\"id\":1}{\"id\":2}", "\0\0")) {
            assertThatThrownBy(() -> codec.decode(bytes(text))).as(text).isNotNull();
        }
    }

    @Test
    void aMapperWithDefaultTypingIsRefused() {
        JsonMapper mapper = JsonMapper.builder()
                .activateDefaultTyping(
                        BasicPolymorphicTypeValidator.builder()
                                .allowIfBaseType(Object.class)
                                .build(),
                        DefaultTyping.NON_FINAL)
                .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonCodec.of(mapper, new TypeReference<List<Object>>() {}))
                .withMessageContaining("default typing");
    }

    @Test
    void aClassNameInTheDataChoosesNothing() {
        JsonCodec<Object> codec = JsonCodec.of(Object.class);
        assertThat(codec.decode(bytes("{\"@class\":\"java.io.File\",\"path\":\"x\"}")))
                .isInstanceOf(java.util.Map.class);
    }

    @Test
    void anApplicationsMapperIsUsed() {
        JsonMapper mapper = JsonMapper.builder()
                .propertyNamingStrategy(tools.jackson.databind.PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .build();
        JsonCodec<Product> codec = JsonCodec.of(mapper, new TypeReference<Product>() {});
        assertThat(new String(codec.encode(new Product(1, "a")), StandardCharsets.UTF_8))
                .contains("\"Id\"");
    }

    @Test
    void stringsReadBackAndMalformedOnesAreRefused() throws Exception {
        Codec<String> codec = Codec.strings();
        for (String text : List.of("", "a", "ä\ud83d\ude00\0")) {
            assertThat(codec.decode(inside(codec.encode(text)))).isEqualTo(text);
        }
        assertThatThrownBy(() -> codec.encode("\ud83d")).isInstanceOf(java.nio.charset.CharacterCodingException.class);
        assertThatThrownBy(() -> codec.decode(ByteBuffer.wrap(new byte[] {(byte) 0xc3})))
                .isInstanceOf(java.nio.charset.CharacterCodingException.class);
    }

    @Test
    void bytesReadBack() throws Exception {
        Codec<byte[]> codec = Codec.bytes();
        byte[] all = {0, 1, -1, 127, -128};
        assertThat(codec.decode(inside(codec.encode(all)))).isEqualTo(all);
        assertThat(codec.decode(inside(codec.encode(new byte[0])))).isEmpty();
    }
}
