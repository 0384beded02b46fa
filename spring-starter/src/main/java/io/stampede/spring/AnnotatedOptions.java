package io.stampede.spring;

import io.stampede.spring.CacheOptions.Setting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.springframework.core.annotation.AnnotationUtils;

/** Reads the options of a cache that {@link StampedeCacheable} sets at a method. */
final class AnnotatedOptions {

    private final UnaryOperator<String> placeholders;

    /**
     * A reader.
     *
     * @param placeholders replaces what stands for a property
     */
    AnnotatedOptions(UnaryOperator<String> placeholders) {
        this.placeholders = placeholders;
    }

    /**
     * What is set at a method.
     *
     * @throws StampedeConfigurationException if a text can't be read
     */
    Map<Option<?>, Setting> of(CachedMethod method) {
        Map<Option<?>, Setting> settings = new LinkedHashMap<>();
        StampedeCacheable annotation = method.annotation();
        if (annotation == null) {
            return settings;
        }
        Map<String, Object> attributes = AnnotationUtils.getAnnotationAttributes(annotation);
        for (Option<?> option : Option.all()) {
            String text = attributes.get(option.name()) instanceof String given ? placeholders.apply(given) : "";
            if (!text.isBlank()) {
                String origin = option.name() + " of @StampedeCacheable on " + method;
                settings.put(option, new Setting(parsed(option, text, origin), origin));
            }
        }
        return settings;
    }

    private static Object parsed(Option<?> option, String text, String origin) {
        try {
            return option.parse(text);
        } catch (IllegalArgumentException e) {
            throw new StampedeConfigurationException(origin, text, option.allowedText(), e);
        }
    }
}
