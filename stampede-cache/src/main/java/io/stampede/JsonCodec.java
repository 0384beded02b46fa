package io.stampede;

import java.nio.ByteBuffer;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON by Jackson 3, for one declared type. Needs {@code tools.jackson.core:jackson-databind}, an optional dependency.
 *
 * <p>No class name found in the data ever chooses a class. Fields that a class does not know are skipped, so that a
 * rolling deploy may add some.
 *
 * <p>Thread-safe.
 *
 * @param <V> the type of values
 */
public final class JsonCodec<V> implements Codec<V> {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final ObjectReader reader;
    private final ObjectWriter writer;

    private JsonCodec(JsonMapper mapper, JavaType type) {
        if (mapper.deserializationConfig().getDefaultTyper(type) != null) {
            throw new IllegalArgumentException(
                    "JsonCodec: this JsonMapper has default typing activated, which lets the "
                            + "data choose the class to create; use a mapper without it");
        }
        this.reader = mapper.readerFor(type);
        this.writer = mapper.writerFor(type);
    }

    /**
     * JSON of a class.
     *
     * @param type the class
     * @param <V> the type of values
     * @return the codec
     */
    public static <V> JsonCodec<V> of(Class<V> type) {
        return new JsonCodec<>(MAPPER, MAPPER.constructType(type));
    }

    /**
     * JSON of a generic type: {@code JsonCodec.of(new TypeReference<List<Product>>() {})}.
     *
     * @param type the type
     * @param <V> the type of values
     * @return the codec
     */
    public static <V> JsonCodec<V> of(TypeReference<V> type) {
        return new JsonCodec<>(MAPPER, MAPPER.constructType(type));
    }

    /**
     * JSON as the application's own mapper writes it.
     *
     * @param mapper the mapper
     * @param type the type
     * @param <V> the type of values
     * @return the codec
     * @throws IllegalArgumentException if the mapper has default typing activated
     */
    public static <V> JsonCodec<V> of(JsonMapper mapper, TypeReference<V> type) {
        return new JsonCodec<>(mapper, mapper.constructType(type));
    }

    @Override
    public byte[] encode(V value) {
        return writer.writeValueAsBytes(value);
    }

    @Override
    public V decode(ByteBuffer bytes) {
        V value = reader.readValue(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        if (value == null) {
            throw new IllegalArgumentException("JSON null, where a value was expected");
        }
        return value;
    }
}
