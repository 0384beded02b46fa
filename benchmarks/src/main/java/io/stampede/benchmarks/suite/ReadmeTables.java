package io.stampede.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the tables of the README anew from the results that are kept.
 *
 * <p>{@code java -cp benchmarks/target/benchmarks.jar io.stampede.benchmarks.suite.ReadmeTables}, in the project's directory
 */
public final class ReadmeTables {

    static final String SECTION = "short-profile";

    private ReadmeTables() {}

    public static void main(String[] args) throws IOException {
        Path readme = Path.of("README.md");
        Files.writeString(readme, written(Files.readString(readme), Path.of("benchmarks/results")));
    }

    /** The README with what the results in the directory say; with nothing where none are kept. */
    static String written(String readme, Path results) {
        Path kept = results.resolve(ShortProfile.FILE);
        String tables = Files.exists(kept) ? new Markdown(Json.read(kept)).all() : "";
        return new MarkedText(readme).with(SECTION, tables).text();
    }
}
