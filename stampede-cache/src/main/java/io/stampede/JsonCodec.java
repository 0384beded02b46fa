package io.stampede;

import java.nio.ByteBuffer;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON by Jackson 3, for one declared type. Needs {@code tools.jackson.core:jackson-databind}, an optional dependency.
 *
 * <p>No class name found in the data ever chooses a class. So a type is refused if it, one that it inherits from, or
 * anything inside it is annotated with {@code @JsonTypeInfo(use = CLASS)} or {@code MINIMAL_CLASS}; logical names
 * ({@code NAME}) are allowed. The declared type, its elements, its properties, theirs and so on are looked at when the
 * codec is made; a subtype that has a logical name, when one is first written or read. Type resolvers and deserializers
 * that the application wrote itself are trusted.
 *
 * <p>Fields that a class does not know are skipped, so that a rolling deploy may add some.
 *
 * <p>Thread-safe.
 *
 * @param <V> the type of values
 */
public final class JsonCodec<V> implements Codec<V> {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final ObjectReader reader;
    private final ObjectWriter writer;
    private final String schemaId;

    private JsonCodec(ObjectReader reader, ObjectWriter writer, String schemaId) {
        this.reader = reader;
        this.writer = writer;
        this.schemaId = schemaId;
    }

    private static <V> JsonCodec<V> checked(JsonMapper mapper, JavaType type) {
        if (mapper.deserializationConfig().getDefaultTyper(type) != null) {
            throw new IllegalArgumentException(
                    "JsonCodec: this JsonMapper has default typing activated, which lets the "
                            + "data choose the class to create; use a mapper without it");
        }
        return ofGuarded(NoClassNames.in(mapper), type);
    }

    /** Has the type looked through now, whatever the mapper does by default, so that it is refused now. */
    private static <V> JsonCodec<V> ofGuarded(JsonMapper mapper, JavaType type) {
        try {
            ObjectReader reader = mapper.reader(DeserializationFeature.EAGER_DESERIALIZER_FETCH)
                    .forType(type);
            ObjectWriter writer =
                    mapper.writer(SerializationFeature.EAGER_SERIALIZER_FETCH).forType(type);
            return new JsonCodec<>(reader, writer, "");
        } catch (NoClassNames.ClassNameException e) {
            throw new IllegalArgumentException("JsonCodec: " + type.toCanonical() + ": " + e.getMessage(), e);
        }
    }

    /**
     * JSON of a class.
     *
     * @param type the class
     * @param <V> the type of values
     * @return the codec
     * @throws IllegalArgumentException if the type lets the data choose a class
     */
    public static <V> JsonCodec<V> of(Class<V> type) {
        return checked(MAPPER, MAPPER.constructType(type));
    }

    /**
     * JSON of a generic type: {@code JsonCodec.of(new TypeReference<List<Product>>() {})}.
     *
     * @param type the type
     * @param <V> the type of values
     * @return the codec
     * @throws IllegalArgumentException if the type lets the data choose a class
     */
    public static <V> JsonCodec<V> of(TypeReference<V> type) {
        return checked(MAPPER, MAPPER.constructType(type));
    }

    /**
     * JSON as the application's own mapper writes it.
     *
     * @param mapper the mapper
     * @param type the type
     * @param <V> the type of values
     * @return the codec
     * @throws IllegalArgumentException if the mapper has default typing activated, or the type lets the data choose a
     *     class
     */
    public static <V> JsonCodec<V> of(JsonMapper mapper, TypeReference<V> type) {
        return checked(mapper, mapper.constructType(type));
    }

    /**
     * The same codec with a {@link Codec#schemaId}: {@code JsonCodec.of(Product.class).withSchemaId("v2")}.
     *
     * @param newSchemaId the id
     * @return a copy
     */
    public JsonCodec<V> withSchemaId(String newSchemaId) {
        return new JsonCodec<>(reader, writer, newSchemaId);
    }

    @Override
    public String schemaId() {
        return schemaId;
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
