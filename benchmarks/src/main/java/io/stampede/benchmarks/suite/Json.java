package io.stampede.benchmarks.suite;

import java.nio.file.Path;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Results as a file that programs and people can read. */
final class Json {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    static void write(Results results, Path file) {
        MAPPER.writeValue(file, results);
    }

    static Results read(Path file) {
        return MAPPER.readValue(file, Results.class);
    }
}
