package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What whoever completes the names of properties can tell of ours. */
class PropertiesMetadataTest {

    private static final String FILE = "META-INF/spring-configuration-metadata.json";

    /** The descriptions of our properties by name; empty for none. */
    private static Map<String, String> descriptions() throws IOException {
        Map<String, String> descriptions = new TreeMap<>();
        for (URL file :
                Collections.list(PropertiesMetadataTest.class.getClassLoader().getResources(FILE))) {
            try (InputStream json = file.openStream()) {
                for (JsonNode property : JsonMapper.shared().readTree(json).path("properties")) {
                    String name = property.path("name").asString();
                    if (name.startsWith(StampedeProperties.PREFIX + ".")) {
                        descriptions.put(name, property.path("description").asString(""));
                    }
                }
            }
        }
        return descriptions;
    }

    @Test
    void everyPropertyHasADescription() throws IOException {
        assertThat(descriptions())
                .containsKeys("stampede.enabled", "stampede.namespace", "stampede.caches", "stampede.redis.uri")
                .allSatisfy(
                        (name, description) -> assertThat(description).as(name).isNotBlank());
    }

    @Test
    void everyOptionIsThereForAllCaches() throws IOException {
        assertThat(descriptions().keySet().stream()
                        .filter(name -> name.startsWith("stampede.defaults."))
                        .map(name -> name.substring("stampede.defaults.".length())))
                .containsExactlyInAnyOrderElementsOf(
                        Option.all().stream().map(Option::property).collect(Collectors.toList()));
    }

    /** Who completes {@code stampede.caches.products.} looks at this class. */
    @Test
    void everyOptionIsThereForOneCache() {
        for (Option<?> option : Option.all()) {
            assertThat(BeanUtils.getPropertyDescriptor(NamedCacheProperties.class, option.name()))
                    .as(option.name())
                    .satisfies(property -> assertThat(property.getWriteMethod()).isNotNull());
        }
    }
}
