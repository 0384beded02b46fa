package io.stampede;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Version;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps a mapper from any type or property whose {@link JsonTypeInfo} lets the data name the class to create. Jackson
 * looks for that annotation whenever it is about to read or write a type for the first time, however it came to the type.
 */
final class NoClassNames extends AnnotationIntrospector {

    private static final long serialVersionUID = 1;

    private final AnnotationIntrospector annotations;

    private NoClassNames(AnnotationIntrospector annotations) {
        this.annotations = annotations;
    }

    /** Neither one of Jackson's own nor an {@link IllegalArgumentException}: Jackson keeps those to itself. */
    static final class ClassNameException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private ClassNameException(Annotated annotated, JsonTypeInfo.Id id) {
            super(annotated + " is annotated with @JsonTypeInfo(use = " + id
                    + "), which lets the data choose the class to create; use logical names (NAME)");
        }
    }

    /** A copy of the mapper that throws a {@link ClassNameException} before it gets as far as reading or writing. */
    static JsonMapper in(JsonMapper mapper) {
        AnnotationIntrospector annotations = mapper.deserializationConfig().getAnnotationIntrospector();
        return mapper.rebuild()
                .addModule(new Guard(new NoClassNames(annotations)))
                .build();
    }

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        JsonTypeInfo.Value found = annotations.findPolymorphicTypeInfo(config, annotated);
        if (found != null
                && (found.getIdType() == JsonTypeInfo.Id.CLASS || found.getIdType() == JsonTypeInfo.Id.MINIMAL_CLASS)) {
            throw new ClassNameException(annotated, found.getIdType());
        }
        return null; // the mapper's own introspectors are asked next
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    /** Being the last module, it gets its introspector asked before those of all the others. */
    private static final class Guard extends JacksonModule {

        private final NoClassNames introspector;

        Guard(NoClassNames introspector) {
            this.introspector = introspector;
        }

        @Override
        public String getModuleName() {
            return NoClassNames.class.getName();
        }

        @Override
        public Version version() {
            return Version.unknownVersion();
        }

        @Override
        public void setupModule(SetupContext context) {
            context.insertAnnotationIntrospector(introspector);
        }
    }
}
