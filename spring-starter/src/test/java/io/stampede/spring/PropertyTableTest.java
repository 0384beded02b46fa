package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The README says of each property what whoever completes it is shown. */
class PropertyTableTest {

    private static final String DEFAULTS = "stampede.defaults.";

    private static Map<String, String> descriptions() throws IOException {
        Map<String, String> descriptions = new LinkedHashMap<>();
        try (InputStream metadata =
                StampedeProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : JsonMapper.shared().readTree(metadata).get("properties")) {
                String name = property.get("name").asString();
                if (name.startsWith(StampedeProperties.PREFIX + ".")) {
                    descriptions.put(name, property.path("description").asString());
                }
            }
        }
        return descriptions;
    }

    @Test
    void eachOptionHasItsRow() throws IOException {
        Map<String, String> descriptions = descriptions();
        StringBuilder table = new StringBuilder("| option | meaning | default |\n|---|---|---|\n");
        for (Option<?> option : Option.all()) {
            table.append("| `" + option.property() + "` | " + descriptions.get(DEFAULTS + option.property()) + " | "
                    + option.byDefault() + " |\n");
        }
        assertThat(Files.readString(Path.of("README.md"))).contains(table);
    }

    @Test
    void eachOtherPropertyIsNamed() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        assertThat(descriptions()).isNotEmpty().allSatisfy((name, description) -> {
            assertThat(description).as("description of " + name).isNotBlank();
            // Boot has names of its own for each endpoint.
            if (!name.startsWith(DEFAULTS) && !name.startsWith("management.endpoint.")) {
                assertThat(readme).contains("`" + name);
            }
        });
    }
}
