package io.stampede.spring;

import io.stampede.Codec;
import io.stampede.JsonCodec;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.Version;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Makes the codecs of values: JSON of the declared type. No class name in the data chooses a class; subtypes of a sealed
 * type have logical ids.
 *
 * <p>Thread-safe.
 */
final class ValueCodecs {

    private final JsonMapper mapper;
    private final boolean trustsMapper;

    private ValueCodecs(JsonMapper mapper, boolean trustsMapper) {
        this.mapper = mapper.rebuild().addModule(new SealedTypesModule()).build();
        this.trustsMapper = trustsMapper;
    }

    /** Codecs with a mapper of our own: what the application's one does for the web is not for values at rest. */
    ValueCodecs() {
        this(ownMapper(), false);
    }

    /** Codecs with a mapper that the user chose for this, who may have taught it more types. */
    ValueCodecs(JsonMapper mapper) {
        this(mapper, true);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // only so can the type of a generic interface be named
    private static JsonMapper ownMapper() {
        SimpleModule module = new SimpleModule("stampede-values");
        module.addAbstractTypeMapping((Class) Set.class, LinkedHashSet.class); // keeps the order that was written
        return JsonMapper.builder()
                .addModule(module)
                // By name, for two constants may have the same text for people.
                .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
                .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
                // A time comes back in the zone that it had.
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .build();
    }

    /**
     * The codec of a type. Its schema id is the shape of the type: a changed class is a miss, and while two versions of
     * the application run, each finds its own values.
     *
     * @param type a known type
     * @throws IllegalArgumentException if values of the type could come back different, or not at all; says why and what
     *     to do
     */
    Codec<Object> codec(ValueType type) {
        try {
            String shape = ValueShape.of(mapper, trustsMapper, type);
            return new ValueCodec(type, JsonCodec.of(mapper, reference(type)).withSchemaId(shape));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Values of type " + type + " can't be kept in Redis: " + e.getMessage(), e);
        }
    }

    private static TypeReference<Object> reference(ValueType type) {
        return new TypeReference<>() {
            @Override
            public Type getType() {
                return type.type();
            }
        };
    }

    /** Has the mapper's other introspectors asked first. */
    private static final class SealedTypesModule extends JacksonModule {

        @Override
        public String getModuleName() {
            return SealedTypes.class.getName();
        }

        @Override
        public Version version() {
            return Version.unknownVersion();
        }

        @Override
        public void setupModule(SetupContext context) {
            AnnotationIntrospector sealedTypes = new SealedTypes();
            context.appendAnnotationIntrospector(sealedTypes);
        }
    }
}
