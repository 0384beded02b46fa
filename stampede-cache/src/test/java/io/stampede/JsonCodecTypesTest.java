package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeInfo.Id;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonPOJOBuilder;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** P17: the data never chooses a class, whatever a type's annotations say. */
class JsonCodecTypesTest {

    @JsonTypeInfo(use = Id.CLASS)
    interface ByClass {}

    record Direct(int x) implements ByClass {}

    static class Derived extends DerivedBase {}

    static class DerivedBase implements ByClass {}

    @JsonTypeInfo(use = Id.MINIMAL_CLASS)
    static class Minimal {}

    record Holder(ByClass value) {}

    record Deep(List<Map<String, Optional<Holder[]>>> holders) {}

    record OnProperty(@JsonTypeInfo(use = Id.CLASS) Object value) {}

    record OnContent(@JsonTypeInfo(use = Id.MINIMAL_CLASS) List<Object> values) {}

    record Box<T>(T content) {}

    record Knot(Knot next, List<Knot> more, ByClass end) {}

    static final class Delegating {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Delegating(Holder holder) {}
    }

    @JsonDeserialize(builder = Built.Builder.class)
    static final class Built {
        @JsonPOJOBuilder(withPrefix = "")
        static final class Builder {
            public Builder value(ByClass value) {
                return this;
            }

            public Built build() {
                return new Built();
            }
        }
    }

    static final class WrittenOnly {
        public ByClass getValue() {
            return new Direct(1);
        }
    }

    private static void assertRefused(TypeReference<?> type) {
        assertRefused(JsonMapper.shared(), type);
    }

    private static void assertRefused(JsonMapper mapper, TypeReference<?> type) {
        assertThatIllegalArgumentException()
                .as(type.getType().getTypeName())
                .isThrownBy(() -> JsonCodec.of(mapper, type))
                .withMessageContainingAll("JsonCodec", "@JsonTypeInfo(use = ", "CLASS)", "logical names");
    }

