package io.stampede.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import io.stampede.Codec;
import io.stampede.spring.Shop.Answer;
import io.stampede.spring.Shop.Circle;
import io.stampede.spring.Shop.Details;
import io.stampede.spring.Shop.Enquiry;
import io.stampede.spring.Shop.Expired;
import io.stampede.spring.Shop.Failure;
import io.stampede.spring.Shop.Forbidden;
import io.stampede.spring.Shop.Found;
import io.stampede.spring.Shop.Missing;
import io.stampede.spring.Shop.Outcome;
import io.stampede.spring.Shop.Page;
import io.stampede.spring.Shop.Product;
import io.stampede.spring.Shop.Refused;
import io.stampede.spring.Shop.Shape;
import io.stampede.spring.Shop.Silence;
import io.stampede.spring.Shop.Success;
import io.stampede.spring.Shop.Truck;
import io.stampede.spring.Shop.Vehicle;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;

class ValueCodecsTest {

    private static final ValueCodecs CODECS = new ValueCodecs();

    /** The types, as cached methods declare them. */
    @SuppressWarnings("unused")
    private interface Methods {
        Product product();

        List<Product> products();

        Map<String, List<Product>> productsByName();

        Page<Product> page();

        Details details();

        Answer answer();

        List<Answer> answers();

        Refused refused();

        Forbidden forbidden();

        Enquiry enquiry();

        Outcome<Product> outcome();

        Vehicle vehicle();

        List<Shape> shapes();

        byte[] bytes();

        String string();

        long number();

        ZoneId zone();

        Set<String> set();

        Sku sku();

        Holder holder();

        List<Greeting> greetings();

        Polite polite();

        List<Plan> plans();

        OnProperty onProperty();

        Node node();

        Others others();

        Built built();

        JsonNode tree();

        Iterable<Product> iterable();

        Unwritable unwritable();

        NoCreator noCreator();

        Animal animal();

        Owner owner();

        Attributes attributes();

        Hidden hidden();

        Clash clash();

        ByClass byClass();

        Open open();
    }

