package io.stampede.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * The declared type of what is cached: what a cached method returns without the wrapper that Spring takes off before it
 * stores. Without one that says everything, values can't be read back from bytes, and their cache stays in L1.
 *
 * <p>Two are equal if their texts are: the full generic type, as in {@code java.util.List<com.acme.Product>}.
 */
final class ValueType {

    private final @Nullable Type type;
    private final String text;
    private final @Nullable String whyUnknown;
    private final boolean isExplicit;

    private ValueType(@Nullable Type type, String text, @Nullable String whyUnknown, boolean isExplicit) {
        this.type = type;
        this.text = text;
        this.whyUnknown = whyUnknown;
        this.isExplicit = isExplicit;
    }

    /**
     * The type of what a method's cache holds.
     *
     * @param method the cached method, of the bean's class or of one that it inherits from
     * @param beanClass the bean's class, which may say what the type variables of generic supertypes are
     */
    static ValueType of(Method method, Class<?> beanClass) {
        Class<?> userClass = ClassUtils.getUserClass(beanClass);
        Method specific = BridgeMethodResolver.getMostSpecificMethod(method, userClass);
        ResolvableType returned = ResolvableType.forMethodReturnType(specific, userClass);
        String subject = userClass.getName() + '.' + specific.getName() + "()";
        try {
            return known(FullType.of(stored(returned)), false);
        } catch (FullType.NotKnownException e) {
            return unknown(subject, returned, e);
        }
    }

    private static ValueType known(Type type, boolean isExplicit) {
        return new ValueType(type, type.getTypeName(), null, isExplicit);
    }

    private static ValueType unknown(String subject, ResolvableType returned, FullType.NotKnownException cause) {
        String text = returned.getType().getTypeName();
        return new ValueType(null, text, subject + " returns " + text + ": " + cause.getMessage(), false);
    }

    /** Takes off one wrapper, as Spring does: the value of a future of an Optional is an Optional. */
    private static ResolvableType stored(ResolvableType returned) {
        Class<?> wrapper = returned.toClass();
        if (CompletionStage.class.isAssignableFrom(wrapper)) {
            return returned.as(CompletionStage.class).getGeneric();
        }
        if (wrapper == Optional.class) {
            return returned.getGeneric();
        }
        ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(wrapper);
        return adapter == null ? returned : emitted(returned, adapter);
    }

    private static ResolvableType emitted(ResolvableType returned, ReactiveAdapter adapter) {
        if (adapter.isNoValue()) {
            return ResolvableType.forClass(Void.class);
        }
        ResolvableType one = returned.as(adapter.getReactiveType()).getGeneric();
        return adapter.isMultiValue() ? ResolvableType.forClassWithGenerics(List.class, one) : one;
    }

    /**
     * The type that a property names.
     *
     * @param text for example {@code com.acme.Product}, {@code java.util.List<com.acme.Product>} or {@code byte[]}
     * @param classLoader where the classes are
     * @throws IllegalArgumentException if that is no type, or does not say everything
     */
    static ValueType parse(String text, ClassLoader classLoader) {
        return known(new TypeText(text, classLoader).parse(), true);
    }

    /** Whether the type says what the values are. */
    boolean isKnown() {
        return type != null;
    }

    /** Whether a property names the type, so that it is meant as JSON has it. */
    boolean isExplicit() {
        return isExplicit;
    }

    /**
     * What the type leaves open, and where, for people.
     *
     * @throws IllegalStateException if the type is known
     */
    String whyUnknown() {
        if (whyUnknown == null) {
            throw new IllegalStateException(this + " is known");
        }
        return whyUnknown;
    }

    /**
     * The type, complete with its type arguments; primitives are boxed.
     *
     * @throws IllegalStateException if it is not known
     */
    Type type() {
        if (type == null) {
            throw new IllegalStateException(whyUnknown);
        }
        return type;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ValueType that && text.equals(that.text) && isKnown() == that.isKnown();
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
