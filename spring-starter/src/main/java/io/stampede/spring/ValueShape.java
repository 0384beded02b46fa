package io.stampede.spring;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;

/**
 * What the JSON of a type looks like: the properties of its classes, of theirs and so on, the subtypes of polymorphic ones
 * and the constants of enums. It differs if one of these differs, so that a value from before a change of a class is a
 * miss, and is not taken for one whose new fields are null.
 *
 * <p>On the way it refuses what would not come back as it was: better no second tier, and a word about it at the start,
 * than other values in it.
 */
final class ValueShape {

    private final SerializationConfig writing;
    private final DeserializationConfig reading;
    private final ClassIntrospector writingIntrospector;
    private final ClassIntrospector readingIntrospector;
    private final boolean trustsMapper;
    private final boolean allowsObject;
    private final SortedMap<String, String> classes = new TreeMap<>();

    private ValueShape(JsonMapper mapper, boolean trustsMapper, boolean allowsObject) {
        this.writing = mapper.serializationConfig();
        this.reading = mapper.deserializationConfig();
        this.writingIntrospector = writing.classIntrospectorInstance();
        this.readingIntrospector = reading.classIntrospectorInstance();
        this.trustsMapper = trustsMapper;
        this.allowsObject = allowsObject;
    }

    /**
     * The shape as text; the same in every process that has the same classes.
     *
     * @param mapper writes and reads the values
     * @param trustsMapper whether it may know how to read abstract types
     * @param type the declared type
     * @throws IllegalArgumentException if values of the type could come back different, or not at all
     */
    static String of(JsonMapper mapper, boolean trustsMapper, ValueType type) {
        ValueShape shape = new ValueShape(mapper, trustsMapper, type.isExplicit());
        shape.visit(mapper.constructType(type.type()), null);
        return type + "\n"
                + shape.classes.entrySet().stream()
                        .map(entry -> entry.getKey() + entry.getValue())
                        .collect(Collectors.joining("\n"));
    }

    /**
     * Looks at a type and all that is inside it.
     *
     * @param place the property that holds it; null: the value itself, or a subtype
     */
    private void visit(JavaType type, @Nullable AnnotatedMember place) {
        if (type.getKeyType() != null) {
            visit(type.getKeyType(), place);
        }
        if (type.getContentType() != null) {
            visit(type.getContentType(), place);
            return;
        }
        if (type.getRawClass() == Object.class) {
            checkObject(place);
        } else if (!isPlain(type.getRawClass()) && !classes.containsKey(type.toCanonical())) {
            classes.put(type.toCanonical(), ""); // before it is looked into, for it may hold itself
            classes.put(type.toCanonical(), described(type, place));
        }
    }

    private void checkObject(@Nullable AnnotatedMember place) {
        if (!allowsObject) {
            throw new IllegalArgumentException((place == null ? "the type" : place.getFullName())
                    + " is an Object, which JSON can't bring back as it was; declare what it is, or set the property "
                    + "'stampede.caches.<name>.type' if maps, lists, texts and numbers will do");
        }
    }

    /** What Jackson knows how to write and read without looking into it. */
    private static boolean isPlain(Class<?> type) {
        return type.isPrimitive() || type.getName().startsWith("java.") || JsonNode.class.isAssignableFrom(type);
    }

    private String described(JavaType type, @Nullable AnnotatedMember place) {
        if (type.isEnumType()) {
            return constants(type.getRawClass());
        }
        AnnotatedClass annotations = readingIntrospector.introspectClassAnnotations(type);
        boolean ownWay = annotations.hasAnnotation(JsonDeserialize.class)
                || (place != null && place.hasAnnotation(JsonDeserialize.class));
        if (isPolymorphic(annotations, place)) {
            return subtypes(type, place) + (type.isAbstract() ? "" : properties(type, ownWay));
        }
        if (type.isAbstract() && !ownWay) {
            checkAbstract(type);
            return "";
        }
        return properties(type, ownWay);
    }

