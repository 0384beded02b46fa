package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.resource;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.stampede.spring.ahead.Book;
import io.stampede.spring.ahead.Books;
import io.stampede.spring.ahead.Library;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

/** A native image keeps what the caches need by reflection. */
class CachedMethodHintsTest {

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @Import({StampedeAutoConfiguration.class, Drawings.class})
    static class Gallery {}

    @Configuration(proxyBeanMethods = false)
    @Import({Gallery.class, Mistaken.class})
    static class MistakenGallery {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes(@JsonSubTypes.Type(Circle.class))
    interface Shape {}

    record Circle(double radius) implements Shape {}

    record Frame(String wood) {}

    static class Drawings {

        @Cacheable("shapes")
        public Optional<List<Shape>> shapes(String name) {
            return Optional.empty();
        }

        @Cacheable("anything")
        public Object anything() {
            return "";
        }
    }

    static class Mistaken {

        @StampedeCacheable(cacheNames = "names", fallback = "nobody")
        public String find(long id) {
            return "";
        }
    }

    private static RuntimeHints hints(Class<?> configuration, String... properties) {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            TestPropertyValues.of(properties).applyTo(context);
            context.register(configuration);
            DefaultGenerationContext generation = new DefaultGenerationContext(
                    new ClassNameGenerator(ClassName.get(configuration)), new InMemoryGeneratedFiles());
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
            return generation.getRuntimeHints();
        }
    }

    @Test
    void valuesAreWrittenAndReadWithAllThatIsInThem() {
        RuntimeHints hints = hints(Library.class, "page.ttl=1m");
        assertThat(Stream.of(Book.class, Book.Paper.class, Book.Sound.class, Book.Narrator.class, Books.Page.class))
                .allSatisfy(type -> assertThat(reflection()
                                .onType(type)
                                .withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
                        .as(type.getName())
                        .accepts(hints));
    }

    @Test
    void fallbacksCanBeCalled() {
        assertThat(reflection().onMethodInvocation(Books.class, "unreadable"))
                .accepts(hints(Library.class, "page.ttl=1m"));
    }

    @Test
    void aFallbackThatIsMissingShowsWhenTheApplicationIsBuilt() {
        assertThatThrownBy(() -> hints(MistakenGallery.class))
                .hasMessageContaining("nobody")
                .hasMessageContaining("Mistaken.find(long)");
    }

    @Test
    void namedSubtypesAndTypesOfPropertiesAreReadToo() {
        RuntimeHints hints =
                hints(Gallery.class, "stampede.caches.anything.type=java.util.List<" + Frame.class.getName() + ">");
        assertThat(reflection().onType(Circle.class)).accepts(hints);
        assertThat(reflection().onType(Frame.class)).accepts(hints);
    }

    @Test
    void keysOfSeveralArgumentsAreTakenApart() throws Exception {
        assertThat(reflection().onFieldAccess(SimpleKey.class.getDeclaredField("params")))
                .accepts(hints(Gallery.class));
    }

    @Test
    void theScriptsAreOnBoard() throws IOException {
        RuntimeHints hints = hints(Gallery.class);
        Path scripts = Path.of("../redis-adapter/src/main/resources/io/stampede/redis");
        try (Stream<Path> all = Files.list(scripts)) {
            assertThat(all.map(each -> "io/stampede/redis/" + each.getFileName()))
                    .hasSizeGreaterThan(10)
                    .allSatisfy(each ->
                            assertThat(resource().forResource(each)).as(each).accepts(hints));
        }
    }
}
