package io.stampede.spring;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import tools.jackson.core.Version;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/**
 * Has Jackson write a value of a sealed type with a logical id, the simple name of its class, and choose by it among the
 * permitted subtypes only. It is asked after the mapper's own introspectors: a type that has {@link JsonTypeInfo} stays
 * as its author wants it.
 */
final class SealedTypes extends NopAnnotationIntrospector {

    /** Where the id stands. No Java field can be called that. */
    static final String ID_PROPERTY = "@type";

    private static final long serialVersionUID = 1;

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        if (!(annotated instanceof AnnotatedClass type) || !isSealed(type.getRawType()) || isWrittenByItsAuthor(type)) {
            return null;
        }
        return JsonTypeInfo.Value.construct(
                JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, ID_PROPERTY, null, false, true);
    }

    /** Jackson itself finds the permitted subtypes and asks for the name of each. */
    @Override
    public @Nullable String findTypeName(MapperConfig<?> config, AnnotatedClass type) {
        Class<?> subtype = type.getRawType();
        boolean isPermitted = isSealed(subtype)
                || ClassUtils.getAllInterfacesForClassAsSet(subtype).stream().anyMatch(SealedTypes::isSealed)
                || (subtype.getSuperclass() != null && isSealed(subtype.getSuperclass()));
        return isPermitted && !AnnotatedElementUtils.hasAnnotation(subtype, JsonTypeInfo.class)
                ? subtype.getSimpleName()
                : null;
    }

    /** The JDK's own, such as {@code ZoneId}, have a text already; so have enums, which are sealed if constants have bodies. */
    private static boolean isSealed(Class<?> type) {
        return type.isSealed() && !type.isEnum() && !type.getName().startsWith("java.");
    }

    private static boolean isWrittenByItsAuthor(AnnotatedClass type) {
        return type.hasAnnotation(JsonSerialize.class) || type.hasAnnotation(JsonDeserialize.class);
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }
}