    @Test
    void aTypeThatLetsTheDataNameItsClassIsRefused() {
        assertRefused(new TypeReference<ByClass>() {});
        assertRefused(new TypeReference<Minimal>() {});
        assertRefused(new TypeReference<Direct>() {});
        assertRefused(new TypeReference<Derived>() {});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonCodec.of(Direct.class))
                .withMessageContaining("Direct");
        assertThatIllegalArgumentException().isThrownBy(() -> JsonCodec.of(new TypeReference<Direct>() {}));
    }

    @Test
    void soAreContainersOfIt() {
        assertRefused(new TypeReference<List<ByClass>>() {});
        assertRefused(new TypeReference<Map<String, Direct>>() {});
        assertRefused(new TypeReference<ByClass[]>() {});
        assertRefused(new TypeReference<Optional<Minimal>>() {});
        assertRefused(new TypeReference<AtomicReference<ByClass>>() {});
        assertRefused(new TypeReference<Map<String, List<Optional<ByClass[]>>>>() {});
    }

    @Test
    void soAreTypesWithItAnywhereInside() {
        assertRefused(new TypeReference<Holder>() {});
        assertRefused(new TypeReference<Deep>() {});
        assertRefused(new TypeReference<Box<ByClass>>() {});
        assertRefused(new TypeReference<Box<Box<Holder>>>() {});
        assertRefused(new TypeReference<OnProperty>() {});
        assertRefused(new TypeReference<OnContent>() {});
        assertRefused(new TypeReference<Knot>() {});
        assertRefused(new TypeReference<Delegating>() {});
        assertRefused(new TypeReference<Built>() {});
        assertRefused(new TypeReference<WrittenOnly>() {});
    }

    interface Innocent {}

    @JsonTypeInfo(use = Id.CLASS)
    interface MixIn {}

    @Test
    void whateverTheMapperItIsRefused() {
        assertRefused(
                JsonMapper.builder().addMixIn(Innocent.class, MixIn.class).build(), new TypeReference<Innocent>() {});
        JsonMapper lazy = JsonMapper.builder()
                .disable(DeserializationFeature.EAGER_DESERIALIZER_FETCH)
                .disable(SerializationFeature.EAGER_SERIALIZER_FETCH)
                .build();
        assertRefused(lazy, new TypeReference<Holder>() {});
        assertRefused(lazy, new TypeReference<WrittenOnly>() {});
        assertRefused(lazy, new TypeReference<Built>() {});
        assertRefused(withIntrospector(), new TypeReference<List<Innocent>>() {});
    }

    private static JsonMapper withIntrospector() {
        return JsonMapper.builder()
                .addModule(new SimpleModule("names") {
                    @Override
                    public void setupModule(SetupContext context) {
                        super.setupModule(context);
                        context.insertAnnotationIntrospector(new ClassesForAll());
                    }
                })
                .build();
    }

    static final class ClassesForAll extends JacksonAnnotationIntrospector {
        @Override
        public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
            return annotated.getRawType() == Innocent.class
                    ? JsonTypeInfo.Value.from(ByClass.class.getAnnotation(JsonTypeInfo.class))
                    : null;
        }
    }

    // ---- what is allowed

    @JsonTypeInfo(use = Id.NAME, property = "kind")
    sealed interface Shape permits Circle, Group {}

    @JsonTypeName("circle")
    record Circle(double radius) implements Shape {}

    @JsonTypeName("group")
    record Group(List<Shape> shapes, @Nullable Group outer) implements Shape {}

    @JsonTypeInfo(use = Id.DEDUCTION)
    @JsonSubTypes({@JsonSubTypes.Type(Cat.class), @JsonSubTypes.Type(Dog.class)})
    interface Pet {}

    record Cat(int lives) implements Pet {}

    record Dog(String bone) implements Pet {}

    record Tree(String name, List<Tree> children, @Nullable Tree parent) {}

    private static <V> void assertReadsBack(TypeReference<V> type, V value) {
        JsonCodec<V> codec = JsonCodec.of(type);
        assertThat(codec.decode(ByteBuffer.wrap(codec.encode(value)))).isEqualTo(value);
    }

    @Test
    void logicalNamesAreAllowed() {
        Shape shape = new Group(List.of(new Circle(1.5), new Group(List.of(), null)), new Group(List.of(), null));
        assertReadsBack(new TypeReference<Shape>() {}, shape);
        assertReadsBack(new TypeReference<Map<String, List<Shape>>>() {}, Map.of("a", List.of(shape)));
        assertReadsBack(new TypeReference<Box<Shape>>() {}, new Box<>(shape));
        assertReadsBack(new TypeReference<List<Pet>>() {}, List.of(new Cat(9), new Dog("big")));
        assertThat(new String(JsonCodec.of(Shape.class).encode(new Circle(1)), StandardCharsets.UTF_8))
                .contains("\"kind\":\"circle\"");
    }

    @Test
    void typesThatContainThemselvesAreAllowed() {
        Tree leaf = new Tree("leaf", List.of(), null);
        assertReadsBack(new TypeReference<Tree>() {}, new Tree("root", List.of(leaf, leaf), leaf));
    }

    // ---- what only a subtype says

    @JsonTypeInfo(use = Id.NAME)
    sealed interface Event permits Fine, Bad {}

    @JsonTypeName("fine")
    record Fine(int x) implements Event {}

    @JsonTypeName("bad")
    record Bad(@JsonTypeInfo(use = Id.CLASS) Object payload) implements Event {}

    /** Its constructor tells that it has run. */
    public static final class Gadget {
        static final List<Gadget> MADE = new ArrayList<>();

        public Gadget() {
            MADE.add(this);
        }
    }

    @Test
    void aSubtypeIsRefusedWhenItIsMet() {
        JsonCodec<Event> codec = JsonCodec.of(Event.class);
        assertThat(codec.decode(ByteBuffer.wrap(codec.encode(new Fine(1))))).isEqualTo(new Fine(1));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> codec.encode(new Bad("x"))).hasMessageContaining("@JsonTypeInfo(use = CLASS)");
            byte[] named = ("{\"@type\":\"bad\",\"payload\":{\"@class\":\"" + Gadget.class.getName() + "\"}}")
                    .getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> codec.decode(ByteBuffer.wrap(named)))
                    .hasMessageContaining("@JsonTypeInfo(use = CLASS)");
        }
        assertThat(Gadget.MADE).isEmpty();
        assertThat(codec.decode(ByteBuffer.wrap(codec.encode(new Fine(2))))).isEqualTo(new Fine(2));
    }
}
