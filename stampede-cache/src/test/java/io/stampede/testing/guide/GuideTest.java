package io.stampede.testing.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What TESTING.md shows is what runs here. */
class GuideTest {

    private static final Pattern SNIPPET = Pattern.compile("^```java\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Path SOURCES = Path.of("src/test/java/io/stampede/testing/guide");

    @Test
    void everySnippetIsRun() throws IOException {
        String run = withoutIndentation(Files.readString(SOURCES.resolve("NamesTest.java")))
                + withoutIndentation(Files.readString(SOURCES.resolve("Shop.java")));
        List<String> snippets = SNIPPET.matcher(Files.readString(Path.of("TESTING.md")))
                .results()
                .map(found -> withoutIndentation(found.group(1)))
                .toList();
        assertThat(snippets)
                .hasSizeGreaterThan(4)
                .allSatisfy(snippet -> assertThat(run).contains(snippet));
    }

    private static String withoutIndentation(String source) {
        return source.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining("\n"))
                + "\n";
    }
}