    record Sku(@JsonValue String text) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Sku {}
    }

    record Holder(ZoneId zone, List<byte[]> parts, char sign, Optional<Answer> answer) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Holder that && key().equals(that.key());
        }

        @Override
        public int hashCode() {
            return key().hashCode();
        }

        private List<Object> key() {
            return List.of(zone, parts.stream().map(Arrays::toString).toList(), sign, answer);
        }
    }

    sealed interface Greeting {}

    enum Polite implements Greeting {
        HELLO,
        GOOD_DAY {
            @Override
            public String toString() {
                return "Good day";
            }
        }
    }

    interface Fruit {}

    record Apple(int seeds) implements Fruit {}

    record OnProperty(
            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME) @JsonSubTypes(@JsonSubTypes.Type(Apple.class))
            Fruit fruit) {}

    record Others(
            ZonedDateTime utc,
            Date date,
            Locale locale,
            URI uri,
            BigDecimal big,
            double infinite,
            Double none,
            OptionalInt optional,
            Map<LocalDate, List<List<Optional<Integer>>>> nested,
            Map<Polite, JsonNode> trees) {}

    @JsonDeserialize(builder = Built.Builder.class)
    static final class Built {
        private final String name;

        private Built(String name) {
            this.name = name;
        }

        public String getName() {
            return name;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Built that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        static final class Builder {
            private String name = "";

            public Builder withName(String newName) {
                name = newName;
                return this;
            }

            public Built build() {
                return new Built(name);
            }
        }
    }

    record Node(List<Node> children) {}

    interface Animal {}

    record Owner(List<Animal> animals) {}

    record Attributes(Map<String, Object> attributes) {}

    static class Hidden {
        private final int number;

        Hidden(int number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return "" + number;
        }
    }

    static class Unwritable {
        public String getName() {
            throw new IllegalStateException("no session");
        }

        public void setName(String name) {}
    }

    static class NoCreator {
        private final int number;

        NoCreator(int number, int ignored) {
            this.number = number;
        }

        public int getNumber() {
            return number;
        }
    }

    sealed interface Clash {
        record Leaf() implements Clash {}
    }

    record Leaf() implements Clash {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface ByClass {}

    sealed interface Open permits Free {}

    static non-sealed class Free implements Open {}

    static class Freer extends Free {}

    private static ValueType type(String method) {
        try {
            return ValueType.of(Methods.class.getDeclaredMethod(method), Methods.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Codec<Object> codec(String method) {
        return CODECS.codec(type(method));
    }

    private static String json(String method, Object value) throws Exception {
        return new String(codec(method).encode(value), UTF_8);
    }

    private static Object read(String method, String json) throws Exception {
        return codec(method).decode(ByteBuffer.wrap(json.getBytes(UTF_8)));
    }

    private static Others others() {
        return new Others(
                ZonedDateTime.of(2026, 11, 23, 1, 2, 3, 4, ZoneId.of("UTC")),
                new Date(1),
                Locale.CANADA_FRENCH,
                URI.create("https://example.org/a?b"),
                new BigDecimal("1E+7"),
                Double.NEGATIVE_INFINITY,
                Double.NaN,
                OptionalInt.of(1),
                Map.of(LocalDate.EPOCH, List.of(List.of(Optional.of(1), Optional.empty()))),
                Map.of(Polite.HELLO, JsonMapper.shared().readTree("[true]")));
    }

    static Stream<Arguments> values() {
        Product product = Product.of(1);
        Found found = new Found(product, List.of(new Missing(), new Forbidden("no"), Silence.GOLDEN));
        return Stream.of(
                Arguments.of("product", product),
                Arguments.of("products", List.of(product, Product.of(2))),
                Arguments.of("products", List.of()),
                Arguments.of("products", Arrays.asList(product, null)),
                Arguments.of("productsByName", Map.of("a", List.of(product), "b", List.of())),
                Arguments.of("page", new Page<>(List.of(product), 3)),
                Arguments.of("details", Shop.details()),
                Arguments.of("answer", found),
                Arguments.of("answer", new Missing()),
                Arguments.of("answer", new Expired(Instant.EPOCH)),
                Arguments.of("answer", Silence.GOLDEN),
                Arguments.of("answers", List.of(found, new Missing(), new Expired(Instant.EPOCH), Silence.GOLDEN)),
                Arguments.of("refused", new Forbidden("no")),
                Arguments.of("forbidden", new Forbidden("no")),
                Arguments.of("enquiry", new Enquiry(found, new Forbidden("no"), new Forbidden("never"))),
                Arguments.of("enquiry", new Enquiry(new Missing(), null, new Forbidden("never"))),
                Arguments.of("outcome", new Success<>(product)),
                Arguments.of("outcome", new Failure<>("gone")),
                Arguments.of("shapes", List.of(new Circle(1), new Shop.Square(2))),
                Arguments.of("bytes", new byte[] {0, -1, 2}),
                Arguments.of("string", "{\"@type\":\"java.lang.Object\"} é \uD83D\uDE00"),
                Arguments.of("string", ""),
                Arguments.of("number", Long.MAX_VALUE),
                Arguments.of("zone", ZoneId.of("Europe/Paris")),
                Arguments.of("sku", new Sku("x-1")),
                Arguments.of(
                        "holder",
                        new Holder(ZoneId.of("UTC"), List.of(new byte[] {1}), 'x', Optional.of(new Missing()))),
                Arguments.of("greetings", List.of(Polite.HELLO, Polite.GOOD_DAY)),
                Arguments.of("onProperty", new OnProperty(new Apple(3))),
                Arguments.of("others", others()),
                Arguments.of("built", new Built("a")),
                Arguments.of("tree", JsonMapper.shared().readTree("{\"a\":[1,null]}")),
                Arguments.of("iterable", List.of(product)),
                Arguments.of("node", new Node(List.of(new Node(List.of())))));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueIsTheSameAfterItWasBytes(String method, Object value) throws Exception {
        Codec<Object> codec = codec(method);

        assertThat(codec.decode(ByteBuffer.wrap(codec.encode(value)))).isEqualTo(value);
    }

    @Test
    void theListOfADeclaredTypeHoldsThatType() throws Exception {
        List<?> read = (List<?>) read("products", json("products", List.of(Product.of(1))));

        assertThat(read.get(0)).isInstanceOf(Product.class);
    }

    @Test
    void aSetKeepsItsOrder() throws Exception {
        Set<String> set = new LinkedHashSet<>(List.of("z", "q", "a", "k", "b"));

        assertThat((Set<?>) read("set", json("set", set)))
                .isInstanceOf(LinkedHashSet.class)
                .isEqualTo(set);
        assertThat(((Set<?>) read("set", json("set", set))).toString()).isEqualTo(set.toString());
    }

    @Test
    void aSubtypeOfASealedTypeIsWrittenWithALogicalId() throws Exception {
        assertThat(json("answer", new Forbidden("no"))).isEqualTo("{\"@type\":\"Forbidden\",\"why\":\"no\"}");
        assertThat(json("refused", new Forbidden("no"))).isEqualTo("{\"@type\":\"Forbidden\",\"why\":\"no\"}");
        assertThat(json("forbidden", new Forbidden("no"))).isEqualTo("{\"why\":\"no\"}");
        assertThat(json("outcome", new Success<>(Product.of(1)))).startsWith("{\"@type\":\"Success\"");
    }

    @Test
    void aSealedClassThatIsNotAbstractIsOneOfItsOwnSubtypes() throws Exception {
        Truck truck = new Truck();
        truck.wheels = 6;
        truck.load = 7;
        Vehicle vehicle = new Vehicle();
        vehicle.wheels = 4;

        Truck read = (Truck) read("vehicle", json("vehicle", truck));
        assertThat(read.wheels).isEqualTo(6);
        assertThat(read.load).isEqualTo(7);
        assertThat(read("vehicle", json("vehicle", vehicle))).isExactlyInstanceOf(Vehicle.class);
    }

    @Test
    void whatHasATextAlreadyNeedsNoIdAlthoughItIsSealed() throws Exception {
        assertThat(json("zone", ZoneId.of("Europe/Paris"))).isEqualTo("\"Europe/Paris\"");
        assertThat(json("polite", Polite.GOOD_DAY)).isEqualTo("\"GOOD_DAY\"");
    }

    enum Plan {
        OLD,
        NEW;

        @Override
        public String toString() {
            return "the plan";
        }
    }

    @Test
    void constantsAreToldApartByTheirNames() throws Exception {
        assertThat(read("plans", json("plans", List.of(Plan.OLD, Plan.NEW)))).isEqualTo(List.of(Plan.OLD, Plan.NEW));
    }

    @Test
    void theUsersOwnTypeInfoIsRespected() throws Exception {
        assertThat(json("shapes", List.of(new Circle(1)))).isEqualTo("[{\"kind\":\"round\",\"radius\":1}]");
    }

    @Test
    void anIdChoosesOnlyAmongThePermittedSubtypes() {
        for (String id : List.of("Truck", "Product", "java.lang.Object", Missing.class.getName(), "Shop$Missing")) {
            assertThatThrownBy(() -> read("answer", "{\"@type\":\"" + id + "\"}"))
                    .as(id)
                    .isInstanceOf(Exception.class);
        }
        assertThatThrownBy(() -> read("refused", "{\"@type\":\"Missing\"}")).isInstanceOf(Exception.class);
        assertThatThrownBy(() -> read("answer", "{}")).isInstanceOf(Exception.class);
    }

    @Test
    void theUsersMapperIsUsedAsItIs() throws Exception {
        JsonMapper mapper = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .build();
        Codec<Object> codec = new ValueCodecs(mapper).codec(type("answer"));

        assertThat(new String(codec.encode(new Forbidden("no")), UTF_8))
                .isEqualTo("{\"@type\":\"Forbidden\",\"Why\":\"no\"}");
        assertThat(codec.schemaId()).isNotEqualTo(codec("answer").schemaId());
    }

    @Test
    void aMapperThatLetsDataChooseClassesIsRefused() {
        assertThatThrownBy(() -> codec("byClass"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(ByClass.class.getName())
                .hasMessageContaining("logical names");
    }

    static Stream<Arguments> typesThatWouldNotComeBack() {
        return Stream.of(
                Arguments.of("animal", Animal.class.getName() + " is abstract"),
                Arguments.of("owner", Animal.class.getName() + " is abstract"),
                Arguments.of("attributes", "Attributes#attributes() is an Object"),
                Arguments.of("hidden", "no property that Jackson sees"),
                Arguments.of("clash", "would both be written as 'Leaf'"));
    }

    @ParameterizedTest
    @MethodSource("typesThatWouldNotComeBack")
    void aTypeWhoseValuesWouldNotComeBackAsTheyWereIsRefused(String method, String why) {
        assertThatThrownBy(() -> codec(method))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Values of type " + type(method) + " can't be kept in Redis: ")
                .hasMessageContaining(why);
    }

    @Test
    void anObjectInsideIsAllowedWhereAPropertyNamesTheType() throws Exception {
        Codec<Object> codec = CODECS.codec(
                ValueType.parse(Attributes.class.getName(), getClass().getClassLoader()));
        Attributes value = new Attributes(Map.of("a", "b"));

        assertThat(codec.decode(ByteBuffer.wrap(codec.encode(value)))).isEqualTo(value);
    }

    @Test
    void aValueThatCantBeWrittenIsAnErrorThatNamesTypeAndOption() {
        assertThatThrownBy(() -> codec("unwritable").encode(new Unwritable()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "A " + Unwritable.class.getName() + " can't be written as JSON of the declared type")
                .hasMessageContaining("stampede.caches.<name>.type")
                .hasMessageContaining("no session");
    }

    @Test
    void aValueOfAnotherTypeIsAnErrorThatNamesBoth() {
        assertThatThrownBy(() -> codec("products").encode("a text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("A java.lang.String can't be written")
                .hasMessageContaining("java.util.List<" + Product.class.getName() + ">");
    }

    @Test
    void whatNoNodeCouldReadIsNotWritten() {
        assertThatThrownBy(() -> codec("noCreator").encode(new NoCreator(1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("A " + NoCreator.class.getName() + " can't be read back");
        assertThatThrownBy(() -> codec("open").encode(new Freer()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("can't be read back");
    }

    @Test
    void aValueThatHoldsItselfIsAnError() {
        List<Node> children = new java.util.ArrayList<>();
        Node node = new Node(children);
        children.add(node);

        assertThatThrownBy(() -> codec("node").encode(node)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void typesAreToldApartByTheirSchemaIds() {
        List<String> ids = Stream.of("product", "products", "productsByName", "page", "details", "answer", "string")
                .map(method -> codec(method).schemaId())
                .toList();

        assertThat(ids).doesNotHaveDuplicates();
        assertThat(new ValueCodecs().codec(type("details")).schemaId())
                .isEqualTo(codec("details").schemaId());
    }
}
