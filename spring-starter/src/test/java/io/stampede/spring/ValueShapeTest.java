package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** P15: one and the same class name in two versions of an application. */
class ValueShapeTest {

    private static final String FIRST = """
            package acme;
            public record Order(int id, Line line, Status status, Payment payment) {
                public record Line(String product) {}
                public enum Status { NEW, PAID }
                public sealed interface Payment {}
                public record Cash() implements Payment {}
                public long twice() { return 2 * id; }
                public long getTriple() { return 3 * id; }
            }
            """;

    @TempDir
    private static Path directory;

    private static String firstSchema = "";

    @BeforeAll
    static void compileFirst() throws IOException {
        firstSchema = schemaOf(FIRST);
    }

    private static String schemaOf(String source) throws IOException {
        Path version = Files.createTempDirectory(directory, "version");
        Path file = Files.writeString(version.resolve("Order.java"), source);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", version.toString(), file.toString());
        assertThat(result).isZero();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {version.toUri().toURL()}, ValueShapeTest.class.getClassLoader())) {
            return new ValueCodecs()
                    .codec(ValueType.parse("java.util.List<acme.Order>", loader))
                    .schemaId();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a field more           | (int id,                        | (int id, int more,",
                "a field's other type   | (int id,                        | (long id,",
                "a field's other name   | status,                         | state,",
                "a field deep inside    | (String product)                | (String product, int count)",
                "a constant more        | NEW, PAID                       | NEW, PAID, SENT",
                "a subtype more         | record Cash() implements Payment {} "
                        + "| record Cash() implements Payment {} record Card() implements Payment {}",
                "a field of a subtype   | record Cash()                   | record Cash(int cents)",
            })
    void aChangedClassHasAnotherSchema(String change, String before, String after) throws IOException {
        String changed = FIRST.replace(before, after);

        assertThat(changed).isNotEqualTo(FIRST);
        assertThat(schemaOf(changed)).as(change).isNotEqualTo(firstSchema);
    }

    @Test
    void aClassThatChangedOnlyInWhatIsNotReadHasTheSameSchema() throws IOException {
        String changed = FIRST.replace("NEW, PAID", "PAID, NEW")
                .replace("public long twice() { return 2 * id; }", "public long half() { return id / 2; }")
                .replace("getTriple", "getThrice");

        assertThat(schemaOf(changed)).isEqualTo(firstSchema);
    }
}
