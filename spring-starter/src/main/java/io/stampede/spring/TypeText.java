package io.stampede.spring;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** Reads a type as Java code writes it, with full class names: {@code java.util.List<com.acme.Product>}. */
final class TypeText {

    /** Ends the recursion on a text that nests without end; no type of a person's comes near. */
    private static final int DEEPEST = 32;

    private final String text;
    private final ClassLoader classLoader;
    private int at;

    TypeText(String text, ClassLoader classLoader) {
        this.text = text;
        this.classLoader = classLoader;
    }

    /** The array type of a component type. */
    static Type arrayOf(Type component) {
        return component instanceof Class<?> known ? known.arrayType() : new ArrayOf(component);
    }

    private record ArrayOf(Type component) implements GenericArrayType {

        @Override
        public Type getGenericComponentType() {
            return component;
        }

        @Override
        public String getTypeName() {
            return component.getTypeName() + "[]";
        }
    }

    /**
     * The whole text as a type; a primitive one is boxed.
     *
     * @throws IllegalArgumentException if it is not a type, one of its classes does not exist, or it is a generic one
     *     without its type arguments
     */
    Type parse() {
        Type type = boxed(type(0));
        skipSpace();
        if (at < text.length()) {
            throw problem("'" + text.charAt(at) + "' is not expected at position " + (at + 1));
        }
        if (type == Object.class) {
            throw problem("it does not say what the values are");
        }
        return type;
    }

    private Type type(int depth) {
        if (depth == DEEPEST) {
            throw problem("it is nested more than " + DEEPEST + " deep");
        }
        Class<?> raw = classOf(name());
        if (raw == void.class || raw == Void.class) {
            throw problem("there are no values of type " + raw.getName());
        }
        Type type = withArguments(raw, next('<') ? arguments(depth) : List.of());
        while (next('[')) {
            expect(']');
            type = arrayOf(type);
        }
        return type;
    }

    private List<Type> arguments(int depth) {
        List<Type> arguments = new ArrayList<>();
        do {
            arguments.add(boxed(type(depth + 1)));
        } while (next(','));
        expect('>');
        return arguments;
    }

    private Type withArguments(Class<?> raw, List<Type> arguments) {
        int wanted = raw.getTypeParameters().length;
        if (wanted != arguments.size()) {
            throw problem(raw.getName() + " has " + wanted + " type arguments, and " + arguments.size() + " are given");
        }
        if (wanted == 0) {
            return raw;
        }
        return ResolvableType.forClassWithGenerics(
                        raw, arguments.stream().map(ResolvableType::forType).toArray(ResolvableType[]::new))
                .getType();
    }

    private static Type boxed(Type type) {
        return type instanceof Class<?> known ? ClassUtils.resolvePrimitiveIfNecessary(known) : type;
    }

    private String name() {
        skipSpace();
        int start = at;
        while (at < text.length() && (Character.isJavaIdentifierPart(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        if (start == at) {
            throw problem("a class name is expected at position " + (at + 1));
        }
        return text.substring(start, at);
    }

    private Class<?> classOf(String name) {
        try {
            return ClassUtils.forName(name, classLoader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new IllegalArgumentException(message("there is no class " + name), e);
        }
    }

    private boolean next(char wanted) {
        skipSpace();
        boolean found = at < text.length() && text.charAt(at) == wanted;
        if (found) {
            at++;
        }
        return found;
    }

    private void expect(char wanted) {
        if (!next(wanted)) {
            throw problem("'" + wanted + "' is expected at position " + (at + 1));
        }
    }

    private void skipSpace() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private IllegalArgumentException problem(String what) {
        return new IllegalArgumentException(message(what));
    }

    private String message(String what) {
        return "'" + text + "' is not a full type: " + what
                + ". Write it with full class names, as in java.util.List<com.acme.Product>";
    }
}
