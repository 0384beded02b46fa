package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cglib.proxy.Enhancer;
import org.springframework.cglib.proxy.NoOp;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ValueTypeTest {

    private static final String PRODUCT = Product.class.getName();

    record Product(long id) {}

    interface Repo<T> {
        T find(long id);

        List<T> all();

        default Map<String, List<T>> byName() {
            return Map.of();
        }
    }

    static class Products implements Repo<Product> {
        @Override
        public Product find(long id) {
            return new Product(id);
        }

        @Override
        public List<Product> all() {
            return List.of();
        }
    }

    static class Lists implements Repo<Optional<Product>> {
        @Override
        public Optional<Product> find(long id) {
            return Optional.empty();
        }

        @Override
        public List<Optional<Product>> all() {
            return List.of();
        }
    }

    interface Anything {
        Object narrowed();
    }

    @SuppressWarnings({"rawtypes", "unused"})
    abstract static class Methods implements Anything {
        @Override
        public abstract Product narrowed();

        abstract Product plain();

        abstract int primitive();

        abstract byte[] bytes();

        abstract Map<String, List<Product>> map();

        abstract List<Product>[] arrayOfLists();

        abstract Optional<Product> optional();

        abstract CompletableFuture<List<Product>> future();

        abstract CompletionStage<Product> stage();

        abstract CompletableFuture<Optional<Product>> futureOfOptional();

        abstract Mono<Product> mono();

        abstract Mono<Optional<Product>> monoOfOptional();

        abstract Flux<Product> flux();

        abstract Flow.Publisher<Product> publisher();

        abstract List<? extends Product> bounded();

        abstract <T extends Product> T boundedVariable();

        abstract Object object();

        abstract List raw();

        abstract Mono rawMono();

        abstract List<?> unbounded();

        abstract List<? super Product> bounds();

        abstract <T> T variable();

        abstract <T extends Comparable<T>> T endless();

        abstract Map<String, Object> attributes();

        abstract Optional<Object> optionalObject();

        abstract void nothing();

        abstract Mono<Void> monoOfNothing();
    }

    private static ValueType typeOf(Class<?> beanClass, Class<?> declaring, String name) {
        Method method = Arrays.stream(declaring.getDeclaredMethods())
                .filter(candidate -> candidate.getName().equals(name))
                .findFirst()
                .orElseThrow();
        return ValueType.of(method, beanClass);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain             | P",
                "narrowed          | P",
                "primitive         | java.lang.Integer",
                "bytes             | byte[]",
                "map               | java.util.Map<java.lang.String, java.util.List<P>>",
                "arrayOfLists      | java.util.List<P>[]",
                "optional          | P",
                "future            | java.util.List<P>",
                "stage             | P",
                "futureOfOptional  | java.util.Optional<P>",
                "mono              | P",
                "monoOfOptional    | java.util.Optional<P>",
                "flux              | java.util.List<P>",
                "publisher         | java.util.List<P>",
                "bounded           | java.util.List<P>",
                "boundedVariable   | P",
            })
    void theTypeIsThatOfWhatSpringStores(String method, String expected) {
        ValueType type = typeOf(Methods.class, Methods.class, method);

        assertThat(type.isKnown()).isTrue();
        assertThat(type).hasToString(expected.replace("P", PRODUCT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "object         | java.lang.Object may be anything",
                "raw            | E may be anything",
                "rawMono        | T may be anything",
                "unbounded      | ? may be anything",
                "bounds         | ? super",
                "variable       | T may be anything",
                "endless        | T may be anything",
                "attributes     | java.lang.Object may be anything",
                "optionalObject | java.lang.Object may be anything",
                "nothing        | there is no value",
                "monoOfNothing  | there is no value",
            })
    void aTypeThatDoesNotSayEverythingIsNotKnownAndSaysWhy(String method, String why) {
        ValueType type = typeOf(Methods.class, Methods.class, method);

        assertThat(type.isKnown()).isFalse();
        assertThat(type.whyUnknown())
                .contains(Methods.class.getName() + "." + method + "() returns ")
                .contains(why);
        assertThatThrownBy(type::type).isInstanceOf(IllegalStateException.class).hasMessage(type.whyUnknown());
    }

    @Test
    void theBeansClassSaysWhatTheVariablesOfAnInterfaceAre() {
        assertThat(typeOf(Products.class, Repo.class, "find")).hasToString(PRODUCT);
        assertThat(typeOf(Products.class, Repo.class, "all")).hasToString("java.util.List<" + PRODUCT + ">");
        assertThat(typeOf(Products.class, Repo.class, "byName"))
                .hasToString("java.util.Map<java.lang.String, java.util.List<" + PRODUCT + ">>");
        assertThat(typeOf(Lists.class, Repo.class, "find")).hasToString(PRODUCT);
        assertThat(typeOf(Repo.class, Repo.class, "find").isKnown()).isFalse();
    }

    @Test
    void aBridgeMethodHasTheTypeOfWhatItBridgesTo() {
        Method bridge = Arrays.stream(Products.class.getDeclaredMethods())
                .filter(Method::isBridge)
                .filter(method -> method.getName().equals("find"))
                .findFirst()
                .orElseThrow();

        assertThat(ValueType.of(bridge, Products.class)).hasToString(PRODUCT);
    }

    static class Vague {
        Object find() {
            return "";
        }
    }

    @Test
    void aProxysClassIsThatOfItsBean() {
        assertThat(typeOf(proxied(Products.class), Repo.class, "find")).hasToString(PRODUCT);
        assertThat(typeOf(proxied(Vague.class), Vague.class, "find").whyUnknown())
                .startsWith(Vague.class.getName() + ".find() returns java.lang.Object");
    }

    private static Class<?> proxied(Class<?> beanClass) {
        Enhancer enhancer = new Enhancer();
        enhancer.setSuperclass(beanClass);
        enhancer.setCallbackType(NoOp.class);
        return enhancer.createClass();
    }

    @Test
    void typesAreEqualIfTheirFullGenericTypesAre() {
        ValueType list = typeOf(Products.class, Products.class, "all");

        assertThat(list)
                .isEqualTo(typeOf(Methods.class, Methods.class, "flux"))
                .isEqualTo(ValueType.parse(
                        "java.util.List<" + PRODUCT + ">", getClass().getClassLoader()))
                .hasSameHashCodeAs(typeOf(Methods.class, Methods.class, "flux"))
                .isNotEqualTo(typeOf(Methods.class, Methods.class, "plain"))
                .isNotEqualTo(typeOf(Methods.class, Methods.class, "map"));
    }

    @Test
    void theTypeIsAsReflectionHasIt() {
        Type type = typeOf(Methods.class, Methods.class, "map").type();

        assertThat(type).isInstanceOf(ParameterizedType.class);
        assertThat(((ParameterizedType) type).getRawType()).isEqualTo(Map.class);
        assertThat(typeOf(Methods.class, Methods.class, "plain").type()).isEqualTo(Product.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "java.lang.String                                      | java.lang.String",
                "int                                                   | java.lang.Integer",
                "byte[]                                                | byte[]",
                "int[][]                                               | int[][]",
                "java.util.List<java.lang.String>                      | java.util.List<java.lang.String>",
                "' java.util.Map < java.lang.String , java.util.List<int[]>> ' "
                        + "| java.util.Map<java.lang.String, java.util.List<int[]>>",
                "java.util.List<java.lang.String>[]                    | java.util.List<java.lang.String>[]",
                "java.util.Map<java.lang.String,java.lang.Object>      | java.util.Map<java.lang.String, java.lang.Object>",
                "java.util.Map.Entry<int,java.lang.String>  | java.util.Map$Entry<java.lang.Integer, java.lang.String>",
            })
    void aPropertyNamesATypeAsJavaDoes(String text, String expected) {
        ValueType type = ValueType.parse(text, getClass().getClassLoader());

        assertThat(type).hasToString(expected);
        assertThat(type.isKnown()).isTrue();
        assertThat(type.isExplicit()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Product",
                "com.acme.NotThere",
                "java.util.List",
                "java.util.List<>",
                "java.util.List<?>",
                "java.util.List<java.lang.String",
                "java.util.List<java.lang.String>>",
                "java.util.Map<java.lang.String>",
                "java.lang.String<java.lang.String>",
                "java.lang.String[",
                "java.lang.String x",
                "java.lang.Object",
                "void",
            })
    void aPropertyThatNamesNoFullTypeIsRefusedInWordsForPeople(String text) {
        assertThatThrownBy(() -> ValueType.parse(text, getClass().getClassLoader()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' is not a full type: ")
                .hasMessageContaining("as in java.util.List<com.acme.Product>");
    }

    @Test
    void aTypeThatNestsWithoutEndIsRefused() {
        assertThatThrownBy(() -> ValueType.parse(
                        "java.util.List<".repeat(100_000), getClass().getClassLoader()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nested");
    }
}
