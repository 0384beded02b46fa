package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.CallOptions;
import io.stampede.StampedeCacheBuilder;
import io.stampede.redis.testing.RedisServer;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every Java snippet of the README compiles and runs, against a real Redis, and every test that it names is there. */
class ReadmeTest {

    private static final RedisServer REDIS = RedisServer.start();
    private static final String ADDRESS_IN_README = "redis://localhost:6379";
    private static final Pattern SNIPPET = Pattern.compile("^```java\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|Contract))(?:\\.(\\w+))?`");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    /** What the README says that its snippets take for granted. */
    private static final String AROUND = """
            import io.lettuce.core.*;
            import io.micrometer.core.instrument.*;
            import io.micrometer.core.instrument.simple.*;
            import io.stampede.*;
            import io.stampede.metrics.*;
            import io.stampede.redis.*;
            import java.security.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import org.redisson.Redisson;
            import org.redisson.api.RedissonClient;
            import org.redisson.config.Config;
            import tools.jackson.core.type.TypeReference;

            public class %1$s {

                public record Product(long id, String name) {}

                static class Repository {
                    Product load(long id) {
                        return new Product(id, "a product");
                    }

                    CompletableFuture<Product> loadAsync(long id) {
                        return CompletableFuture.completedFuture(load(id));
                    }

                    Optional<Product> findById(long id) {
                        return id == 42 ? Optional.of(load(id)) : Optional.empty();
                    }

                    String nameOf(long id) {
                        return load(id).name();
                    }

                    List<Product> findAllById(Iterable<Long> ids) {
                        List<Product> found = new ArrayList<>();
                        ids.forEach(id -> found.add(load(id)));
                        return found;
                    }

                    List<Product> inCategory(String category) {
                        return List.of(load(1), load(2));
                    }
                }

                static final Repository repository = new Repository();
                static final Product changed = new Product(42, "another name");

                public static void run() throws Exception {
            %2$s
                }
            }
            """;

    @AfterAll
    static void stop() {
        REDIS.close();
    }

    private record Snippet(String name, String heading, String code) {}

    @TestFactory
    Stream<DynamicTest> snippetsRun(@TempDir Path directory) throws IOException {
        List<Snippet> snippets = snippets(Files.readString(readme()));
        assertThat(snippets).as("Java snippets in the README").hasSizeGreaterThan(3);
        return snippets.stream()
                .map(snippet -> DynamicTest.dynamicTest(
                        snippet.name() + ": " + snippet.heading(), () -> run(snippet, directory)));
    }

    @Test
    void everyOptionHasItsLine() throws IOException {
        String text = Files.readString(readme());
        List<String> missing = Stream.of(StampedeCacheBuilder.class, CallOptions.class)
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> method.getReturnType() == method.getDeclaringClass())
                .map(Method::getName)
                .filter(option -> !option.equals("none"))
                .distinct()
                .filter(option -> !text.contains("| `" + option + "` |") && !text.contains("`" + option + "` "))
                .toList();
        assertThat(missing).as("options that the README does not explain").isEmpty();
    }

    @Test
    void testsThatAreNamedExist() throws IOException {
        Matcher name = TEST.matcher(Files.readString(readme()));
        List<String> missing = new ArrayList<>();
        while (name.find()) {
            String source = sourceOf(name.group(1));
            if (source == null || (name.group(2) != null && !source.contains(" " + name.group(2) + "("))) {
                missing.add(name.group());
            }
        }
        assertThat(missing).as("tests that the README names").isEmpty();
    }

    private static @Nullable String sourceOf(String testClass) throws IOException {
        try (Stream<Path> modules = Files.list(readme().getParent())) {
            for (Path tests : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> sources = Files.walk(tests)) {
                    Optional<Path> source = sources.filter(file -> file.endsWith(testClass + ".java"))
                            .findFirst();
                    if (source.isPresent()) {
                        return Files.readString(source.get());
                    }
                }
            }
        }
        return null;
    }

    private static Path readme() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("README.md"))) {
            directory = directory.getParent();
        }
        return directory.resolve("README.md");
    }

    private static List<Snippet> snippets(String readme) {
        List<Snippet> snippets = new ArrayList<>();
        Matcher snippet = SNIPPET.matcher(readme);
        while (snippet.find()) {
            String heading = "";
            Matcher headings = HEADING.matcher(readme).region(0, snippet.start());
            while (headings.find()) {
                heading = headings.group(1);
            }
            snippets.add(new Snippet("Snippet" + (snippets.size() + 1), heading, snippet.group(1)));
        }
        return snippets;
    }

    private static void run(Snippet snippet, Path directory) throws Exception {
        Path source = directory.resolve(snippet.name() + ".java");
        Files.writeString(
                source, AROUND.formatted(snippet.name(), snippet.code().replace(ADDRESS_IN_README, REDIS.uri())));
        compile(source, directory);
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, ReadmeTest.class.getClassLoader())) {
            loader.loadClass(snippet.name()).getMethod("run").invoke(null);
        } catch (InvocationTargetException e) {
            throw new AssertionError("The snippet threw:\n" + snippet.code(), e.getCause());
        }
    }

    private static void compile(Path source, Path directory) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        List<String> options =
                List.of("-d", directory.toString(), "-classpath", System.getProperty("java.class.path"), "-proc:none");
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            complaints, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            assertThat(compiled)
                    .as("%s%nin%n%s", complaints, Files.readString(source))
                    .isTrue();
        }
    }
}
