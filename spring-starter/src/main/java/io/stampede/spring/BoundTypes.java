package io.stampede.spring;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.util.ClassUtils;

/** Types of values with the subtypes of what is inside them, which Spring's registrar of hints does not look for. */
final class BoundTypes {

    private BoundTypes() {}

    /** The given types, and all subtypes of their parts. */
    static Set<Type> of(Collection<Type> values) {
        Set<Type> types = new LinkedHashSet<>(values);
        boolean grows = true;
        while (grows) {
            grows = types.addAll(subtypesOfParts(types));
        }
        return types;
    }

    private static Set<Class<?>> subtypesOfParts(Set<Type> types) {
        ReflectionHints parts = new ReflectionHints();
        new BindingReflectionHintsRegistrar().registerReflectionHints(parts, types.toArray(Type[]::new));
        return parts.typeHints()
                .map(hint -> hint.getType().getName())
                .map(name -> ClassUtils.resolveClassName(name, null))
                .flatMap(BoundTypes::subtypes)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Stream<Class<?>> subtypes(Class<?> type) {
        if (type.getName().startsWith("java.")) {
            return Stream.empty();
        }
        JsonSubTypes named = type.getAnnotation(JsonSubTypes.class);
        return Stream.concat(
                type.isSealed() ? Arrays.stream(type.getPermittedSubclasses()) : Stream.empty(),
                named == null ? Stream.empty() : Arrays.stream(named.value()).map(JsonSubTypes.Type::value));
    }
}