    private static String constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name())
                .sorted()
                .toList()
                .toString();
    }

    private boolean isPolymorphic(AnnotatedClass annotations, @Nullable AnnotatedMember place) {
        return reading.getAnnotationIntrospector().findPolymorphicTypeInfo(reading, annotations) != null
                || (place != null && place.hasAnnotation(JsonTypeInfo.class));
    }

    private void checkAbstract(JavaType type) {
        if (!trustsMapper) {
            throw new IllegalArgumentException(type.toCanonical()
                    + " is abstract, so nothing says which class a value is read back as; make it sealed, or annotate it "
                    + "with @JsonTypeInfo(use = NAME) and @JsonSubTypes");
        }
    }

    private String subtypes(JavaType type, @Nullable AnnotatedMember place) {
        Collection<NamedType> found =
                reading.getSubtypeResolver().collectAndResolveSubtypesByClass(reading, place, type).stream()
                        .filter(subtype -> !isConstantsBody(subtype.getType()))
                        .toList();
        checkIds(type, found);
        SortedMap<String, String> ids = new TreeMap<>();
        for (NamedType subtype : found) {
            ids.put(subtype.getType().getName(), subtype.hasName() ? subtype.getName() : "");
            if (subtype.getType() != type.getRawClass()) {
                visitSubtype(type, subtype.getType());
            }
        }
        return ids.toString();
    }

    /** An enum whose constants have bodies has their classes for subtypes, but is written by names all the same. */
    private static boolean isConstantsBody(Class<?> type) {
        return Enum.class.isAssignableFrom(type) && !type.isEnum();
    }

    private void visitSubtype(JavaType type, Class<?> subtype) {
        // What an abstract one permits is among the subtypes too.
        if (!Modifier.isAbstract(subtype.getModifiers())) {
            visit(reading.getTypeFactory().constructSpecializedType(type, subtype), null);
        }
    }

    private static void checkIds(JavaType type, Collection<NamedType> subtypes) {
        Map<String, Class<?>> owners = new HashMap<>();
        for (NamedType subtype : subtypes) {
            Class<?> other = subtype.hasName() ? owners.put(subtype.getName(), subtype.getType()) : null;
            if (other != null) {
                List<String> names = List.of(other.getName(), subtype.getType().getName());
                throw new IllegalArgumentException("the subtypes "
                        + names.stream().sorted().collect(Collectors.joining(" and ")) + " of " + type.toCanonical()
                        + " would both be written as '" + subtype.getName()
                        + "'; rename one, or tell them apart with @JsonTypeName");
            }
        }
    }

    private String properties(JavaType type, boolean ownWay) {
        BeanDescription written;
        Set<String> read;
        try {
            written = writingIntrospector.introspectForSerialization(
                    type, writingIntrospector.introspectClassAnnotations(type));
            read = readable(type);
        } catch (JacksonException | IllegalArgumentException e) {
            return ""; // no bean that Jackson understands: the mapper has its own way, or the codec will say why not
        }
        AnnotatedMember value = written.findJsonValueAccessor();
        if (value != null) {
            visit(value.getType(), value);
            return value.getType().toCanonical();
        }
        checkState(type, written);
        SortedMap<String, String> properties = new TreeMap<>();
        for (BeanPropertyDefinition property : written.findProperties()) {
            if (ownWay || read.contains(property.getName())) {
                properties.put(property.getName(), property.getPrimaryType().toCanonical());
                visit(property.getPrimaryType(), property.getAccessor());
            }
        }
        return properties.toString();
    }

    /** What is written and not read again, such as the result of a getter that computes it, is nobody's business. */
    private Set<String> readable(JavaType type) {
        Set<String> names = new HashSet<>();
        BeanDescription read = readingIntrospector.introspectForDeserialization(
                type, readingIntrospector.introspectClassAnnotations(type));
        for (BeanPropertyDefinition property : read.findProperties()) {
            if (property.couldDeserialize()) {
                names.add(property.getName());
            }
        }
        return names;
    }

    private void checkState(JavaType type, BeanDescription written) {
        if (!trustsMapper
                && written.findProperties().isEmpty()
                && written.findAnyGetter() == null
                && hasState(type.getRawClass())) {
            throw new IllegalArgumentException(type.toCanonical()
                    + " has fields but no property that Jackson sees, so it would be written as nothing; give it "
                    + "getters, annotate its fields with @JsonProperty, or make it a record");
        }
    }

    private static boolean hasState(@Nullable Class<?> type) {
        return type != null
                && (hasState(type.getSuperclass())
                        || Arrays.stream(type.getDeclaredFields())
                                .map(Field::getModifiers)
                                .anyMatch(modifiers ->
                                        !Modifier.isStatic(modifiers) && !Modifier.isTransient(modifiers)));
    }
}
