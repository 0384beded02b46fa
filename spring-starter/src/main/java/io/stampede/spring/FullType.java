package io.stampede.spring;

import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashSet;
import java.util.Set;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** Makes a type without variables and wildcards of one that may have some; each must be known or have a bound. */
final class FullType {

    /** The variables that we are inside the bound of: in {@code T extends Comparable<T>} the second one has no end. */
    private final Set<Type> open = new HashSet<>();

    private FullType() {}

    /** Says, for people, which part of a type may be anything. */
    static final class NotKnownException extends Exception {

        private static final long serialVersionUID = 1;

        private NotKnownException(String message) {
            super(message);
        }
    }

    /**
     * The full type; a primitive one is boxed.
     *
     * @throws NotKnownException if the type does not say everything
     */
    static Type of(ResolvableType type) throws NotKnownException {
        return new FullType().full(type);
    }

    private Type full(ResolvableType part) throws NotKnownException {
        if (part.getType() instanceof WildcardType wildcard) {
            return bound(part, wildcard);
        }
        if (!(part.getType() instanceof TypeVariable)) {
            return resolved(part);
        }
        if (!open.add(part.getType())) {
            throw anything(part);
        }
        try {
            return resolved(part);
        } finally {
            open.remove(part.getType());
        }
    }

    private Type bound(ResolvableType part, WildcardType wildcard) throws NotKnownException {
        Type upper = wildcard.getUpperBounds()[0];
        if (upper == Object.class) {
            throw anything(part);
        }
        return full(ResolvableType.forType(upper, part));
    }

    private Type resolved(ResolvableType part) throws NotKnownException {
        Class<?> raw = part.resolve();
        if (raw == null || raw == Object.class) {
            throw anything(part);
        }
        if (raw == void.class || raw == Void.class) {
            throw new NotKnownException("there is no value");
        }
        if (raw.isArray()) {
            return TypeText.arrayOf(component(part));
        }
        return raw.getTypeParameters().length == 0
                ? ClassUtils.resolvePrimitiveIfNecessary(raw)
                : generic(part, raw).getType();
    }

    private Type component(ResolvableType array) throws NotKnownException {
        ResolvableType component = array.getComponentType();
        return component.toClass().isPrimitive() ? component.toClass() : full(component);
    }

    private ResolvableType generic(ResolvableType part, Class<?> raw) throws NotKnownException {
        ResolvableType[] arguments = part.getGenerics();
        ResolvableType[] full = new ResolvableType[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            full[i] = ResolvableType.forType(full(arguments[i]));
        }
        return ResolvableType.forClassWithGenerics(raw, full);
    }

    private static NotKnownException anything(ResolvableType part) {
        return new NotKnownException(part.getType().getTypeName() + " may be anything");
    }
}
