package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;

/** Which calls go past the cache, and which only look like it. */
class SelfCallsTest {

    @EnableCaching
    static class Application {}

    private static List<String> calls(Class<?> bean) {
        AtomicReference<List<String>> calls = new AtomicReference<>();
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class))
                .withUserConfiguration(Application.class, bean)
                .run(context ->
                        calls.set(SelfCalls.warnings(context.getBean(CacheFactory.class)
                                        .catalog()
                                        .methods())
                                .stream()
                                .map(text -> text.substring(0, text.indexOf(" on its own object")))
                                .map(text -> text.replaceAll("[\\w.]+\\$(\\w+\\.\\w)", "$1"))
                                .toList()));
        return calls.get();
    }

    static class Calling {
        @SuppressWarnings("UnnecessaryLambda") // it is what is looked for
        private final Supplier<String> inField = () -> find(3);

        @Cacheable("products")
        public String find(long id) {
            return "product " + id + inField;
        }

        @CacheEvict("products")
        public void forget(long id) {}

        public void directly() {
            find(1);
            find(2);
        }

        public String byLambda() {
            Supplier<Supplier<String>> nested = () -> () -> find(1);
            return nested.get().get();
        }

        public String byReference() {
            LongFunction<String> reference = this::find;
            return reference.apply(1);
        }

        public void ofEviction() {
            forget(1);
        }

        public String amongOthers(boolean really, List<String> names) {
            for (String name : names) {
                if (really) {
                    return name + find(name.isEmpty() ? 1 : 2);
                }
            }
            return "";
        }
    }

    @Test
    void callsOnThisAreFound() {
        assertThat(calls(Calling.class))
                .containsExactlyInAnyOrder(
                        "Calling.new calls Calling.find(long)",
                        "Calling.directly calls Calling.find(long)",
                        "Calling.byLambda calls Calling.find(long)",
                        "Calling.byReference calls Calling.find(long)",
                        "Calling.ofEviction calls Calling.forget(long)",
                        "Calling.amongOthers calls Calling.find(long)");
    }

    static class Careful {
        private final Careful self = this;

        @Cacheable("products")
        public String find(long id) {
            return "product " + id;
        }

        /** Another method, though of the same name. */
        public String find(String id) {
            return id;
        }

        public String bySelf() {
            return self.find(1);
        }

        public String byParameter(Careful other) {
            return other.find(1);
        }

        public static String ofFirstParameter(Careful other) {
            return other.find(1);
        }

        public String byReferences(Careful other) {
            List<LongFunction<String>> references = new ArrayList<>(List.of(self::find, other::find));
            return references.get(0).apply(1);
        }

        public String chosen(boolean really, Careful other) {
            return (really ? this.self : other).find(1);
        }

        public String ofAnotherName() {
            return find("one");
        }
    }

    @Test
    void callsOnAnotherObjectAreNone() {
        assertThat(calls(Careful.class)).isEmpty();
    }

    abstract static class Repository<K, T> {
        public abstract T find(K key);

        public T findTwice(K key) {
            find(key);
            return find(key);
        }
    }

    static class Products extends Repository<Long, String> {
        @Override
        @Cacheable("products")
        public String find(Long key) {
            return "product " + key;
        }
    }

    @Test
    void aGenericClassCallsWhatExtendsItByItsErasedTypes() {
        assertThat(calls(Products.class)).containsExactly("Repository.findTwice calls Products.find(Long)");
    }

    @Test
    void nothingIsSaidWhereClassesAreWoven() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(StampedeAutoConfiguration.class))
                .withUserConfiguration(Application.class, Calling.class)
                .run(context -> {
                    MethodExtras extras = context.getBean(MethodExtras.class);
                    CacheCatalog catalog = context.getBean(CacheFactory.class).catalog();
                    assertThat(new MethodChecks(extras, false).warnings(catalog))
                            .isEmpty();
                    assertThat(new MethodChecks(extras, true).warnings(catalog)).isNotEmpty();
                });
    }

    interface Finder {
        @Cacheable("products")
        String find(long id);

        default String first() {
            return find(1);
        }
    }

    static class FinderBean implements Finder {
        @Override
        public String find(long id) {
            return "product " + id;
        }
    }

    @Test
    void aDefaultMethodOfAnInterfaceCalls() {
        assertThat(calls(FinderBean.class)).containsExactly("Finder.first calls FinderBean.find(long)");
    }

    static class Overriding extends Calling {
        @Override
        @Cacheable("products")
        public String find(long id) {
            return super.find(id);
        }
    }

    @Test
    void aCallOfWhatIsOverriddenIsNone() {
        assertThat(calls(Overriding.class)).noneMatch(text -> text.startsWith("Overriding."));
    }
}
